import { randomStream } from '../formats/random.ts';

/**
 * A seeded sample of `count` of `rows` rows, ascending, all of them where there are no more; every row is as likely.
 *
 * Selection sampling (Knuth, The Art of Computer Programming 2, algorithm S).
 */
export function sampleRows(rows: number, count: number, seed: number): Uint32Array {
  const random = randomStream(seed, 0);
  const chosen = new Uint32Array(Math.min(rows, count));
  for (let row = 0, found = 0; found < chosen.length; row++) {
    if (random() * (rows - row) < chosen.length - found) chosen[found++] = row;
  }
  return chosen;
}
