import { feeRate, fixedFee, minSize } from './config';
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
import { covered, SIZE_BITS, scale, tradable } from './plan';

/**
 * Books a batch whose orders do not depend on each other: `bookFill` for two orders at a time, then what adds up in
 * the order of execution. Under λ < 1 it is multiplied into what opens or adds to longs; what covers a short stays.
 *
 * @param positions and `flows` (of the open round trips) of the cells, side by side; both are moved
 * @returns whether round trips end, which `endRoundTrips` then books
 */
export function bookOrders(count: i32, positions: usize, prices: usize, flows: usize, shorts: bool): bool {
  const rate = f64x2.splat(feeRate);
  const fixed = f64x2.splat(fixedFee);
  const factor = f64x2.splat(scale);
  const scales = scale < 1;
  const zero = f64x2.splat(0);
  const bits = i64x2.splat(SIZE_BITS);
  const smallest = f64x2.splat(minSize);
  const relative = f64x2.splat(1e-9);
  const absolute = f64x2.splat(1e-12);
  const quantities = quantity;
  const fillPrices = fillPrice;
  const priors = before;
  const end = <usize>count * 8;
  let to = record;
  let most = zero;
  let refused = 0;
  let traded = 0;
  let ends: bool = false;
  for (let i: usize = 0; i < end; i += 16, to += 64) {
    let q = v128.load(quantities + i);
    const price = v128.load(prices + i);
    const filledAt = v128.load(fillPrices + i);
    const old = v128.load(positions + i);
    const buys = f64x2.gt(q, zero);
    if (scales) {
      let scaled: v128;
      if (shorts) {
        const cover = covered(q, old);
        scaled = f64x2.add(cover, tradable(f64x2.mul(factor, f64x2.sub(q, cover)), price, bits, smallest));
      } else scaled = tradable(f64x2.mul(factor, q), price, bits, smallest);
      refused += popcnt(i64x2.bitmask(v128.and(buys, f64x2.eq(scaled, zero))));
      q = v128.bitselect(scaled, q, buys);
      v128.store(quantities + i, q);
    }
    const flow = v128.load(flows + i);
    const trades = f64x2.ne(q, zero);
    const size = v128.and(q, bits);
    const value = f64x2.mul(size, filledAt);
    const fee = v128.and(f64x2.add(f64x2.mul(value, rate), fixed), trades);
    const paid = v128.bitselect(f64x2.neg(f64x2.add(value, fee)), f64x2.sub(value, fee), buys);
    const slip = f64x2.mul(size, v128.and(f64x2.sub(filledAt, price), bits));
    const sum = f64x2.add(old, q);
    const near = f64x2.pmax(f64x2.mul(relative, f64x2.pmax(v128.and(old, bits), size)), absolute);
    const now = v128.andnot(sum, v128.and(f64x2.le(v128.and(sum, bits), near), trades));
    const opens = f64x2.eq(old, zero);
    const turns = v128.or(f64x2.eq(now, zero), v128.xor(f64x2.gt(old, zero), f64x2.gt(now, zero)));
    const ending = v128.and(v128.andnot(turns, opens), trades);
    const moved = v128.bitselect(paid, f64x2.add(flow, paid), opens);
    v128.store(flows + i, v128.bitselect(moved, flow, v128.andnot(trades, ending)));
    v128.store(positions + i, now);
    v128.store(priors + i, old);
    v128.store(to, v128.shuffle<f64>(paid, value, 0, 2));
    v128.store(to, v128.shuffle<f64>(fee, slip, 0, 2), 16);
    v128.store(to, v128.shuffle<f64>(paid, value, 1, 3), 32);
    v128.store(to, v128.shuffle<f64>(fee, slip, 1, 3), 48);
    most = f64x2.pmax(most, v128.and(paid, bits));
    traded += popcnt(i64x2.bitmask(trades));
    if (v128.any_true(ending)) ends = true;
  }
  if (refused > 0) countRejected(refused);
  if (scales) countScaled(scale);
  addUp(count, traded, max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1)));
  return ends;
}

/**
 * Cash, traded value, fees and slippage, in the order of execution.
 *
 * @param most the largest amount paid or received; cash can cancel up to rounding only where it is far below that
 */
function addUp(count: i32, traded: i32, most: f64): void {
  const dust = most * 4e-9 + 2e-12;
  let first = f64x2.replace_lane(f64x2.splat(cash), 1, tradedValue);
  let second = f64x2.replace_lane(f64x2.splat(fees), 1, slippagePaid);
  const end = order + <usize>count * 4;
  for (let k = order; k < end; k += 4) {
    const at = record + <usize>load<i32>(k) * 32;
    const flow = v128.load(at);
    const sum = f64x2.add(first, flow);
    second = f64x2.add(second, v128.load(at, 16));
    if (abs(f64x2.extract_lane(sum, 0)) <= dust) first = settled(first, flow, sum);
    else first = sum;
  }
  addBatch(
    <f64>traded,
    f64x2.extract_lane(first, 0),
    f64x2.extract_lane(first, 1),
    f64x2.extract_lane(second, 0),
    f64x2.extract_lane(second, 1),
  );
}

/** The sum whose cash is exactly 0 where it cancels up to rounding. */
function settled(first: v128, flow: v128, sum: v128): v128 {
  const paid = f64x2.extract_lane(flow, 0);
  const cancels = paid !== 0 && isClose(f64x2.extract_lane(first, 0), -paid);
  return cancels ? f64x2.replace_lane(sum, 0, 0) : sum;
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
