import { InvalidInputError } from '../contracts/errors.ts';
import type { BarColumns } from './bar-rows.ts';
import type { SymbolBars } from './dataset-id.ts';
import { randomStream } from './random.ts';

/** The step from bar to bar of made-up bars; `day` leaves out Saturdays and Sundays. */
export const SYNTH_INTERVALS = ['day', 'hour', 'minute'] as const;
export type SynthInterval = (typeof SYNTH_INTERVALS)[number];

/** What bars to make up. */
export interface SynthOptions {
  /** 1 to 10,000. */
  readonly assets: number;
  /** Length of the time index, 1 to 10 million; at most 100 million bars in all. */
  readonly bars: number;
  readonly seed: number;
  /** Correlation of the returns of any two assets, in [0, 1]. */
  readonly correlation: number;
  /** Probability that an asset has no bar at a time, in [0, 1); its first bar is always there. */
  readonly gapProbability: number;
  readonly interval: SynthInterval;
  /** Time of the first bar (a weekend moves to Monday); epoch milliseconds, UTC. */
  readonly start: number;
}

const STEP_MS: Record<SynthInterval, number> = { day: 86_400_000, hour: 3_600_000, minute: 60_000 };
/** Standard deviation of the returns of a bar: about 20 % a year of 252 days, or of 365 days of 24 hours. */
const VOLATILITY: Record<SynthInterval, number> = { day: 0.0126, hour: 0.0021, minute: 0.00028 };

/**
 * Makes up bars: geometric random walks with one common factor, a small gap at each open, and missing bars.
 *
 * The same options give the same bytes on every machine: only + − × ÷ √, a normal is a sum of twelve uniforms minus 6.
 * An asset's own noise depends on the seed and its number alone, not on how many assets there are.
 *
 * @throws InvalidInputError for an option out of its range
 */
export function synthBars(options: SynthOptions): SymbolBars[] {
  checkOptions(options);
  const { assets, bars, seed, correlation } = options;
  const times = timeIndex(options);
  const market = randomStream(seed, 0);
  const factor = Float64Array.from({ length: bars }, () => normal(market) * Math.sqrt(correlation));
  const digits = Math.max(3, String(assets).length);
  return Array.from({ length: assets }, (_, a) => ({
    symbol: `SYN${String(a + 1).padStart(digits, '0')}`,
    columns: oneAsset(times, factor, randomStream(seed, a + 1), options),
  }));
}

function oneAsset(
  times: Float64Array,
  factor: Float64Array,
  random: () => number,
  { correlation, gapProbability, interval }: SynthOptions,
): BarColumns {
  const columns = Array.from({ length: 6 }, () => new Float64Array(times.length));
  const [time, open, high, low, close, volume] = columns as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const sigma = VOLATILITY[interval];
  const own = Math.sqrt(1 - correlation);
  let last = 20 + 180 * random();
  let rows = 0;
  for (let t = 0; t < times.length; t++) {
    const o = last * (1 + 0.2 * sigma * normal(random));
    const c = last * (1 + sigma * (factor[t]! + own * normal(random)));
    const h = Math.max(o, c) * (1 + 0.5 * sigma * random());
    const l = Math.min(o, c) * (1 - 0.5 * sigma * random());
    const v = Math.floor(1_000 + 99_000 * random() * random());
    const missing = random() < gapProbability && rows > 0;
    last = c;
    if (missing) continue;
    time[rows] = times[t]!;
    open[rows] = o;
    high[rows] = h;
    low[rows] = l;
    close[rows] = c;
    volume[rows] = v;
    rows++;
  }
  const cut = (column: Float64Array) => column.slice(0, rows);
  return {
    times: cut(time),
    open: cut(open),
    high: cut(high),
    low: cut(low),
    close: cut(close),
    volume: cut(volume),
  };
}

function normal(random: () => number): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random();
  return sum;
}

function timeIndex({ bars, interval, start }: SynthOptions): Float64Array {
  const times = new Float64Array(bars);
  let time = start;
  for (let t = 0; t < bars; t++) {
    while (interval === 'day' && [0, 6].includes(new Date(time).getUTCDay())) time += STEP_MS.day;
    times[t] = time;
    time += STEP_MS[interval];
  }
  return times;
}

function checkOptions(options: SynthOptions): void {
  const { assets, bars, seed, correlation, gapProbability, start } = options;
  const need = (ok: boolean, name: string, expected: string, found: number) => {
    if (!ok) throw new InvalidInputError(`synth: expected ${name} ${expected}, found ${found}; change it`);
  };
  const whole = (x: number, most: number) => Number.isInteger(x) && x >= 1 && x <= most;
  need(whole(assets, 10_000), 'assets', 'from 1 to 10000', assets);
  need(whole(bars, 10_000_000), 'bars', 'from 1 to 10000000', bars);
  need(assets * bars <= 100_000_000, 'assets × bars', 'up to 100000000', assets * bars);
  need(Number.isSafeInteger(seed), 'a seed', 'that is an integer', seed);
  need(correlation >= 0 && correlation <= 1, 'a correlation', 'from 0 to 1', correlation);
  need(gapProbability >= 0 && gapProbability < 1, 'a gap probability', 'from 0 to below 1', gapProbability);
  need(Math.abs(start) <= 8e13, 'a start', 'that is a date', start);
}
