import type { BarColumns } from './bar-rows.ts';

/** A change from one close to the next that looks like an unadjusted split. */
interface SplitJump {
  /** Of the later bar; epoch milliseconds, UTC. */
  readonly time: number;
  /** Later close / earlier close. */
  readonly ratio: number;
  /** New for old shares: `2:1` halves the price, `1:8` multiplies it by 8. */
  readonly split: string;
}

/** What a person should know about the bars of one symbol. */
export interface BarsSummary {
  readonly bars: number;
  /** Of the first and last bar; NaN where there is none. */
  readonly from: number;
  readonly to: number;
  readonly zeroVolume: number;
  readonly unknownVolume: number;
  /** Times of the dataset between the first and last bar at which the symbol has none. */
  readonly missing: number;
  /** Closes at least 1.35 times, or at most 1/1.35 of, the close before. */
  readonly jumps: number;
  /** Those of them that look like splits, largest first, at most five. */
  readonly splits: readonly SplitJump[];
}

const JUMP = 1.35;
const NEAR = 0.04;
const SPLITS: readonly (readonly [name: [number, number], ratio: number])[] = [
  [3, 2],
  [2, 1],
  [5, 2],
  [3, 1],
  [4, 1],
  [5, 1],
  [6, 1],
  [7, 1],
  [8, 1],
  [10, 1],
  [12, 1],
  [15, 1],
  [20, 1],
  [25, 1],
  [30, 1],
  [40, 1],
  [50, 1],
  [100, 1],
].map(([a, b]) => [[a!, b!], a! / b!]);

/**
 * Summarises the checked bars of a symbol.
 *
 * @param index times of all bars of the dataset, strictly ascending
 */
export function summarizeBars(columns: BarColumns, index: Float64Array): BarsSummary {
  const { times, close, volume } = columns;
  const bars = times.length;
  const [from, to] = [times[0] ?? Number.NaN, times[bars - 1] ?? Number.NaN];
  let [zeroVolume, unknownVolume, jumps] = [0, 0, 0];
  const splits: SplitJump[] = [];
  for (let t = 0; t < bars; t++) {
    if (volume[t] === 0) zeroVolume++;
    if (Number.isNaN(volume[t])) unknownVolume++;
    if (t === 0) continue;
    const ratio = close[t]! / close[t - 1]!;
    const size = Math.max(ratio, 1 / ratio);
    if (size < JUMP) continue;
    jumps++;
    const split = nearestSplit(size);
    if (split) {
      const [a, b] = split;
      splits.push({ time: times[t]!, ratio, split: ratio < 1 ? `${a}:${b}` : `${b}:${a}` });
    }
  }
  const sizeOf = ({ ratio }: SplitJump) => Math.max(ratio, 1 / ratio);
  splits.sort((a, b) => sizeOf(b) - sizeOf(a) || a.time - b.time);
  const within = index.reduce((count, time) => count + (time >= from && time <= to ? 1 : 0), 0);
  return {
    bars,
    from,
    to,
    zeroVolume,
    unknownVolume,
    missing: within - bars,
    jumps,
    splits: splits.slice(0, 5),
  };
}

/** The split whose ratio is nearest to `size`, if it is within 4 %: what a share may move on the day besides. */
function nearestSplit(size: number): [number, number] | undefined {
  let best: [number, number] | undefined;
  let distance = NEAR;
  for (const [split, ratio] of SPLITS) {
    const d = Math.abs(size / ratio - 1);
    if (d < distance) [best, distance] = [split, d];
  }
  return best;
}
