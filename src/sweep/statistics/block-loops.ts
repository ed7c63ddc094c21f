/**
 * The inner loops of the statistics over blocks, which every run of a sweep passes through: in plain TypeScript, or compiled
 * to SIMD with the same bits. Each is bound once to the arrays that it works on.
 */
export interface BlockLoops {
  /** An array of 0 that the loops can work on; all their arrays come from here. */
  floats(length: number): Float64Array;
  /** A copy of masks that the loops can work on. */
  masks(values: Uint16Array): Uint16Array;
  /** Binds: sums of all subsets of eight pairs of `values` from pair `from` on into `out` [2^8][2]; subset m holds pair b where bit b is set. */
  subsetSums(values: Float64Array, from: number, out: Float64Array): () => void;
  /** Binds: the first pair of halves from one on of which one may be better than the best, else the number of pairs. */
  betterPair(halves: Halves, best: Float64Array): (from: number) => number;
  /** Binds: the same of a run that may not vary in a half; `limit` [halves] is the greatest |t| of returns that do. */
  betterOrFlatPair(halves: Halves, best: Float64Array, limit: Float64Array): (from: number) => number;
  /** Binds: adds 1 in every half where the run is below the low edge to `below`, and where not above the high one to `notAbove`. */
  countRanks(halves: Halves, ranks: RankCounts): () => void;
  /** Binds: the same of a run that may not vary in a half, which then counts as 0. */
  countFlatRanks(halves: Halves, ranks: RankCounts, limit: Float64Array): () => void;
  /**
   * Binds: raises four maxima a draw by four runs at once.
   *
   * @param pairs the 16 blocks of each draw, two in a number: 16·one + other; [draws][8]
   */
  raiseMaxima(pairs: Uint16Array, runs: FourRuns, maxima: DrawMaxima): () => void;
}

/** How the halves of blocks are put together. */
export interface Halves {
  /** Of every pair of complements, the mask of the first; half 2p is that mask, half 2p + 1 its complement. */
  readonly splits: Uint16Array;
  /** Subset sums of Σ r and Σ r², side by side, of the lower eight blocks and then of the upper; [2][2^8][2] in one piece. */
  readonly tables: Float64Array;
}

/** What ranks are counted from, by half: t = S·|S| / Q against two edges. */
export interface RankCounts {
  readonly lowEdge: Float64Array;
  readonly highEdge: Float64Array;
  readonly below: Float64Array;
  readonly notAbove: Float64Array;
}

/** Runs that stand side by side in `FourRuns`. */
export const LANES = 4;

/** Four runs side by side. */
export interface FourRuns {
  /** Deviations of their blocks, as vectors of length 1; [16][LANES] */
  readonly units: Float64Array;
  /**
   * What the sum of a draw is multiplied by, what is added to that for the consistent and for the lower maximum, and what it
   * is multiplied by for the reality check; [4][LANES]
   */
  readonly scales: Float64Array;
}

/** Maxima over the runs, by draw: over those in even lanes and over those in odd ones; [draws][2] each. */
export interface DrawMaxima {
  readonly upper: Float64Array;
  readonly consistent: Float64Array;
  readonly lower: Float64Array;
  readonly reality: Float64Array;
}

/** Numbers of a table: two for every subset of eight blocks. */
export const TABLE = 512;
