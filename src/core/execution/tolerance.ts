const RELATIVE = 1e-9;
const ABSOLUTE = 1e-12;

/** Equality up to rounding: |a − b| ≤ max(1e-9 · max(|a|, |b|), 1e-12), as vectorbt has it. */
export function isClose(a: number, b: number): boolean {
  if (a === b) return true;
  const size = Math.max(Math.abs(a), Math.abs(b)) * RELATIVE;
  return Math.abs(a - b) <= Math.max(size, ABSOLUTE);
}

/** a + b, and exactly 0 where the two cancel up to rounding: cash and positions leave no dust behind. */
export function settledSum(a: number, b: number): number {
  const sum = a + b;
  // Only opposite signs can cancel; the sum of two of one sign is never smaller than either.
  return a !== 0 && b !== 0 && a > 0 !== b > 0 && isClose(a, -b) ? 0 : sum;
}
