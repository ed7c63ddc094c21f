import { cashAt, heldOffset, heldPosition } from './layout';
import { closeAt } from './tiles';

/**
 * to[t] = cash + Σ position · last close over the first `count` held, in index order, for the bars from `at` on.
 *
 * Bars stand side by side in the lanes, so each bar's sum has the order of section 3; the sums stay in registers while
 * the assets pass by. A position of 0 and a close of 0 add 0, which changes no bit.
 *
 * @param at 8 · first bar
 */
export function accumulate12(to: usize, at: usize, cash: f64, count: i32): void {
  sum12(to, at, cash, count, false);
}

/** As accumulate12, over bars of which each has its cash. */
export function accumulateNoted12(to: usize, at: usize, count: i32): void {
  sum12(to, at, 0, count, true);
}

export function accumulate8(to: usize, at: usize, cash: f64, count: i32): void {
  sum8(to, at, cash, count, false);
}

export function accumulateNoted8(to: usize, at: usize, count: i32): void {
  sum8(to, at, 0, count, true);
}

@inline
function sum12(to: usize, at: usize, cash: f64, count: i32, noted: bool): void {
  const start = f64x2.splat(cash);
  const money = cashAt + at;
  let a = noted ? v128.load(money) : start;
  let b = noted ? v128.load(money, 16) : start;
  let c = noted ? v128.load(money, 32) : start;
  let d = noted ? v128.load(money, 48) : start;
  let e = noted ? v128.load(money, 64) : start;
  let f = noted ? v128.load(money, 80) : start;
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

@inline
function sum8(to: usize, at: usize, cash: f64, count: i32, noted: bool): void {
  const start = f64x2.splat(cash);
  const money = cashAt + at;
  let a = noted ? v128.load(money) : start;
  let b = noted ? v128.load(money, 16) : start;
  let c = noted ? v128.load(money, 32) : start;
  let d = noted ? v128.load(money, 48) : start;
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
