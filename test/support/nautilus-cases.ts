import type { Bars } from '../../src/core/bars.ts';
import type { FillModel } from '../../src/core/fill-model.ts';
import {
  type InstructionMatrix,
  type InstructionRow,
  instructionMatrix,
} from '../../src/core/instructions.ts';
import type { RunConfig, StopRule } from '../../src/core/run-config.ts';
import { barsOf, type Ohlc } from './bars.ts';
import { configOf } from './config.ts';
import { randomStream } from './random.ts';

/** Decimals of prices, quantities and money of the instruments that all cases trade. */
export const PRICE_PRECISION = 12;
export const SIZE_PRECISION = 3;

/** What a case is about; the seed decides everything else. */
export interface CaseKind {
  readonly name: string;
  readonly account: 'cash' | 'margin';
  readonly assets: number;
  /** Which stops the run has; none = empty. */
  readonly stops: readonly (keyof StopRule)[];
  /** Does a bar open away from the close before it? */
  readonly gaps?: boolean;
  readonly missing?: boolean;
  /** Whole prices and distances that are powers of two: levels are touched exactly, and often. */
  readonly coarse?: boolean;
  /** Largest Σ|w| of a row; below 1 where fees must be paid from the rest. */
  readonly gross?: number;
  readonly feeRate?: number;
  readonly fixedFee?: number;
  readonly slippage?: number;
  /** Stops come with the cells, other ones for each asset. */
  readonly cellStops?: boolean;
  /** Distances are this many times as large; default 1. */
  readonly stopScale?: number;
}

/** One case: the same input for both engines. */
export interface NautilusCase {
  readonly name: string;
  readonly account: CaseKind['account'];
  readonly bars: Bars;
  readonly rows: readonly InstructionRow[];
  readonly matrix: InstructionMatrix;
  readonly config: RunConfig;
}

const STOPS = { SL: 'stopLoss', TSL: 'trailingStop', TP: 'takeProfit' } as const;
const COMBINATIONS: readonly (readonly (keyof typeof STOPS)[])[] = [
  ['SL'],
  ['TSL'],
  ['TP'],
  ['SL', 'TSL'],
  ['SL', 'TP'],
  ['TSL', 'TP'],
  ['SL', 'TSL', 'TP'],
];

/** All kinds of cases; each is run with several seeds. */
export const CASE_KINDS: readonly CaseKind[] = [
  { name: 'cash', account: 'cash', assets: 1, stops: [], gaps: true },
  { name: 'cash, 4 assets', account: 'cash', assets: 4, stops: [], gaps: true },
  { name: 'cash, 5 assets, missing bars', account: 'cash', assets: 5, stops: [], gaps: true, missing: true },
  { name: 'margin, 4 assets', account: 'margin', assets: 4, stops: [], gaps: true, missing: true },
  ...COMBINATIONS.flatMap((combination): CaseKind[] => {
    const stops = combination.map((stop) => STOPS[stop]);
    const name = combination.join(' + ');
    return [
      { name: `cash, ${name}`, account: 'cash', assets: 1, stops, gaps: true },
      { name: `cash, 3 assets, ${name}`, account: 'cash', assets: 3, stops, gaps: true, missing: true },
      { name: `margin, ${name}`, account: 'margin', assets: 1, stops, gaps: true },
      { name: `margin, 3 assets, ${name}`, account: 'margin', assets: 3, stops, gaps: true, missing: true },
      {
        name: `margin, whole prices, ${name}`,
        account: 'margin',
        assets: 2,
        stops,
        gaps: true,
        coarse: true,
      },
      { name: `cash, no gaps, ${name}`, account: 'cash', assets: 2, stops },
      {
        name: `cash, fees, ${name}`,
        account: 'cash',
        assets: 2,
        stops,
        gaps: true,
        gross: 0.6,
        feeRate: 0.001,
        fixedFee: 1,
      },
      {
        name: `margin, slippage, ${name}`,
        account: 'margin',
        assets: 2,
        stops,
        feeRate: 0.0005,
        slippage: 0.001,
      },
      {
        name: `margin, stops of cells, ${name}`,
        account: 'margin',
        assets: 3,
        stops,
        gaps: true,
        cellStops: true,
      },
    ];
  }),
];

/** How many seeds each kind is run with; together they are the cases. */
export const SEEDS_PER_KIND = 4;

/** Every case, by kind and seed. */
export function nautilusCases(): NautilusCase[] {
  return CASE_KINDS.flatMap((kind, k) =>
    Array.from({ length: SEEDS_PER_KIND }, (_, i) => nautilusCase(kind, 1000 * (k + 1) + i)),
  );
}

/** The case of a kind and a seed: random bars and rows. */
export function nautilusCase(kind: CaseKind, seed: number): NautilusCase {
  const random = randomStream(seed);
  const length = 25 + Math.floor(random() * 25);
  const assets: Record<string, Ohlc[]> = {};
  for (let a = 0; a < kind.assets; a++) assets[`A${a}`] = randomBars(kind, random, length);
  return caseOf(`${kind.name}, seed ${seed}`, kind, barsOf(assets), random);
}

/** The case that a kind and a stream of random numbers make of given bars. */
export function caseOf(name: string, kind: CaseKind, bars: Bars, random: () => number): NautilusCase {
  const stops = Object.fromEntries(kind.stops.map((stop) => [stop, distance(kind, random)]));
  const rows = randomRows(kind, random, bars.symbols.length, bars.length);
  return {
    name,
    account: kind.account,
    bars,
    rows,
    matrix: instructionMatrix(rows),
    config: configOf({
      preset: 'nautilus',
      fill: accountFill(kind.account),
      cash: 100_000,
      feeRate: kind.feeRate ?? 0,
      fixedFee: kind.fixedFee ?? 0,
      slippage: kind.slippage ?? 0,
      lotSize: 10 ** -SIZE_PRECISION,
      // A margin account that asks for no margin lends without bound.
      maxLeverage: kind.account === 'margin' ? 1000 : 1,
      stops: kind.cellStops ? {} : stops,
    }),
  };
}

/** The preset is a cash account; a margin account denies nothing. */
export function accountFill(account: CaseKind['account']): Partial<FillModel> {
  return account === 'cash' ? {} : { cash: 'scale' };
}

function distance(kind: CaseKind, random: () => number): number {
  if (kind.coarse) return [0.0625, 0.125, 0.25][Math.floor(random() * 3)]!;
  return Math.round((0.01 + random() * 0.07) * (kind.stopScale ?? 1) * 1e5) / 1e5;
}

function randomBars(kind: CaseKind, random: () => number, length: number): Ohlc[] {
  const wild = kind.coarse ? 0.1 : 0.03;
  const starts = kind.missing && random() < 0.3 ? Math.floor(length / 3) : 0;
  const round = (price: number) =>
    kind.coarse ? Math.max(4, Math.round(price)) : Math.round(price * 1e4) / 1e4;
  let last = round(kind.coarse ? 40 + random() * 40 : 5 + random() * 200);
  return Array.from({ length }, (_, t): Ohlc => {
    if (t < starts || (kind.missing && random() < 0.15)) return null;
    const move = () => 1 + (random() - 0.5) * 2 * wild;
    const open = kind.gaps && random() < 0.5 ? round(last * move()) : last;
    const close = round(open * move());
    const high = Math.max(open, close, round(Math.max(open, close) * (1 + random() * wild)));
    const low = Math.min(open, close, round(Math.min(open, close) * (1 - random() * wild)));
    last = close;
    return [open, high, low, close];
  });
}

/** Rows with absent cells, zeros and, on a margin account, shorts; some spend all there is. */
function randomRows(kind: CaseKind, random: () => number, assets: number, length: number): InstructionRow[] {
  const own = Array.from({ length: assets }, () => kind.stops.map(() => distance(kind, random)));
  const density = 0.1 + random() * 0.3;
  const rows: InstructionRow[] = [];
  for (let bar = 0; bar < length; bar++) {
    if (bar > 0 && random() > density) continue;
    const weights = Array.from({ length: assets }, () => {
      if (random() < 0.25) return Number.NaN;
      if (random() < 0.2) return 0;
      return random() * (kind.account === 'margin' && random() < 0.5 ? -1 : 1);
    });
    const gross = weights.reduce((sum, w) => sum + (Number.isNaN(w) ? 0 : Math.abs(w)), 0);
    const target = (kind.gross ?? 1) * (random() < 0.4 ? 1 : random());
    const scaled = gross > 0 ? weights.map((w) => (w / gross) * target) : weights;
    if (!kind.cellStops) rows.push({ bar, weights: scaled });
    else rows.push({ bar, weights: scaled, stops: stopsOfRow(kind, own, scaled) });
  }
  return rows;
}

function stopsOfRow(kind: CaseKind, own: readonly number[][], weights: readonly number[]) {
  const column = (name: keyof StopRule) =>
    weights.map((w, a) => {
      const k = kind.stops.indexOf(name);
      return k < 0 || Number.isNaN(w) || w === 0 ? Number.NaN : own[a]![k]!;
    });
  return {
    stopLoss: column('stopLoss'),
    trailingStop: column('trailingStop'),
    takeProfit: column('takeProfit'),
  };
}

/** A case as `run_instructions.py` reads it. */
export function nautilusInput(given: NautilusCase) {
  const { bars, matrix, config, account } = given;
  const { length, symbols } = bars;
  const row = (a: number, t: number) => {
    const i = a * length + t;
    return Number.isNaN(bars.close[i]) ? null : [bars.open[i]!, bars.high[i]!, bars.low[i]!, bars.close[i]!];
  };
  return {
    symbols,
    times: [...bars.times],
    bars: symbols.map((_, a) => Array.from({ length }, (_, t) => row(a, t))),
    events: Array.from(matrix.rowBar, (bar, r) => ({
      time: bars.times[bar]!,
      cells: cellsOfRow(given, r).map(({ asset, weight, stops }) => [asset, weight, ...stops]),
    })),
    config: {
      account,
      cash: config.cash,
      feeRate: config.feeRate,
      fixedFee: config.fixedFee,
      slippage: config.slippage,
      pricePrecision: PRICE_PRECISION,
      sizePrecision: SIZE_PRECISION,
      moneyPrecision: PRICE_PRECISION,
    },
  };
}

/** Rule N1 of docs/engines.md: some bar opens away from the close before it, and some cell arms a stop below it. */
export function gapsMeetStops(given: NautilusCase): boolean {
  const { bars } = given;
  const gaps = bars.symbols.some((_, a) => {
    for (let t = 1; t < bars.length; t++) {
      const open = bars.open[a * bars.length + t]!;
      if (!Number.isNaN(open) && open !== bars.lastClose[a * bars.length + t - 1]) return true;
    }
    return false;
  });
  return gaps && cellsOf(given).some(({ stops }) => stops[0] !== null || stops[1] !== null);
}

/** Rule N12 of docs/engines.md: shorts are possible, and a cell names an asset that a stop may have left at an end of its bar. */
export function stopsLeaveQuotes(given: NautilusCase): boolean {
  const { bars, matrix, account } = given;
  if (account === 'cash' || !cellsOf(given).some(({ stops }) => stops[0] !== null || stops[1] !== null))
    return false;
  return Array.from(matrix.rowBar).some((bar, r) =>
    cellsOfRow(given, r).some(({ asset }) => {
      const i = asset * bars.length + bar;
      return bars.close[i] === bars.low[i] || bars.close[i] === bars.high[i];
    }),
  );
}

/** Rule N7 of docs/engines.md: a cell gives an asset that may be held other stops than it has. */
export function changesStopsWhileHeld(given: NautilusCase): boolean {
  const latest = new Map<number, string>();
  return cellsOf(given).some(({ asset, weight, stops }) => {
    const text = JSON.stringify(stops);
    const changes = weight !== 0 && (latest.get(asset) ?? text) !== text;
    if (weight === 0) latest.delete(asset);
    else latest.set(asset, text);
    return changes;
  });
}

interface CellInput {
  readonly asset: number;
  readonly weight: number;
  /** Stop-loss, trailing stop, take-profit; null = none. */
  readonly stops: readonly (number | null)[];
}

function cellsOf(given: NautilusCase): CellInput[] {
  return Array.from(given.matrix.rowBar, (_, r) => cellsOfRow(given, r)).flat();
}

/** The cells of a row with the stops that are in force. */
function cellsOfRow({ matrix, config }: NautilusCase, r: number): CellInput[] {
  const resolved = (name: keyof StopRule, c: number) => {
    const own = matrix.cellStops?.[name][c] ?? Number.NaN;
    const stop = Number.isNaN(own) ? config.stops[name] : own;
    return Number.isFinite(stop) ? stop : null;
  };
  const cells: CellInput[] = [];
  for (let c = matrix.rowStart[r]!; c < matrix.rowStart[r + 1]!; c++) {
    const stops = [resolved('stopLoss', c), resolved('trailingStop', c), resolved('takeProfit', c)];
    cells.push({ asset: matrix.cellAsset[c]!, weight: matrix.cellWeight[c]!, stops });
  }
  return cells;
}
