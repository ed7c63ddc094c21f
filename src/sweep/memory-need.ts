import { InvalidInputError } from '../contracts/errors.ts';
import { barsBytes } from '../core/bars.ts';

/** Node.js with the code of a function, and what is decoded and encoded beside the bars. */
const BASE_BYTES = 400e6;
/** The bars once joined, and while they load as columns of each symbol. */
const COPIES = 2;

/** Refuses a sweep whose bars do not fit into a worker: InvalidInputError with both numbers and the way out. */
export function refuseBarsThatDoNotFit(assets: number, bars: number, memoryMb: number): void {
  const needed = Math.ceil((BASE_BYTES + COPIES * barsBytes(assets, bars)) / 2 ** 20);
  if (needed <= memoryMb) return;
  throw new InvalidInputError(
    `bars: expected bars that fit into ${memoryMb} MB of a worker, found ${assets} assets × ${bars} bars, which need ` +
      `${needed} MB; use a smaller universe or period, or deploy with workerMemoryMb of at least that (10240 at most)`,
  );
}
