import { expect } from 'vitest';
import { type ConformanceCase, conformanceCases, titleOf } from '../../support/conformance.ts';
import type { VectorbtInput } from '../../support/vectorbt-cases.ts';
import { vectorbtOutcome } from '../../support/vectorbt-cases.ts';
import { relativeDifference } from '../../support/vectorbt-match.ts';

/** Why a case cannot be put to vectorbt, by how it is called. */
export const INEXPRESSIBLE = {
  stopsOfSeveralAssets: 'weights of several assets with stops: from_orders has none, from_signals no weights',
  secondWeight:
    'a stop beside a weight that changes a position: from_signals enters and leaves, it does not resize',
  twoStops: 'stop-loss and trailing stop together: one sl_stop is either',
  rules: 'minimum value of an order: none in vectorbt',
} as const;

/** The cases of vectorbt's preset in conformance/, those that it can be asked with the question. */
export function conformanceQuestions() {
  const cases = conformanceCases()
    .flatMap(({ cases }) => cases)
    .filter(({ preset }) => preset === 'vectorbt');
  const asked = cases.map((one) => [one, askedOf(one)] as const);
  return {
    cases: cases.length,
    expressible: asked.flatMap(([one, input]) => (typeof input === 'string' ? [] : [[one, input] as const])),
    reasons: new Set(asked.flatMap(([, input]) => (typeof input === 'string' ? [input] : []))),
  };
}

/** Fails where vectorbt's answer is not what the case expects. */
export function expectConformance(one: ConformanceCase, answer: unknown): void {
  const title = titleOf(one);
  const { orders, value } = vectorbtOutcome(answer, title);
  const symbols = Object.keys(one.bars);
  expect(
    orders.map(({ idx, col }) => [idx, symbols[col]]),
    title,
  ).toEqual(one.orders.map(([bar, asset]) => [bar, asset]));
  orders.forEach(({ side, size, price }, k) => {
    expect(relativeDifference(side === 'buy' ? size : -size, one.orders[k]![2]), title).toBeLessThanOrEqual(
      1e-9,
    );
    expect(relativeDifference(price, one.orders[k]![3]), title).toBeLessThanOrEqual(1e-9);
  });
  value.forEach((equity, t) => {
    expect(relativeDifference(equity, one.equity[t]!), title).toBeLessThanOrEqual(1e-9);
  });
}

/** A case as vectorbt would be asked it, or why it cannot be. */
function askedOf(one: ConformanceCase): VectorbtInput | (typeof INEXPRESSIBLE)[keyof typeof INEXPRESSIBLE] {
  const { config = {}, bars, events } = one;
  const symbols = Object.keys(bars);
  const length = bars[symbols[0]!]!.length;
  const options = {
    fees: Number(config.feeRate ?? 0),
    fixed_fees: Number(config.fixedFee ?? 0),
    slippage: Number(config.slippage ?? 0),
    init_cash: 10_000,
    price_mode: 'close',
    freq: '1d',
    cash_sharing: true,
    call_seq: 'auto',
  } as const;
  const column = (k: number) =>
    Array.from({ length }, (_, t) => symbols.map((symbol) => bars[symbol]![t]?.[k] ?? null));
  const prices = { open: column(0), high: column(1), low: column(2), close: column(3) };
  if (config.minNotional) return INEXPRESSIBLE.rules;
  const cells = events.flatMap(({ bar, instructions }) =>
    Object.entries(instructions).map(([symbol, cell]) => ({ bar, symbol, ...cell })),
  );
  if (!config.stops && cells.every(({ stops }) => !stops)) {
    const targets = Array.from({ length }, (_, t) =>
      symbols.map((symbol) => cells.find((cell) => cell.bar === t && cell.symbol === symbol)?.weight ?? null),
    );
    const lots = config.lotSize ? { size_granularity: Number(config.lotSize) } : {};
    return {
      kind: 'from_orders',
      name: one.name,
      options: { ...options, ...lots, direction: 'both', size_type: 'targetpercent' },
      inputs: { ...prices, targets },
    };
  }
  if (symbols.length > 1) return INEXPRESSIBLE.stopsOfSeveralAssets;
  const weights = new Set(cells.map(({ weight }) => weight).filter((weight) => weight !== 0));
  if (weights.size > 1) return INEXPRESSIBLE.secondWeight;
  const [weight] = [...weights] as [number];
  const { stopLoss, trailingStop, takeProfit } = { ...config.stops, ...cells[0]!.stops };
  if (stopLoss && trailingStop) return INEXPRESSIBLE.twoStops;
  const sl = stopLoss ?? trailingStop;
  const on = (wanted: boolean) =>
    Array.from({ length }, (_, t) => cells.some((cell) => cell.bar === t && (cell.weight !== 0) === wanted));
  return {
    kind: 'from_signals',
    name: one.name,
    options: {
      ...options,
      direction: weight > 0 ? 'longonly' : 'shortonly',
      // All the cash, also when it is less than at the first entry; else the value of the first.
      size: weight === 1 ? 'inf' : Math.abs(weight) * 10_000,
      size_type: weight === 1 ? 'amount' : 'value',
      accumulate: false,
      stop_entry_price: 'close',
      stop_exit_price: one.fill?.stopFill === 'market' ? 'stopmarket' : 'stoplimit',
      upon_stop_exit: 'close',
      ...(sl && { sl_stop: sl, sl_trail: !stopLoss }),
      ...(takeProfit && { tp_stop: takeProfit }),
    },
    inputs: { ...prices, entries: on(true), exits: on(false) },
  };
}
