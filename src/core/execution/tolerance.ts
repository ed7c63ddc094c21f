const RELATIVE = 1e-9;
const ABSOLUTE = 1e-12;

/** Equality up to rounding: |a − b| ≤ max(1e-9 · max(|a|, |b|), 1e-12), as vectorbt has it. */
export function isClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= Math.max(RELATIVE * Math.max(Math.abs(a), Math.abs(b)), ABSOLUTE);
}

/** a + b, and exactly 0 where the two cancel up to rounding: cash and positions leave no dust behind. */
export function settledSum(a: number, b: number): number {
  const sum = a + b;
  // Nearly every sum is far from that, and told by less than the exact question.
  const near = 2 * RELATIVE * (Math.abs(a) + Math.abs(b)) + ABSOLUTE;
  return Math.abs(sum) <= near && isClose(a, -b) ? 0 : sum;
}

/** What adding up a batch rounds away, relative to what it trades, stays far below this. */
const ROUNDING = 1e-12;

/**
 * Cash after a batch that settles at once: exactly 0 where it is but what rounding left of the money that moved.
 *
 * @param flow what the batch adds to cash; `value` what it trades, ≥ 0: in the flow in and out cancel, so that it tells
 *   nothing of how much was rounded
 */
export function settledCash(cash: number, flow: number, value: number): number {
  const sum = cash + flow;
  return Math.abs(sum) <= Math.max(ROUNDING * value, ABSOLUTE) ? 0 : sum;
}
