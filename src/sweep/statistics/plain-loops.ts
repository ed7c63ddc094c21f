import { BLOCKS } from '../../core/metrics/return-stats.ts';
import { type BlockLoops, type Halves, LANES, TABLE } from './block-loops.ts';

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
  raiseMaxima:
    (pairs, { units, scales }, { upper, consistent, lower, reality }) =>
    () => {
      for (let at = 0, p = 0; p < pairs.length; at += 2, p += 8) {
        for (let lane = 0; lane < LANES; lane++) {
          let even = pairSum(units, pairs[p]!, lane);
          let odd = pairSum(units, pairs[p + 1]!, lane);
          for (let k = 2; k < 8; k += 2) {
            even += pairSum(units, pairs[p + k]!, lane);
            odd += pairSum(units, pairs[p + k + 1]!, lane);
          }
          const v = (even + odd) * scales[lane]!;
          raise(upper, at + (lane % 2), v);
          raise(consistent, at + (lane % 2), v + scales[LANES + lane]!);
          raise(lower, at + (lane % 2), v + scales[2 * LANES + lane]!);
          raise(reality, at + (lane % 2), v * scales[3 * LANES + lane]!);
        }
      }
    },
};

/** The sum of two blocks of one of four runs. */
const pairSum = (units: Float64Array, pair: number, lane: number): number =>
  units[LANES * (pair >> 4) + lane]! + units[LANES * (pair & 15) + lane]!;

function raise(maxima: Float64Array, at: number, value: number): void {
  if (value > maxima[at]!) maxima[at] = value;
}

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
