import { describe, expect, it } from 'vitest';
import { budgetOf } from '../../src/report/budget.ts';
import { causeCounter, zeroTradeCause } from '../../src/report/causes.ts';
import { cubeLength } from '../../src/report/cube.ts';
import { histogramOf } from '../../src/report/histogram.ts';
import { pack } from '../../src/report/pack.ts';
import { sampleRows } from '../../src/report/sample-rows.ts';
import { drawdownOf, shownBars } from '../../src/report/thin-curve.ts';
import { unpack } from '../../src/report/typed-arrays.ts';
import { randomStream } from '../support/random.ts';

function histogram(values: Float32Array, direction: 'higher' | 'lower', benchmark: number | null) {
  const defined = values.filter((value) => !Number.isNaN(value));
  return histogramOf(defined.sort(), values.length - defined.length, direction, benchmark);
}

describe('the histogram of a metric', () => {
  it('counts every run once: in a bin, below, above, or undefined', () => {
    const random = randomStream(7);
    const values = Float32Array.from({ length: 5_000 }, () => (random() < 0.1 ? Number.NaN : random() ** 3));
    values[0] = 1e9;
    const found = histogram(values, 'higher', 0.5);
    const drawn = found.bins.reduce((sum, runs) => sum + runs, 0);
    expect(drawn + found.below + found.above).toBe(found.defined);
    expect(found.defined + found.undefined).toBe(5_000);
    expect(found.to).toBeLessThan(1.01);
    expect(found.most).toBe(1e9);
    const defined = [...values].filter((value) => !Number.isNaN(value));
    const width = (found.to - found.from) / found.bins.length;
    const inThird = defined.filter((v) => v >= found.from + 2 * width && v < found.from + 3 * width);
    expect(Math.abs(found.bins[2]! - inThird.length)).toBeLessThanOrEqual(1); // a value on an edge may round
    const one = new Array<number>(found.bins.length).fill(0); // value by value
    for (const v of defined.filter((value) => value >= found.from && value <= found.to)) {
      one[Math.min(one.length - 1, Math.floor((one.length * (v - found.from)) / (found.to - found.from)))]!++;
    }
    expect(found.bins).toEqual(one);
    expect(found.below).toBe(defined.filter((value) => value < found.from).length);
    expect(found.mean).toBeCloseTo(defined.reduce((sum, value) => sum + value, 0) / defined.length, 6);
    expect(found.benchmark).toEqual({ value: 0.5, better: defined.filter((value) => value > 0.5).length });
  });

  it('has one bin where all are equal, none where nothing is defined, and counts lower as better for costs', () => {
    expect(histogram(Float32Array.of(2, 2, 2), 'higher', null)).toMatchObject({
      bins: [3],
      from: 2,
      to: 2,
    });
    expect(histogram(Float32Array.of(Number.NaN), 'higher', 1)).toMatchObject({
      defined: 0,
      bins: [],
      median: null,
      benchmark: null,
    });
    expect(histogram(Float32Array.of(1, 2, 3), 'lower', 2.5).benchmark).toEqual({ value: 2.5, better: 2 });
  });
});

describe('curves', () => {
  it('fall from the highest equity so far, which begins at the initial cash', () => {
    const drawdown = [...drawdownOf([90, 120, 60, 120, 150], 100)];
    expect(drawdown[0]).toBeCloseTo(-0.1, 15);
    expect(drawdown.slice(1)).toEqual([0, -0.5, 0, 0]);
  });

  it('keep every extreme when they are thinned: first, last, lowest, highest, deepest', () => {
    const random = randomStream(3);
    const equity = Array.from({ length: 50_000 }, () => 1_000 + random());
    equity[33_333] = 1;
    equity[44_444] = 9_999;
    const drawdown = drawdownOf(equity, 1_000);
    const shown = shownBars(equity, drawdown);
    expect(shown.length).toBeLessThanOrEqual(1_602);
    expect(shown).toEqual([...shown].sort((a, b) => a - b));
    expect(shown).toEqual(expect.arrayContaining([0, 33_333, 44_444, 49_999]));
    const least = Math.min(...drawdown);
    expect(shown.map((t) => drawdown[t])).toContain(least);
  });

  it('are whole where they are short', () => {
    expect(shownBars([1, 2, 3], drawdownOf([1, 2, 3], 1))).toEqual([0, 1, 2]);
  });
});

describe('what a page carries', () => {
  it('is every run of a sweep of thousands, and a cube of at most as many bytes for a million', () => {
    expect(budgetOf(11_040, [23, 2, 2, 5, 4, 3, 2], 17)).toMatchObject({ complete: true });
    for (const lengths of [
      [100, 100, 100],
      [10_000, 10_000],
      new Array(16).fill(4),
      new Array(16).fill(1_000),
    ]) {
      const { complete, positions, cubeMetrics } = budgetOf(1_000_000, lengths, 17);
      expect(complete).toBe(false);
      const sizes = lengths.map((length) => Math.min(length, positions));
      expect(4 * cubeLength(sizes, cubeMetrics)).toBeLessThanOrEqual(2_300_000);
      expect(positions).toBeGreaterThanOrEqual(4);
    }
  });

  it('comes back from base64 bit for bit', () => {
    for (const numbers of [
      Float32Array.of(1.5, Number.NaN, -0),
      Float64Array.of(Math.PI, 1e300),
      Uint8Array.of(0, 255),
    ]) {
      expect(unpack(pack(numbers))).toEqual(numbers);
    }
  });

  it('is a sample of different rows, the same for the same seed, all rows alike', () => {
    const counts = new Array<number>(20).fill(0);
    for (let seed = 0; seed < 2_000; seed++) {
      const rows = sampleRows(20, 5, seed);
      expect(new Set(rows).size).toBe(5);
      expect(rows).toEqual(sampleRows(20, 5, seed));
      for (const row of rows) counts[row]!++;
    }
    // 2,000 draws with p = 1/4: five standard deviations are 97.
    for (const count of counts) expect(Math.abs(count - 500)).toBeLessThan(97);
    expect([...sampleRows(3, 9, 1)]).toEqual([0, 1, 2]);
  });
});

describe('causes', () => {
  it('are counted, the most frequent first, each with its first run; too many are put together', () => {
    const counter = causeCounter();
    counter.add('b', 'run-1');
    counter.add('a', 'run-2');
    counter.add('a', 'run-3');
    expect(counter.causes()).toEqual([
      { cause: 'a', runs: 2, runId: 'run-2' },
      { cause: 'b', runs: 1, runId: 'run-1' },
    ]);
    for (let i = 0; i < 500; i++) counter.add(`cause ${i}`, null);
    expect(counter.causes()).toHaveLength(101);
    expect(counter.causes()[0]).toMatchObject({ cause: 'other causes', runs: 402 });
  });

  it('of a run without a trade follow from its row', () => {
    const cause = (row: Record<string, number>) => zeroTradeCause((name) => row[name]!);
    expect(cause({ sparse_bytes: 4, rejected: 0, unexecuted: 0 })).toMatch(
      /^the strategy gave no instruction/,
    );
    expect(cause({ sparse_bytes: 28, rejected: 2, unexecuted: 1 })).toMatch(/^orders were refused/);
    expect(cause({ sparse_bytes: 28, rejected: 0, unexecuted: 1 })).toMatch(/^instructions were never due/);
    expect(cause({ sparse_bytes: 28, rejected: 0, unexecuted: 0 })).toMatch(
      /^instructions asked for nothing/,
    );
  });
});
