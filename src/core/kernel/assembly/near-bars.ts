import { blockBytes, GROUP_BITS, GROUP_BYTES, groupsOf, RISE, SLACK, STEPS } from './codes';
import { FIXED_LEVEL, PEAK, POSITION, PROFIT_LEVEL, slotOf, slots, TRAIL_FACTOR } from './layout';

/**
 * The codes of the levels of a position in four lanes: its stop, its take-profit, the fall of its trailing stop, and whether
 * it is a short, whose prices turn round: 255 less their code.
 */
@inline
export function encodeLevels(asset: usize, range: usize, shorts: bool): v128 {
  const slot = slotOf(slots, asset);
  const one = f64x2.splat(1);
  const lowest = v128.load64_splat(range);
  const highest = v128.load64_splat(range, 16);
  const factor = v128.load64_splat(slot, TRAIL_FACTOR);
  const short = shorts ? f64x2.lt(v128.load64_splat(slot, POSITION), f64x2.splat(0)) : i64x2.splat(0);
  let move = v128.load64_splat(range, 32);
  let end = one;
  let least = f64x2.mul(factor, f64x2.splat(1 + SLACK));
  if (shorts) {
    end = v128.bitselect(v128.load64_splat(range, 48), one, short);
    move = v128.bitselect(one, move, short);
    least = v128.bitselect(f64x2.mul(factor, f64x2.splat(1 - SLACK)), least, short);
  }
  const stops = pair(v128.load64_splat(slot, FIXED_LEVEL), f64x2.mul(v128.load64_splat(slot, PEAK), factor));
  const others = pair(v128.load64_splat(slot, PROFIT_LEVEL), least);
  const from = pair(lowest, move);
  const width = f64x2.sub(pair(highest, end), from);
  const scales = v128.and(f64x2.div(f64x2.splat(STEPS), width), f64x2.gt(width, f64x2.splat(0)));
  const stopCodes = levelCodesOf(
    stops,
    lowest,
    v128.shuffle<f64>(scales, scales, 0, 0),
    short,
    i32x4.splat(0),
    shorts,
  );
  const otherCodes = levelCodesOf(others, from, scales, short, i32x4(255, 0, 0, 0), shorts);
  const stop = i32x4.max_s(stopCodes, v128.shuffle<u32>(stopCodes, stopCodes, 1, 0, 3, 2));
  const codes = v128.shuffle<u32>(stop, otherCodes, 0, 4, 5, 2);
  const bounded = i32x4.max_s(i32x4.min_s(codes, i32x4(254, 255, 254, 0)), i32x4(0, 1, 0, 0));
  return shorts ? v128.or(bounded, v128.and(short, i32x4(0, 0, 0, -1))) : bounded;
}

@inline
function pair(first: v128, second: v128): v128 {
  return v128.shuffle<f64>(first, second, 0, 2);
}

/** Codes 0 to 255 of two levels, in the first two of four lanes; `none` = of one that is NaN. */
@inline
function levelCodesOf(levels: v128, from: v128, scales: v128, short: v128, none: v128, shorts: bool): v128 {
  const steps = f64x2.add(f64x2.mul(f64x2.sub(levels, from), scales), f64x2.splat(1));
  let code = i32x4.max_s(i32x4.min_s(i32x4.trunc_sat_f64x2_s_zero(steps), i32x4.splat(255)), i32x4.splat(0));
  if (shorts) code = v128.bitselect(i32x4.sub(i32x4.splat(255), code), code, short);
  const armed = f64x2.eq(levels, levels);
  return v128.bitselect(code, none, v128.shuffle<u32>(armed, armed, 0, 2, 0, 2));
}

/** Which of 16 bars or blocks may reach one of the levels; `rise` = where those codes stand, others `each` bytes apart. */
@inline
function reached(levels: v128, at: usize, each: usize, rise: usize, shorts: bool): i32 {
  let worst = v128.load(at);
  let best = v128.load(at + each);
  let move = v128.load(at + each * 2);
  if (shorts) {
    const short = v128.shuffle<u32>(levels, levels, 3, 3, 3, 3);
    const low = worst;
    worst = v128.bitselect(v128.not(best), worst, short);
    best = v128.bitselect(v128.not(low), best, short);
    move = v128.bitselect(v128.load(at + rise), move, short);
  }
  const stop = v128.shuffle<u8>(levels, levels, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  const profit = v128.shuffle<u8>(levels, levels, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4);
  const fall = v128.shuffle<u8>(levels, levels, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8);
  const stops = v128.or(i8x16.le_u(worst, stop), i8x16.le_u(move, fall));
  return i8x16.bitmask(v128.or(stops, i8x16.ge_u(best, profit)));
}

/** The first block from number `from` on that may reach one of the levels; −1 = none. */
@inline
export function nextBlock(levels: v128, at: usize, blocks: i32, from: i32, shorts: bool): i32 {
  for (let g = from >> GROUP_BITS; g << GROUP_BITS < blocks; g++) {
    const after = g === from >> GROUP_BITS ? -1 << (from & 15) : -1;
    const near = reached(levels, at + <usize>g * GROUP_BYTES, 16, 48, shorts) & after;
    if (near !== 0) return (g << GROUP_BITS) + ctz(near);
  }
  return -1;
}

/** Which bars of a block may reach one of the levels, a bit each. */
@inline
export function nearBarsOf(levels: v128, at: usize, blocks: i32, block: i32, shorts: bool): i32 {
  const bars = at + <usize>groupsOf(blocks) * GROUP_BYTES + <usize>block * blockBytes;
  return reached(levels, bars, 32, RISE, shorts) | (reached(levels, bars + 16, 32, RISE, shorts) << 16);
}
