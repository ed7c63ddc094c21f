import { cashAt, heldAsset, heldEnd, heldPosition, laneMasks } from './layout';
import { closeAt, closeStep } from './tiles';

/**
 * to[t] = cash + Σ position · last close over the first `count` held, in index order, for the bars from `at` on.
 *
 * Bars stand side by side in the lanes, so each bar's sum has the order of section 3; the sums stay in registers while
 * the assets pass by. A position of 0 adds 0, which changes no bit.
 *
 * @param at 8 · first bar
 */
export function accumulate16(to: usize, at: usize, cash: f64, count: i32): void {
  const start = f64x2.splat(cash);
  let a = start;
  let b = start;
  let c = start;
  let d = start;
  let e = start;
  let f = start;
  let g = start;
  let h = start;
  const column = closeAt + at;
  const step = closeStep;
  const end = heldPosition + <usize>count * 8;
  for (let k = heldPosition, o = heldAsset; k < end; k += 8, o += 4) {
    const p = v128.load64_splat(k);
    const i = column + <usize>load<i32>(o) * step;
    a = f64x2.add(a, f64x2.mul(p, v128.load(i)));
    b = f64x2.add(b, f64x2.mul(p, v128.load(i, 16)));
    c = f64x2.add(c, f64x2.mul(p, v128.load(i, 32)));
    d = f64x2.add(d, f64x2.mul(p, v128.load(i, 48)));
    e = f64x2.add(e, f64x2.mul(p, v128.load(i, 64)));
    f = f64x2.add(f, f64x2.mul(p, v128.load(i, 80)));
    g = f64x2.add(g, f64x2.mul(p, v128.load(i, 96)));
    h = f64x2.add(h, f64x2.mul(p, v128.load(i, 112)));
  }
  to += at;
  v128.store(to, a);
  v128.store(to, b, 16);
  v128.store(to, c, 32);
  v128.store(to, d, 48);
  v128.store(to, e, 64);
  v128.store(to, f, 80);
  v128.store(to, g, 96);
  v128.store(to, h, 112);
}

export function accumulate8(to: usize, at: usize, cash: f64, count: i32): void {
  const start = f64x2.splat(cash);
  let a = start;
  let b = start;
  let c = start;
  let d = start;
  const column = closeAt + at;
  const step = closeStep;
  const end = heldPosition + <usize>count * 8;
  for (let k = heldPosition, o = heldAsset; k < end; k += 8, o += 4) {
    const p = v128.load64_splat(k);
    const i = column + <usize>load<i32>(o) * step;
    a = f64x2.add(a, f64x2.mul(p, v128.load(i)));
    b = f64x2.add(b, f64x2.mul(p, v128.load(i, 16)));
    c = f64x2.add(c, f64x2.mul(p, v128.load(i, 32)));
    d = f64x2.add(d, f64x2.mul(p, v128.load(i, 48)));
  }
  to += at;
  v128.store(to, a);
  v128.store(to, b, 16);
  v128.store(to, c, 32);
  v128.store(to, d, 48);
}

export function accumulate2(to: usize, at: usize, cash: f64, count: i32): void {
  let a = f64x2.splat(cash);
  const column = closeAt + at;
  const step = closeStep;
  const end = heldPosition + <usize>count * 8;
  for (let k = heldPosition, o = heldAsset; k < end; k += 8, o += 4) {
    a = f64x2.add(a, f64x2.mul(v128.load64_splat(k), v128.load(column + <usize>load<i32>(o) * step)));
  }
  v128.store(to + at, a);
}

/** As accumulate16, over bars on which positions end: from the cash of each bar, each position up to its last bar. */
export function accumulateEnding16(to: usize, at: usize, count: i32): void {
  const money = cashAt + at;
  let a = v128.load(money);
  let b = v128.load(money, 16);
  let c = v128.load(money, 32);
  let d = v128.load(money, 48);
  let e = v128.load(money, 64);
  let f = v128.load(money, 80);
  let g = v128.load(money, 96);
  let h = v128.load(money, 112);
  const first = <i32>(at >> 3);
  const column = closeAt + at;
  const step = closeStep;
  for (let k = 0; k < count; k++) {
    const bars = load<i32>(heldEnd + <usize>k * 4) - first;
    if (bars <= 0) continue;
    const p = v128.load64_splat(heldPosition + <usize>k * 8);
    const i = column + <usize>load<i32>(heldAsset + <usize>k * 4) * step;
    if (bars >= 16) {
      a = f64x2.add(a, f64x2.mul(p, v128.load(i)));
      b = f64x2.add(b, f64x2.mul(p, v128.load(i, 16)));
      c = f64x2.add(c, f64x2.mul(p, v128.load(i, 32)));
      d = f64x2.add(d, f64x2.mul(p, v128.load(i, 48)));
      e = f64x2.add(e, f64x2.mul(p, v128.load(i, 64)));
      f = f64x2.add(f, f64x2.mul(p, v128.load(i, 80)));
      g = f64x2.add(g, f64x2.mul(p, v128.load(i, 96)));
      h = f64x2.add(h, f64x2.mul(p, v128.load(i, 112)));
      continue;
    }
    const mask = laneMasks + <usize>(16 - bars) * 8;
    a = f64x2.add(a, v128.and(f64x2.mul(p, v128.load(i)), v128.load(mask)));
    b = f64x2.add(b, v128.and(f64x2.mul(p, v128.load(i, 16)), v128.load(mask, 16)));
    c = f64x2.add(c, v128.and(f64x2.mul(p, v128.load(i, 32)), v128.load(mask, 32)));
    d = f64x2.add(d, v128.and(f64x2.mul(p, v128.load(i, 48)), v128.load(mask, 48)));
    e = f64x2.add(e, v128.and(f64x2.mul(p, v128.load(i, 64)), v128.load(mask, 64)));
    f = f64x2.add(f, v128.and(f64x2.mul(p, v128.load(i, 80)), v128.load(mask, 80)));
    g = f64x2.add(g, v128.and(f64x2.mul(p, v128.load(i, 96)), v128.load(mask, 96)));
    h = f64x2.add(h, v128.and(f64x2.mul(p, v128.load(i, 112)), v128.load(mask, 112)));
  }
  to += at;
  v128.store(to, a);
  v128.store(to, b, 16);
  v128.store(to, c, 32);
  v128.store(to, d, 48);
  v128.store(to, e, 64);
  v128.store(to, f, 80);
  v128.store(to, g, 96);
  v128.store(to, h, 112);
}

/** As accumulate8, over bars on which positions end: from the cash of each bar, each position up to its last bar. */
export function accumulateEnding8(to: usize, at: usize, count: i32): void {
  const money = cashAt + at;
  let a = v128.load(money);
  let b = v128.load(money, 16);
  let c = v128.load(money, 32);
  let d = v128.load(money, 48);
  const first = <i32>(at >> 3);
  const column = closeAt + at;
  const step = closeStep;
  for (let k = 0; k < count; k++) {
    const bars = load<i32>(heldEnd + <usize>k * 4) - first;
    if (bars <= 0) continue;
    const p = v128.load64_splat(heldPosition + <usize>k * 8);
    const i = column + <usize>load<i32>(heldAsset + <usize>k * 4) * step;
    if (bars >= 8) {
      a = f64x2.add(a, f64x2.mul(p, v128.load(i)));
      b = f64x2.add(b, f64x2.mul(p, v128.load(i, 16)));
      c = f64x2.add(c, f64x2.mul(p, v128.load(i, 32)));
      d = f64x2.add(d, f64x2.mul(p, v128.load(i, 48)));
      continue;
    }
    const mask = laneMasks + <usize>(16 - bars) * 8;
    a = f64x2.add(a, v128.and(f64x2.mul(p, v128.load(i)), v128.load(mask)));
    b = f64x2.add(b, v128.and(f64x2.mul(p, v128.load(i, 16)), v128.load(mask, 16)));
    c = f64x2.add(c, v128.and(f64x2.mul(p, v128.load(i, 32)), v128.load(mask, 32)));
    d = f64x2.add(d, v128.and(f64x2.mul(p, v128.load(i, 48)), v128.load(mask, 48)));
  }
  to += at;
  v128.store(to, a);
  v128.store(to, b, 16);
  v128.store(to, c, 32);
  v128.store(to, d, 48);
}
