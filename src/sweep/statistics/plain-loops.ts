import { BLOCKS } from '../../core/metrics/return-stats.ts';
import { type BlockLoops, type Halves, TABLE } from './block-loops.ts';

const LOW = BLOCKS / 2;
/** The lower eight blocks of a mask. */
const MASK = 0xff;

/** The loops in TypeScript: the oracle of the compiled ones, and what runs where there is no WebAssembly. */
export const PLAIN_LOOPS: BlockLoops = {
  floats: (length) => new Float64Array(length),
  masks: (values) => values.slice(),
  subsetSums: (values, from, out) => () => {
    for (let bit = 0; bit < LOW; bit++) {
      const first = 2 * (from + bit);
      const size = 2 << bit;
      for (let m = 0; m < size; m += 2) {
        out[size + m] = out[m]! + values[first]!;
        out[size + m + 1] = out[m + 1]! + values[first + 1]!;
      }
    }
  },
  betterPair(halves, best) {
    const { splits, tables } = halves;
    return (from) => {
      for (let p = from; p < splits.length; p++) {
        const mask = splits[p]!;
        if (signedSquare(tables, mask) > best[2 * p]! * squares(tables, mask)) return p;
        const rest = 0xffff ^ mask;
        if (signedSquare(tables, rest) > best[2 * p + 1]! * squares(tables, rest)) return p;
      }
      return splits.length;
    };
  },
  countRanks(halves: Halves, { lowEdge, highEdge, below, notAbove }) {
    const { splits, tables } = halves;
    return () => {
      for (let h = 0; h < 2 * splits.length; h++) {
        const mask = h % 2 === 0 ? splits[h >> 1]! : 0xffff ^ splits[h >> 1]!;
        const t = signedSquare(tables, mask);
        const q = squares(tables, mask);
        // Counted without a branch, which half of the time would be mispredicted.
        below[h]! += Number(t < lowEdge[h]! * q);
        notAbove[h]! += Number(t <= highEdge[h]! * q);
      }
    };
  },
  betterOrFlatPair({ splits, tables }, best, limit) {
    return (from) => {
      for (let p = from; p < splits.length; p++) {
        const mask = splits[p]!;
        if (flatOrT(tables, mask, limit[2 * p]!) > best[2 * p]!) return p;
        if (flatOrT(tables, 0xffff ^ mask, limit[2 * p + 1]!) > best[2 * p + 1]!) return p;
      }
      return splits.length;
    };
  },
  countFlatRanks({ splits, tables }, { lowEdge, highEdge, below, notAbove }, limit) {
    return () => {
      for (let h = 0; h < 2 * splits.length; h++) {
        const mask = h % 2 === 0 ? splits[h >> 1]! : 0xffff ^ splits[h >> 1]!;
        const t = flatOrT(tables, mask, limit[h]!);
        below[h]! += Number(t < lowEdge[h]!);
        notAbove[h]! += Number(t <= highEdge[h]!);
      }
    };
  },
  drawSums: (counts, x, sums) => () => {
    for (let d = 0, c = 0; d < sums.length; d++, c += BLOCKS) {
      let even = 0;
      let odd = 0;
      for (let b = 0; b < BLOCKS; b += 2) {
        even += counts[c + b]! * x[b]!;
        odd += counts[c + b + 1]! * x[b + 1]!;
      }
      sums[d] = even + odd;
    }
  },
  raiseMaxima:
    (sums, { upper, consistent, lower, reality }) =>
    (factor, hopeless, worse, deviation) => {
      for (let d = 0; d < sums.length; d++) {
        const v = sums[d]! * factor;
        if (v > upper[d]!) upper[d] = v;
        if (v + hopeless > consistent[d]!) consistent[d] = v + hopeless;
        if (v + worse > lower[d]!) lower[d] = v + worse;
        if (v * deviation > reality[d]!) reality[d] = v * deviation;
      }
    },
};

/** S·|S| of a half, S = Σ r. */
function signedSquare(tables: Float64Array, mask: number): number {
  const s = tables[2 * (mask & MASK)]! + tables[TABLE + 2 * (mask >> LOW)]!;
  return s * Math.abs(s);
}

/** Σ r² of a half. */
function squares(tables: Float64Array, mask: number): number {
  return tables[2 * (mask & MASK) + 1]! + tables[TABLE + 2 * (mask >> LOW) + 1]!;
}

/** t = S·|S| / Q of a half, 0 where its returns do not vary: where |t| is beyond the limit, or Q is 0. */
export function flatOrT(tables: Float64Array, mask: number, limit: number): number {
  const t = signedSquare(tables, mask) / squares(tables, mask);
  return Math.abs(t) <= limit ? t : 0;
}
