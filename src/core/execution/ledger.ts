import type { FillModel } from '../fill-model.ts';
import type { RunConfig } from '../run-config.ts';
import { feeOf, flowOf } from './costs.ts';
import type { RunLog } from './run-log.ts';
import { growRunLog } from './run-log.ts';
import { RUIN, STOP_LOSS, type StopLevels, TAKE_PROFIT, TRAILING_STOP } from './stops.ts';
import { settledCash, settledSum } from './tolerance.ts';

/** What one run adds up while it trades; counters of fills unless said otherwise. */
export interface RunTotals {
  orders: number;
  /** Positions from flat to flat per asset; a flip ends one and begins another. */
  roundTrips: number;
  wins: number;
  /** Sum of the results after fees of round trips that won, in money; ≥ 0. */
  grossProfit: number;
  /** Sum of the results of those that lost, as a positive number. */
  grossLoss: number;
  /** Σ quantity · fill price over all fills, in money. */
  tradedValue: number;
  fees: number;
  /** Σ quantity · |fill price − unslipped price|, in money. */
  slippagePaid: number;
  stopLossExits: number;
  trailingStopExits: number;
  takeProfitExits: number;
  ruinExits: number;
  /** Instructions dropped, skipped, replaced while they waited, or never due. */
  unexecuted: number;
  /** Orders or cells refused: no equity, no cash. */
  rejected: number;
  /** Σ over bars of the assets that stand stopped out at the close. */
  barsStopped: number;
  /** Batches whose buys were scaled by λ < 1. */
  batchesScaled: number;
  /** Smallest λ of the run; 1 where none was below. */
  smallestScale: number;
  /** Highest Σ|position · last close| / equity at a close. */
  maxGrossLeverage: number;
  /** Bars with a position at the close. */
  barsExposed: number;
  /** Entry fills of an asset after its stop exit and before the next event that names it. */
  reentries: number;
}

/** The book of one run: cash, positions, their stops, and what adds up. Columns have one entry an asset, [N]. */
export interface Ledger {
  cash: number;
  readonly position: Float64Array;
  /** Distances armed for the asset's position; NaN = none. */
  readonly stopLoss: Float64Array;
  readonly trailingStop: Float64Array;
  readonly takeProfit: Float64Array;
  /** Price that stop-loss and take-profit are measured from; the best price that the trailing stop is. */
  readonly base: Float64Array;
  readonly peak: Float64Array;
  /** 1 = STOPPED: a stop sold it, and no instruction for it was executed since. */
  readonly stopped: Uint8Array;
  /** 1 = a stop sold it, and no *event* named it since (rows that the legacy mode repeats are none). */
  readonly awaitsEvent: Uint8Array;
  /** Money that went in and out during the open round trip, after fees. */
  readonly tripFlow: Float64Array;
  /** The order to book next: signed quantity, price before slippage, price filled at. */
  readonly quantity: Float64Array;
  readonly price: Float64Array;
  readonly fillPrice: Float64Array;
  /** Of the latest fill: the position before it, what it added to cash, its traded value, fee and slippage. */
  readonly before: Float64Array;
  readonly flow: Float64Array;
  readonly value: Float64Array;
  readonly fee: Float64Array;
  readonly slip: Float64Array;
  readonly totals: RunTotals;
}

function emptyTotals(): RunTotals {
  return {
    orders: 0,
    roundTrips: 0,
    wins: 0,
    grossProfit: 0,
    grossLoss: 0,
    tradedValue: 0,
    fees: 0,
    slippagePaid: 0,
    stopLossExits: 0,
    trailingStopExits: 0,
    takeProfitExits: 0,
    ruinExits: 0,
    unexecuted: 0,
    rejected: 0,
    barsStopped: 0,
    batchesScaled: 0,
    smallestScale: 1,
    maxGrossLeverage: 0,
    barsExposed: 0,
    reentries: 0,
  };
}

const EMPTY_TOTALS = emptyTotals();

/** A ledger for N assets; `openLedger` makes it ready for a run. */
export function createLedger(assets: number): Ledger {
  return {
    cash: 0,
    position: new Float64Array(assets),
    stopLoss: new Float64Array(assets),
    trailingStop: new Float64Array(assets),
    takeProfit: new Float64Array(assets),
    base: new Float64Array(assets),
    peak: new Float64Array(assets),
    stopped: new Uint8Array(assets),
    awaitsEvent: new Uint8Array(assets),
    tripFlow: new Float64Array(assets),
    quantity: new Float64Array(assets),
    price: new Float64Array(assets),
    fillPrice: new Float64Array(assets),
    before: new Float64Array(assets),
    flow: new Float64Array(assets),
    value: new Float64Array(assets),
    fee: new Float64Array(assets),
    slip: new Float64Array(assets),
    totals: emptyTotals(),
  };
}

/** Starts the book anew with initial cash and nothing held. */
export function openLedger(ledger: Ledger, cash: number): void {
  ledger.cash = cash;
  ledger.position.fill(0);
  ledger.stopLoss.fill(Number.NaN);
  ledger.trailingStop.fill(Number.NaN);
  ledger.takeProfit.fill(Number.NaN);
  ledger.stopped.fill(0);
  ledger.awaitsEvent.fill(0);
  Object.assign(ledger.totals, EMPTY_TOTALS);
}

/** Does the asset hold a position with a stop armed? */
export function isArmed(ledger: Ledger, asset: number): boolean {
  return (
    ledger.position[asset] !== 0 &&
    !(
      Number.isNaN(ledger.stopLoss[asset]) &&
      Number.isNaN(ledger.trailingStop[asset]) &&
      Number.isNaN(ledger.takeProfit[asset])
    )
  );
}

/** The stop levels of an asset's position, copied into `levels`. */
export function levelsOf(ledger: Ledger, asset: number, levels: StopLevels): StopLevels {
  levels.long = ledger.position[asset]! > 0;
  levels.stopLoss = ledger.stopLoss[asset]!;
  levels.trailingStop = ledger.trailingStop[asset]!;
  levels.takeProfit = ledger.takeProfit[asset]!;
  levels.base = ledger.base[asset]!;
  levels.peak = ledger.peak[asset]!;
  return levels;
}

/**
 * Books the orders of a batch: they fill by asset and settle at once.
 *
 * Cash, traded value, fees and slippage move by one sum each, in two halves: of the first, third … and of the second,
 * fourth … cell of the batch, whether it trades or not (decision 11). `noteFill` tells of each fill afterwards. Numbers
 * come in columns, since V8 allocates every double that is passed to a function it does not inline.
 *
 * @param assets of the cells, ascending, [≥ count]; their orders stand in `quantity` (0 = none), `price` and `fillPrice`
 * @param left cash that the last order leaves where one waits for the other; null = the sum of what they pay and bring
 */
export function bookBatch(
  ledger: Ledger,
  config: RunConfig,
  assets: Int32Array | readonly number[],
  count: number,
  left: number | null,
): void {
  const { totals, quantity } = ledger;
  for (let k = 0; k < count; k++) {
    if (quantity[assets[k]!] !== 0) fillOrder(ledger, config, assets[k]!);
  }
  let [flow, value, fees, slippage] = [0, 0, 0, 0];
  for (let half = 0; half < 2; half++) {
    let [ofFlow, ofValue, ofFees, ofSlippage] = [0, 0, 0, 0];
    for (let k = half; k < count; k += 2) {
      const asset = assets[k]!;
      if (quantity[asset] === 0) continue;
      ofFlow += ledger.flow[asset]!;
      ofValue += ledger.value[asset]!;
      ofFees += ledger.fee[asset]!;
      ofSlippage += ledger.slip[asset]!;
    }
    flow += ofFlow;
    value += ofValue;
    fees += ofFees;
    slippage += ofSlippage;
  }
  ledger.cash = left ?? settledCash(ledger.cash, flow, value);
  totals.tradedValue += value;
  totals.fees += fees;
  totals.slippagePaid += slippage;
}

/** Fills the asset's order: its position, its round trip, and in columns what is to be settled. */
function fillOrder(ledger: Ledger, config: RunConfig, asset: number): void {
  const { position } = ledger;
  const quantity = ledger.quantity[asset]!;
  const fillPrice = ledger.fillPrice[asset]!;
  const size = Math.abs(quantity);
  const value = size * fillPrice;
  const fee = feeOf(value, config.feeRate, config.fixedFee);
  const before = position[asset]!;
  position[asset] = settledSum(before, quantity);
  ledger.before[asset] = before;
  ledger.flow[asset] = flowOf(quantity, value, fee);
  ledger.value[asset] = value;
  ledger.fee[asset] = fee;
  ledger.slip[asset] = size * Math.abs(fillPrice - ledger.price[asset]!);
  bookRoundTrip(ledger, asset);
}

/** Counts the asset's latest fill, and appends it to the log. */
export function noteFill(
  ledger: Ledger,
  bar: number,
  asset: number,
  reason: number,
  log: RunLog | null,
): void {
  const { totals } = ledger;
  totals.orders++;
  if (reason >= STOP_LOSS) countExit(totals, reason);
  else totals.reentries += isReentry(ledger, asset);
  if (log === null) return;
  const i = log.fills++;
  if (i === log.bar.length) growRunLog(log);
  log.bar[i] = bar;
  log.asset[i] = asset;
  log.quantity[i] = ledger.quantity[asset]!;
  log.price[i] = ledger.price[asset]!;
  log.fillPrice[i] = ledger.fillPrice[asset]!;
  log.fee[i] = ledger.fee[asset]!;
  log.reason[i] = reason;
  log.cash[i] = ledger.cash;
  log.position[i] = ledger.position[asset]!;
  log.reentry[i] = reason >= STOP_LOSS ? 0 : isReentry(ledger, asset);
}

/** 1 if the asset's latest fill, by an instruction, entered it after a stop and before the next event that names it. */
const isReentry = ({ before, awaitsEvent }: Ledger, asset: number) =>
  before[asset] === 0 ? awaitsEvent[asset]! : 0;

/** A round trip runs from flat to flat; a flip ends one and begins another, its flow shared by size. */
function bookRoundTrip(ledger: Ledger, asset: number): void {
  const { tripFlow, totals } = ledger;
  const flow = ledger.flow[asset]!;
  const before = ledger.before[asset]!;
  const after = ledger.position[asset]!;
  if (before === 0) {
    tripFlow[asset] = flow;
  } else if (after === 0) {
    endRoundTrip(totals, tripFlow[asset]! + flow);
  } else if (before > 0 !== after > 0) {
    const closing = flow * (Math.abs(before) / Math.abs(ledger.quantity[asset]!));
    endRoundTrip(totals, tripFlow[asset]! + closing);
    tripFlow[asset] = flow - closing;
  } else {
    tripFlow[asset] = tripFlow[asset]! + flow;
  }
}

function endRoundTrip(totals: RunTotals, result: number): void {
  totals.roundTrips++;
  if (result > 0) {
    totals.wins++;
    totals.grossProfit += result;
  } else {
    totals.grossLoss -= result;
  }
}

function countExit(totals: RunTotals, reason: number): void {
  if (reason === STOP_LOSS) totals.stopLossExits++;
  else if (reason === TRAILING_STOP) totals.trailingStopExits++;
  else if (reason === TAKE_PROFIT) totals.takeProfitExits++;
  else if (reason === RUIN) totals.ruinExits++;
}

/** Books the exit of the asset's whole position at `price`, filled at `fillPrice`. */
export function bookExit(
  ledger: Ledger,
  config: RunConfig,
  bar: number,
  asset: number,
  price: number,
  fillPrice: number,
  reason: number,
  log: RunLog | null,
): void {
  const { totals } = ledger;
  ledger.quantity[asset] = -ledger.position[asset]!;
  ledger.price[asset] = price;
  ledger.fillPrice[asset] = fillPrice;
  fillOrder(ledger, config, asset);
  ledger.cash = settledSum(ledger.cash, ledger.flow[asset]!);
  totals.tradedValue += ledger.value[asset]!;
  totals.fees += ledger.fee[asset]!;
  totals.slippagePaid += ledger.slip[asset]!;
  noteFill(ledger, bar, asset, reason, log);
}

/** An exit because a stop acted: STOPPED until an instruction names the asset. */
export function bookStopExit(
  ledger: Ledger,
  config: RunConfig,
  bar: number,
  asset: number,
  price: number,
  fillPrice: number,
  reason: number,
  log: RunLog | null,
): void {
  bookExit(ledger, config, bar, asset, price, fillPrice, reason, log);
  ledger.stopped[asset] = 1;
  ledger.awaitsEvent[asset] = 1;
}

/** Did the asset's latest fill open its position or turn it round? */
export function isEntry(ledger: Ledger, asset: number): boolean {
  const before = ledger.before[asset]!;
  const after = ledger.position[asset]!;
  return after !== 0 && (before === 0 || before > 0 !== after > 0);
}

/**
 * Base and peak after the asset's latest fill, by an instruction.
 *
 * An entry and a flip start them anew; an increase does as `onIncrease` says; a decrease leaves them.
 *
 * @param close of the bar, the price that stops are measured from under `stopBase: close`
 */
export function moveBase(ledger: Ledger, fill: FillModel, asset: number, close: number): void {
  const { base, peak } = ledger;
  const before = ledger.before[asset]!;
  const quantity = ledger.quantity[asset]!;
  const entry = fill.stopBase === 'close' ? close : ledger.fillPrice[asset]!;
  const increases = before !== 0 && before > 0 === quantity > 0;
  if (isEntry(ledger, asset) || (increases && fill.onIncrease === 'override')) {
    base[asset] = entry;
    peak[asset] = entry;
  } else if (increases && fill.onIncrease === 'average') {
    const old = Math.abs(before);
    const added = Math.abs(quantity);
    base[asset] = (base[asset]! * old + entry * added) / (old + added);
  }
}

/** cash + Σ position · price over the assets held, in index order: equity. */
export function portfolioValue(ledger: Ledger, prices: Float64Array, first: number, stride: number): number {
  const { position } = ledger;
  let value = ledger.cash;
  for (let a = 0; a < position.length; a++) {
    const held = position[a]!;
    if (held !== 0) value += held * prices[first + a * stride]!;
  }
  return value;
}
