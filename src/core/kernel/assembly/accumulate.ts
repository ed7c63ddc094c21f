import { heldOffset, heldPosition, lastCloseColumn } from './layout';

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
  const column = lastCloseColumn + at;
  const end = heldPosition + <usize>count * 8;
  for (let k = heldPosition, o = heldOffset; k < end; k += 8, o += 4) {
    const p = v128.load64_splat(k);
    const i = column + load<u32>(o);
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
  const column = lastCloseColumn + at;
  const end = heldPosition + <usize>count * 8;
  for (let k = heldPosition, o = heldOffset; k < end; k += 8, o += 4) {
    const p = v128.load64_splat(k);
    const i = column + load<u32>(o);
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
  const column = lastCloseColumn + at;
  const end = heldPosition + <usize>count * 8;
  for (let k = heldPosition, o = heldOffset; k < end; k += 8, o += 4) {
    a = f64x2.add(a, f64x2.mul(v128.load64_splat(k), v128.load(column + load<u32>(o))));
  }
  v128.store(to + at, a);
}
