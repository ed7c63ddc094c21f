import { feeRate, fixedFee } from './config';
import { before, due, fillPrice, order, quantity, record } from './layout';
import {
  addBatch,
  bookRoundTrip,
  cash,
  countRejected,
  countScaled,
  fees,
  isClose,
  slippagePaid,
  tradedValue,
} from './ledger';
import { covered, scale, tradable } from './plan';

const ZERO = f64x2.splat(0);

/** Multiplies what opens or adds to longs by λ; what covers a short stays. */
export function scaleBuys(count: i32, positions: usize, prices: usize, shorts: bool): void {
  const factor = f64x2.splat(scale);
  let refused = 0;
  for (let i: usize = 0; i < <usize>count * 8; i += 16) {
    const q = v128.load(quantity + i);
    const buys = f64x2.gt(q, ZERO);
    const price = v128.load(prices + i);
    let scaled: v128;
    if (shorts) {
      const cover = covered(q, v128.load(positions + i));
      scaled = f64x2.add(cover, tradable(f64x2.mul(factor, f64x2.sub(q, cover)), price));
    } else scaled = tradable(f64x2.mul(factor, q), price);
    v128.store(quantity + i, v128.bitselect(scaled, q, buys));
    refused += popcnt(i64x2.bitmask(v128.and(buys, f64x2.eq(scaled, ZERO))));
  }
  if (refused > 0) countRejected(refused);
  countScaled(scale);
}

/**
 * Books a batch whose orders do not depend on each other: `bookFill` for two orders at a time, then what adds up in
 * the order of execution.
 *
 * @param positions and `flows` (of the open round trips) of the cells, side by side; both are moved
 * @returns whether round trips end, which `endRoundTrips` then books
 */
export function bookOrders(count: i32, positions: usize, prices: usize, flows: usize): bool {
  const rate = f64x2.splat(feeRate);
  const fixed = f64x2.splat(fixedFee);
  let traded = 0;
  let ends: bool = false;
  for (let i: usize = 0; i < <usize>count * 8; i += 16) {
    const q = v128.load(quantity + i);
    const filledAt = v128.load(fillPrice + i);
    const old = v128.load(positions + i);
    const flow = v128.load(flows + i);
    const trades = f64x2.ne(q, ZERO);
    const buys = f64x2.gt(q, ZERO);
    const size = f64x2.abs(q);
    const value = f64x2.mul(size, filledAt);
    const fee = v128.and(f64x2.add(f64x2.mul(value, rate), fixed), trades);
    const paid = v128.bitselect(f64x2.neg(f64x2.add(value, fee)), f64x2.sub(value, fee), buys);
    const slip = f64x2.mul(size, f64x2.abs(f64x2.sub(filledAt, v128.load(prices + i))));
    const sum = f64x2.add(old, q);
    const near = f64x2.max(f64x2.mul(f64x2.splat(1e-9), f64x2.max(f64x2.abs(old), size)), f64x2.splat(1e-12));
    const now = v128.andnot(sum, v128.and(f64x2.le(f64x2.abs(sum), near), trades));
    const opens = f64x2.eq(old, ZERO);
    const turns = v128.or(f64x2.eq(now, ZERO), v128.xor(f64x2.gt(old, ZERO), f64x2.gt(now, ZERO)));
    const ending = v128.and(v128.andnot(turns, opens), trades);
    const moved = v128.bitselect(paid, f64x2.add(flow, paid), opens);
    v128.store(flows + i, v128.bitselect(moved, flow, v128.andnot(trades, ending)));
    v128.store(positions + i, now);
    v128.store(before + i, old);
    const to = record + i * 4;
    v128.store(to, v128.shuffle<f64>(paid, value, 0, 2));
    v128.store(to, v128.shuffle<f64>(fee, slip, 0, 2), 16);
    v128.store(to, v128.shuffle<f64>(paid, value, 1, 3), 32);
    v128.store(to, v128.shuffle<f64>(fee, slip, 1, 3), 48);
    traded += popcnt(i64x2.bitmask(trades));
    if (v128.any_true(ending)) ends = true;
  }
  addUp(count, traded);
  return ends;
}

/** Cash, traded value, fees and slippage, in the order of execution. */
function addUp(count: i32, traded: i32): void {
  let first = f64x2.replace_lane(f64x2.splat(cash), 1, tradedValue);
  let second = f64x2.replace_lane(f64x2.splat(fees), 1, slippagePaid);
  for (let k: usize = 0; k < <usize>count; k++) {
    const at = record + <usize>load<i32>(order + 4 * k) * 32;
    const flow = v128.load(at);
    const sum = f64x2.add(first, flow);
    second = f64x2.add(second, v128.load(at, 16));
    // Cash that cancels up to rounding is 0; it can be only where it is far below what was paid.
    const paid = f64x2.extract_lane(flow, 0);
    const left = f64x2.extract_lane(sum, 0);
    if (abs(left) <= 4e-9 * abs(paid) + 2e-12 && paid !== 0 && isClose(f64x2.extract_lane(first, 0), -paid)) {
      first = f64x2.replace_lane(sum, 0, 0);
    } else first = sum;
  }
  addBatch(
    <f64>traded,
    f64x2.extract_lane(first, 0),
    f64x2.extract_lane(first, 1),
    f64x2.extract_lane(second, 0),
    f64x2.extract_lane(second, 1),
  );
}

/** Round trips that end or turn round, in the order of execution; the others were moved along. */
export function endRoundTrips(count: i32, positions: usize): void {
  for (let k: usize = 0; k < <usize>count; k++) {
    const place = <usize>load<i32>(order + k * 4);
    const q = load<f64>(quantity + place * 8);
    const old = load<f64>(before + place * 8);
    const now = load<f64>(positions + place * 8);
    if (q === 0 || old === 0 || (now !== 0 && old > 0 === now > 0)) continue;
    bookRoundTrip(load<i32>(due + place * 4), old, now, q, load<f64>(record + place * 32));
  }
}
