import { cashAt, heldOffset, heldEnd, heldPosition, laneMasks } from './layout';
import { closeAt } from './tiles';

/**
 * to[t] = cash + Σ position · last close over the first `count` held, in index order, for the bars from `at` on.
 *
 * Bars stand side by side in the lanes, so each bar's sum has the order of section 3; the sums stay in registers while
 * the assets pass by. A position of 0 adds 0, which changes no bit.
 *
 * @param at 8 · first bar
 */
export function accumulate12(to: usize, at: usize, cash: f64, count: i32): void {
  const start = f64x2.splat(cash);
  let a = start;
  let b = start;
  let c = start;
  let d = start;
  let e = start;
  let f = start;
  const column = closeAt + at;
  const end = heldPosition + <usize>count * 8;
  for (let k = heldPosition, o = heldOffset; k < end; k += 8, o += 4) {
    const p = v128.load64_splat(k);
    const i = column + load<usize>(o);
    a = f64x2.add(a, f64x2.mul(p, v128.load(i)));
    b = f64x2.add(b, f64x2.mul(p, v128.load(i, 16)));
    c = f64x2.add(c, f64x2.mul(p, v128.load(i, 32)));
    d = f64x2.add(d, f64x2.mul(p, v128.load(i, 48)));
    e = f64x2.add(e, f64x2.mul(p, v128.load(i, 64)));
    f = f64x2.add(f, f64x2.mul(p, v128.load(i, 80)));
  }
  to += at;
  v128.store(to, a);
  v128.store(to, b, 16);
  v128.store(to, c, 32);
  v128.store(to, d, 48);
  v128.store(to, e, 64);
  v128.store(to, f, 80);
}

export function accumulate8(to: usize, at: usize, cash: f64, count: i32): void {
  const start = f64x2.splat(cash);
  let a = start;
  let b = start;
  let c = start;
  let d = start;
  const column = closeAt + at;
  const end = heldPosition + <usize>count * 8;
  for (let k = heldPosition, o = heldOffset; k < end; k += 8, o += 4) {
    const p = v128.load64_splat(k);
    const i = column + load<usize>(o);
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
  const end = heldPosition + <usize>count * 8;
  for (let k = heldPosition, o = heldOffset; k < end; k += 8, o += 4) {
    a = f64x2.add(a, f64x2.mul(v128.load64_splat(k), v128.load(column + load<usize>(o))));
  }
  v128.store(to + at, a);
}

/** As accumulate12, over bars on which positions end: from the cash of each bar, each position up to its last bar. */
export function accumulateEnding12(to: usize, at: usize, count: i32): void {
  const money = cashAt + at;
  let a = v128.load(money);
  let b = v128.load(money, 16);
  let c = v128.load(money, 32);
  let d = v128.load(money, 48);
  let e = v128.load(money, 64);
  let f = v128.load(money, 80);
  const first = <i32>(at >> 3);
  const column = closeAt + at;
  const ends = heldEnd;
  const offsets = heldOffset;
  const positions = heldPosition;
  for (let k: usize = 0; k < <usize>count * 4; k += 4) {
    const bars = load<i32>(ends + k) - first;
    if (bars <= 0) continue;
    const p = v128.load64_splat(positions + k * 2);
    const i = column + load<usize>(offsets + k);
    if (bars >= 12) {
      a = f64x2.add(a, f64x2.mul(p, v128.load(i)));
      b = f64x2.add(b, f64x2.mul(p, v128.load(i, 16)));
      c = f64x2.add(c, f64x2.mul(p, v128.load(i, 32)));
      d = f64x2.add(d, f64x2.mul(p, v128.load(i, 48)));
      e = f64x2.add(e, f64x2.mul(p, v128.load(i, 64)));
      f = f64x2.add(f, f64x2.mul(p, v128.load(i, 80)));
      continue;
    }
    const mask = laneMasks + <usize>(16 - bars) * 8;
    a = f64x2.add(a, v128.and(f64x2.mul(p, v128.load(i)), v128.load(mask)));
    b = f64x2.add(b, v128.and(f64x2.mul(p, v128.load(i, 16)), v128.load(mask, 16)));
    c = f64x2.add(c, v128.and(f64x2.mul(p, v128.load(i, 32)), v128.load(mask, 32)));
    d = f64x2.add(d, v128.and(f64x2.mul(p, v128.load(i, 48)), v128.load(mask, 48)));
    e = f64x2.add(e, v128.and(f64x2.mul(p, v128.load(i, 64)), v128.load(mask, 64)));
    f = f64x2.add(f, v128.and(f64x2.mul(p, v128.load(i, 80)), v128.load(mask, 80)));
  }
  to += at;
  v128.store(to, a);
  v128.store(to, b, 16);
  v128.store(to, c, 32);
  v128.store(to, d, 48);
  v128.store(to, e, 64);
  v128.store(to, f, 80);
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
  const ends = heldEnd;
  const offsets = heldOffset;
  const positions = heldPosition;
  for (let k: usize = 0; k < <usize>count * 4; k += 4) {
    const bars = load<i32>(ends + k) - first;
    if (bars <= 0) continue;
    const p = v128.load64_splat(positions + k * 2);
    const i = column + load<usize>(offsets + k);
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
