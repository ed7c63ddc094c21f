import { BLOCKS } from '../core/metrics/return-stats.ts';

const LEVELS = '▁▂▃▄▅▆▇█';

/**
 * A line of blocks, lowest value to highest; NaN is a space, a line without any change stays at the bottom.
 *
 * @param width characters at most: longer lines show the last value of each step
 */
export function sparkline(values: ArrayLike<number>, width: number): string {
  const steps = Math.min(width, values.length);
  const shown = Array.from(
    { length: steps },
    (_, i) => values[Math.ceil(((i + 1) * values.length) / steps) - 1]!,
  );
  const known = shown.filter((value) => !Number.isNaN(value));
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return shown.map((value) => (Number.isNaN(value) ? ' ' : levelOf(value - low, high - low))).join('');
}

/** The block for a value from 0 to `most`. */
export function levelOf(value: number, most: number): string {
  const level = most > 0 ? Math.round((value / most) * (LEVELS.length - 1)) : 0;
  return LEVELS[level]!;
}

const NAMES = Array.from({ length: BLOCKS }, (_, i) => `block_sum_${String(i).padStart(2, '0')}`);

/** The course of a run from its row: the running total of the sums of returns of its 16 blocks of bars; '' without them. */
export function blockSparkline(row: Readonly<Record<string, unknown>>): string {
  const sums = NAMES.map((name) => row[name]);
  if (!sums.every((sum) => typeof sum === 'number')) return '';
  let total = 0;
  return sparkline(
    sums.map((sum) => {
      total += sum as number;
      return total;
    }),
    BLOCKS,
  );
}
