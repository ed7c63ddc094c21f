import { describe, expect, it } from 'vitest';
import { checkColumns } from '../../src/formats/check-bars.ts';
import { randomStream, xoshiro128 } from '../../src/formats/random.ts';
import { type SynthOptions, synthBars } from '../../src/formats/synth-bars.ts';

const OPTIONS: SynthOptions = {
  assets: 4,
  bars: 2_000,
  seed: 7,
  correlation: 0.5,
  gapProbability: 0,
  interval: 'day',
  start: Date.UTC(2010, 0, 1),
};

describe('xoshiro128', () => {
  it('gives the published sequence for the state 1, 2, 3, 4', () => {
    const next = xoshiro128([1, 2, 3, 4]);
    const found = Array.from({ length: 10 }, next);
    // The test vector of the Rust crate rand_xoshiro.
    expect(found).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });
});

describe('randomStream', () => {
  it('repeats itself for a seed and stream, and differs for others', () => {
    const take = (seed: number, stream: number) => Array.from({ length: 5 }, randomStream(seed, stream));
    expect(take(1, 0)).toEqual(take(1, 0));
    expect(new Set([take(1, 0), take(1, 1), take(2, 0), take(0, 0), take(-1, 0)].map(String)).size).toBe(5);
  });

  it('is uniform in [0, 1)', () => {
    const random = randomStream(3, 0);
    const tenths = new Array(10).fill(0);
    for (let i = 0; i < 100_000; i++) tenths[Math.floor(random() * 10)]++;
    // Standard deviation of a count: √(100,000 · 0.1 · 0.9) = 95; five of them.
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(475);
  });
});

describe('synthBars', () => {
  it('makes possible bars on weekdays only', () => {
    for (const { columns } of synthBars(OPTIONS)) {
      expect(() => checkColumns(columns, 'synth')).not.toThrow();
      expect(columns.times.length).toBe(2_000);
      expect([...columns.times].every((time) => ![0, 6].includes(new Date(time).getUTCDay()))).toBe(true);
    }
    expect(synthBars(OPTIONS).map(({ symbol }) => symbol)).toEqual(['SYN001', 'SYN002', 'SYN003', 'SYN004']);
  });

  it('depends on the seed, and gives an asset the same bars however many there are', () => {
    expect(synthBars(OPTIONS)).toEqual(synthBars(OPTIONS));
    expect(synthBars({ ...OPTIONS, seed: 8 })).not.toEqual(synthBars(OPTIONS));
    expect(synthBars({ ...OPTIONS, assets: 2 })).toEqual(synthBars(OPTIONS).slice(0, 2));
  });

  it.each([[0], [0.5], [0.9], [1]])('correlates returns by %d', (correlation) => {
    const [a, b] = synthBars({ ...OPTIONS, bars: 10_000, correlation }).map(({ columns }) =>
      [...columns.close].slice(1).map((close, i) => close / columns.close[i]! - 1),
    ) as [number[], number[]];
    const mean = (x: number[]) => x.reduce((sum, value) => sum + value, 0) / x.length;
    const centred = (x: number[]) => {
      const m = mean(x);
      return x.map((value) => value - m);
    };
    const [ca, cb] = [centred(a), centred(b)];
    const covariance = (x: number[], y: number[]) => mean(x.map((value, i) => value * y[i]!));
    const va = covariance(ca, ca);
    // The standard error of a correlation of 10,000 pairs is at most 0.01; five of them.
    const found = covariance(ca, cb) / Math.sqrt(va * covariance(cb, cb));
    expect(Math.abs(found - correlation)).toBeLessThan(0.05);
    // A year of 252 days at 20 %.
    expect(Math.sqrt(va * 252)).toBeGreaterThan(0.17);
    expect(Math.sqrt(va * 252)).toBeLessThan(0.23);
  });

  it('leaves out bars with the given probability, never the first', () => {
    for (const { columns } of synthBars({ ...OPTIONS, gapProbability: 0.25 })) {
      // Standard deviation of the count: √(2,000 · 0.25 · 0.75) = 19; five of them.
      expect(Math.abs(columns.times.length - 1_500)).toBeLessThan(97);
      expect(columns.times[0]).toBe(Date.UTC(2010, 0, 1));
    }
  });

  it('steps by the interval, around the clock within a day', () => {
    const times = (interval: SynthOptions['interval']) => [
      ...synthBars({ ...OPTIONS, assets: 1, bars: 3, interval })[0]!.columns.times.map(
        (t) => t - OPTIONS.start,
      ),
    ];
    expect(times('minute')).toEqual([0, 60_000, 120_000]);
    expect(times('hour')).toEqual([0, 3_600_000, 7_200_000]);
    // 2010-01-01 was a Friday.
    expect(times('day')).toEqual([0, 3 * 86_400_000, 4 * 86_400_000]);
  });

  it.each([
    [{ assets: 0 }, 'expected assets from 1 to 10000, found 0'],
    [{ bars: 1.5 }, 'expected bars from 1 to 10000000, found 1.5'],
    [{ assets: 10_000, bars: 10_001 }, 'expected assets × bars up to 100000000'],
    [{ correlation: 1.1 }, 'expected a correlation from 0 to 1, found 1.1'],
    [{ gapProbability: 1 }, 'expected a gap probability from 0 to below 1, found 1'],
    [{ seed: 0.5 }, 'expected a seed that is an integer, found 0.5'],
    [{ start: Number.NaN }, 'expected a start that is a date, found NaN'],
  ])('refuses %j', (wrong, message) => {
    expect(() => synthBars({ ...OPTIONS, ...wrong })).toThrow(message);
  });
});
