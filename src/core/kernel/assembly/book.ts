import { feeRate, fixedFee, minSize } from './config';
import { before, due, fillPrice, pinned, pinnedLanes, quantity, record } from './layout';
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
import { order } from './sort';

/**
 * Books a batch whose orders do not depend on each other: `bookFill` for two orders at a time, then what adds up in
 * the order of execution. Under λ < 1 it is multiplied into what opens or adds to longs; what covers a short stays.
 *
 * @param positions and `flows` (of the open round trips) of the cells, side by side; both are moved
 * @returns whether round trips end, which `endRoundTrips` then books
 */
export function bookOrders(count: i32, positions: usize, prices: usize, flows: usize, shorts: bool): bool {
  const rate = pinned(0, feeRate);
  const fixed = pinned(1, fixedFee);
  const factor = pinned(2, scale);
  const smallest = pinned(3, minSize);
  const relative = pinned(4, 1e-9);
  const absolute = pinned(5, 1e-12);
  const bits = pinnedLanes(6, i64x2.splat(SIZE_BITS));
  const scales = scale < 1;
  const zero = f64x2.splat(0);
  const quantities = quantity;
  const fillPrices = fillPrice;
  const priors = before;
  const end = <usize>count * 8;
  let to = record;
  let most = zero;
  // Lanes count down: a mask that is set is −1.
  let refused = zero;
  let traded = zero;
  let ends = zero;
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
      refused = i64x2.add(refused, v128.and(buys, f64x2.eq(scaled, zero)));
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
    traded = i64x2.add(traded, trades);
    ends = v128.or(ends, ending);
  }
  countRejected(counted(refused));
  if (scales) countScaled(scale);
  addUp(count, counted(traded), max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1)));
  return v128.any_true(ends);
}

function counted(down: v128): f64 {
  return -(<f64>(i64x2.extract_lane(down, 0) + i64x2.extract_lane(down, 1)));
}

/**
 * Cash, traded value, fees and slippage, in the order of execution.
 *
 * @param most the largest amount paid or received; cash can cancel up to rounding only where it is far below that
 */
function addUp(count: i32, traded: f64, most: f64): void {
  const bits = pinnedLanes(0, i64x2.splat(SIZE_BITS));
  // Of the second lane, traded value, nothing is asked: no size is below 0.
  const dust = pinnedLanes(1, f64x2.replace_lane(f64x2.splat(-1), 0, most * 4e-9 + 2e-12));
  const records = record;
  let first = f64x2.replace_lane(f64x2.splat(cash), 1, tradedValue);
  let second = f64x2.replace_lane(f64x2.splat(fees), 1, slippagePaid);
  const end = order + <usize>count * 4;
  for (let k = order; k < end; k += 4) {
    const at = records + <usize>load<i32>(k) * 32;
    const flow = v128.load(at);
    const sum = f64x2.add(first, flow);
    second = f64x2.add(second, v128.load(at, 16));
    first = v128.any_true(f64x2.le(v128.and(sum, bits), dust)) ? settled(first, flow, sum) : sum;
  }
  addBatch(
    traded,
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
