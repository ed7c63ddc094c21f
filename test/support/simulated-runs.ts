import { BLOCKS } from '../../src/core/metrics/return-stats.ts';
import { randomStream } from '../../src/formats/random.ts';
import { normalQuantile } from '../../src/sweep/statistics/normal.ts';
import { type BlockColumns, blockLengths } from '../../src/sweep/statistics/run-blocks.ts';

/** Normal numbers by a seed. */
export function normals(seed: number): () => number {
  const random = randomStream(seed, 9);
  return () => normalQuantile((Math.floor(random() * 2 ** 31) + 0.5) / 2 ** 31);
}

/** Returns bar by bar, and their sums by block as the rows of a sweep have them. */
export function blocksOf(returns: readonly (readonly number[])[]): BlockColumns {
  const lengths = blockLengths(returns[0]!.length);
  const columns = Array.from({ length: 2 * BLOCKS }, () => new Float64Array(returns.length));
  for (const [row, run] of returns.entries()) {
    let t = 0;
    for (let b = 0; b < BLOCKS; b++) {
      for (let i = 0; i < lengths[b]!; i++, t++) {
        columns[b]![row]! += run[t]!;
        columns[BLOCKS + b]![row]! += run[t]! * run[t]!;
      }
    }
  }
  return { count: returns.length, columns };
}

/** Independent runs of noise of 1 % a bar; the first `skilled` earn `edge` a bar besides. */
export function noise(runs: number, bars: number, seed: number, skilled = 0, edge = 0): number[][] {
  const next = normals(seed);
  return Array.from({ length: runs }, (_, k) =>
    Array.from({ length: bars }, () => 0.01 * next() + (k < skilled ? edge : 0)),
  );
}
