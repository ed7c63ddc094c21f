import { sharedMemory, webAssembly } from '../../core/kernel/web-assembly.ts';
import { type BlockLoops, type Halves, LANES, type RankCounts } from './block-loops.ts';
import { LOOPS_MODULE } from './loops-module.ts';

/** Splits, pairs, tables; low edge, high edge, below, not above. */
type Seven = [number, number, number, number, number, number, number];

/** What the compiled module exports; arrays are addresses in its memory. */
interface LoopExports {
  subsetSums(values: number, out: number): void;
  betterPair(splits: number, from: number, pairs: number, tables: number, best: number): number;
  betterOrFlatPair(
    splits: number,
    from: number,
    pairs: number,
    tables: number,
    best: number,
    limit: number,
  ): number;
  countRanks(...halvesAndRanks: Seven): void;
  countFlatRanks(...halvesAndRanksAndLimit: [...Seven, number]): void;
  raiseMaxima(
    units: number,
    scales: number,
    pairs: number,
    draws: number,
    upper: number,
    consistent: number,
    lower: number,
    reality: number,
  ): void;
}

/** Room for all splits and draws, twice over; what is not used is never touched, and takes no memory. */
const MEMORY_BYTES = 4 * 2 ** 20;
/** What a compiler puts into memory stands at its beginning, and then the sums of pairs of blocks; see the source of the loops. */
const START = 1_024 + 8_192;
/** A vector; and every array ends where one does, so that the last one reads and writes nothing else. */
const ALIGN = 16;

let compiled: object | null | undefined;

/** The loops in SIMD, over memory of their own for the statistics of one sweep; null where the runtime cannot. */
export function compiledLoops(): BlockLoops | null {
  if (compiled === undefined) {
    const bytes = Uint8Array.from(atob(LOOPS_MODULE), (character) => character.charCodeAt(0));
    compiled = webAssembly?.validate(bytes) ? new webAssembly.Module(bytes) : null;
  }
  const memory = compiled && sharedMemory(MEMORY_BYTES);
  if (!compiled || !memory) return null;
  const instance = new webAssembly!.Instance(compiled, { env: { memory } });
  return loopsOver(instance.exports as LoopExports, memory.buffer);
}

function loopsOver(exports: LoopExports, buffer: SharedArrayBuffer): BlockLoops {
  let used = START;
  const room = (bytes: number) => {
    const at = used;
    used += Math.ceil(bytes / ALIGN) * ALIGN;
    return at;
  };
  const at = (array: Float64Array | Uint16Array) => {
    if (array.buffer !== buffer) throw new RangeError('expected an array of these loops, found another');
    return array.byteOffset;
  };
  const copied = (values: Uint16Array) => {
    const copy = new Uint16Array(buffer, room(2 * values.length), values.length);
    copy.set(values);
    return copy;
  };
  const halvesAndRanks = (
    { splits, tables }: Halves,
    { lowEdge, highEdge, below, notAbove }: RankCounts,
  ): Seven => [at(splits), splits.length, at(tables), at(lowEdge), at(highEdge), at(below), at(notAbove)];
  return {
    floats: (length) => new Float64Array(buffer, room(8 * length), length),
    masks: copied,
    subsetSums(values, from, out) {
      const [first, table] = [at(values) + 16 * from, at(out)];
      return () => exports.subsetSums(first, table);
    },
    betterPair({ splits, tables }, best) {
      const [pairs, splitsAt, tablesAt, bestAt] = [splits.length, at(splits), at(tables), at(best)];
      return (from) => exports.betterPair(splitsAt, from, pairs, tablesAt, bestAt);
    },
    betterOrFlatPair({ splits, tables }, best, limit) {
      const [pairs, splitsAt, tablesAt, bestAt] = [splits.length, at(splits), at(tables), at(best)];
      const limitAt = at(limit);
      return (from) => exports.betterOrFlatPair(splitsAt, from, pairs, tablesAt, bestAt, limitAt);
    },
    countRanks(halves, ranks) {
      const [a, b, c, d, e, f, g] = halvesAndRanks(halves, ranks);
      return () => exports.countRanks(a, b, c, d, e, f, g);
    },
    countFlatRanks(halves, ranks, limit) {
      const [a, b, c, d, e, f, g] = halvesAndRanks(halves, ranks);
      const limitAt = at(limit);
      return () => exports.countFlatRanks(a, b, c, d, e, f, g, limitAt);
    },
    raiseMaxima(pairs, { units, scales }, maxima) {
      const places = copied(pairs.map((pair) => 8 * LANES * pair)); // in bytes, in the table of sums
      const [unitsAt, scalesAt, pairsAt, draws] = [at(units), at(scales), at(places), places.length / 8];
      const [upper, consistent] = [at(maxima.upper), at(maxima.consistent)];
      const [lower, reality] = [at(maxima.lower), at(maxima.reality)];
      return () => exports.raiseMaxima(unitsAt, scalesAt, pairsAt, draws, upper, consistent, lower, reality);
    },
  };
}
