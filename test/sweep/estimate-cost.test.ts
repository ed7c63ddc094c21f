import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concurrencyAt, estimateCost, rampSeconds } from '../../src/sweep/estimate-cost.ts';
import { planOf } from '../../src/sweep/plan.ts';
import { LIST_PRICES } from '../../src/sweep/prices.ts';
import { validationLayout } from '../../src/sweep/validation/validation-layout.ts';
import { validationWork } from '../../src/sweep/validation/validation-work.ts';

const DEPLOYMENT = { maxConcurrency: 100, workerMemoryMb: 1_769 };
const planFor = (runs: number, bars = 2_500, assets = 10, parity: 'auto' | 'none' = 'none') =>
  planOf({ sweepId: 'a'.repeat(32), engine: 'e'.repeat(64), runs, bars, assets, parity });

/** Work done after `seconds`, by small steps of the ramp that CLOUD.md states: 5 at once, 300 more a minute. */
function workAfter(seconds: number, cap: number): number {
  const step = seconds / 100_000;
  let work = 0;
  for (let i = 0; i < 100_000; i++) work += step * Math.min(cap, 1_250, 5 + 5 * (i + 0.5) * step);
  return work;
}

describe('the ramp', () => {
  it('takes the time after which its work, summed in small steps, is done', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 1e6, noNaN: true }),
        fc.integer({ min: 1, max: 2_000 }),
        (work, cap) => {
          expect(workAfter(rampSeconds(work, cap), cap) / work).toBeCloseTo(1, 3);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('starts with 5 and ends at its cap, at most 1,250', () => {
    expect(concurrencyAt(0, 100)).toBe(5);
    expect(concurrencyAt(60, 1_000)).toBe(305);
    expect(concurrencyAt(1e9, 1_000)).toBe(1_000);
    expect(concurrencyAt(1e9, 1e9)).toBe(1_250);
    expect(concurrencyAt(0, 2)).toBe(2);
  });
});

describe('the estimate', () => {
  it('charges one core-second what CLOUD.md says it costs', () => {
    // 1,000 runs of one second each, by one worker: 1,000 core-seconds, and 0.3 s around each shard.
    const plan = { ...planFor(1_000), shards: 1_000, shardRuns: 1 };
    const { computeUsd } = estimateCost(plan, DEPLOYMENT, LIST_PRICES, 1).expected;
    // folding replays up to 1,000 leaders, one second each
    expect(computeUsd / (1_000 + 300 + 1_000)).toBeCloseTo(0.00002303, 6);
  });

  it('comes to about a cent for a million runs in shards of a thousand, without their compute', () => {
    const plan = { ...planFor(1_000_000), shards: 1_000, shardRuns: 1_000 };
    const { requestsUsd } = estimateCost(plan, DEPLOYMENT).expected;
    expect(requestsUsd).toBeGreaterThan(0.007); // the result, its messages and its invocation alone
    expect(requestsUsd).toBeLessThan(0.03);
  });

  it('grows with runs, bars and parity, and is never above the worst case', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 1, max: 5_000 }),
        fc.integer({ min: 1, max: 50 }),
        (runs, bars, assets) => {
          const { expected, worst } = estimateCost(planFor(runs, bars, assets), DEPLOYMENT);
          const more = estimateCost(planFor(runs * 2, bars, assets), DEPLOYMENT).expected;
          const checked = estimateCost(planFor(runs, bars, assets, 'auto'), DEPLOYMENT).expected;
          expect(more.totalUsd).toBeGreaterThan(expected.totalUsd * 0.99);
          expect(checked.totalUsd).toBeGreaterThanOrEqual(expected.totalUsd * 0.999);
          expect(expected.totalUsd).toBeLessThan(worst.totalUsd);
          expect(expected.wallSeconds).toBeLessThan(worst.wallSeconds);
          const { computeUsd, barLoadingUsd, requestsUsd, totalUsd } = expected;
          expect(computeUsd + barLoadingUsd + requestsUsd).toBe(totalUsd);
        },
      ),
    );
  });

  it('bounds the worst case by every attempt of every shard for its full time', () => {
    const plan = { ...planFor(10), shards: 10, shardRuns: 1 };
    const { computeUsd } = estimateCost(plan, DEPLOYMENT).worst;
    expect(computeUsd).toBeGreaterThan(10 * 20 * 300 * 0.00002303);
  });

  it('lets half a core take twice the time for about the same money', () => {
    const whole = estimateCost(planFor(500_000, 25_000), DEPLOYMENT).expected;
    const half = estimateCost(planFor(500_000, 25_000), {
      ...DEPLOYMENT,
      workerMemoryMb: 1_769 / 2,
    }).expected;
    expect(half.wallSeconds).toBeGreaterThan(whole.wallSeconds);
    // what waits for S3 and SQS costs half: 0.3 s of each shard
    expect(half.computeUsd / whole.computeUsd).toBeGreaterThan(0.85);
    expect(half.computeUsd).toBeLessThan(whole.computeUsd);
  });

  it('counts what a validation adds: columns, runs that windows choose, and leaders on all bars', () => {
    const DAY = 86_400_000;
    const times = Float64Array.from({ length: 1_000 }, (_, i) => i * DAY);
    const rule = {
      walkForward: { train: 200, test: 100, anchored: false, purge: 1, embargo: 0 },
      cpcv: { groups: 8, test: 2, purge: 1, embargo: 0 },
      holdout: '20%',
    } as const;
    const layout = validationLayout(rule, times, { barsPerYear: 252, riskFreeRate: 0 });
    const plan = { ...planFor(2_000, 800), shards: 2_000, shardRuns: 1 };
    const [without, with_] = [plan, { ...plan, validation: layout }].map((each) =>
      estimateCost(each, DEPLOYMENT, LIST_PRICES, 1),
    );
    // 6 windows and C(8, 2) splits choose a run each; 1,000 leaders go over 1,000 bars, 1.25 times as many as a run.
    // Meanwhile a tick of 0.3 s each ten seconds.
    const seconds = (6 + 28 + 1_250) * 1.03;
    const more = with_!.expected.computeUsd - without!.expected.computeUsd;
    expect(more / 0.00002303 / seconds).toBeCloseTo(1, 2);
    // In training and test of each window, in training of each split.
    expect(with_!.resultBytes - without!.resultBytes).toBe(2_000 * 8 * (2 * 6 + 28));
    expect(with_!.expected.totalUsd).toBeLessThan(with_!.worst.totalUsd);
  });

  it('takes measuring the windows of every run for work, the more of it the more they overlap', () => {
    const times = Float64Array.from({ length: 2_500 }, (_, i) => i);
    const work = (train: number, test: number, step = test) => {
      const walkForward = { train, test, step, anchored: false, purge: 1, embargo: 0 };
      const layout = validationLayout({ walkForward }, times, { barsPerYear: 252, riskFreeRate: 0 });
      return validationWork(layout).runSeconds;
    };
    expect(work(500, 500)).toBeGreaterThan(0);
    expect(work(500, 50)).toBeGreaterThan(work(500, 100));
    expect(work(1_000, 20)).toBeGreaterThan(work(100, 20));
    expect(validationWork(undefined)).toEqual({ runSeconds: 0, columns: 0, chosenRuns: 0, leaderRuns: 0 });
  });

  it('takes other prices', () => {
    const free = {
      ...LIST_PRICES,
      lambdaGbSecond: 0,
      lambdaRequest: 0,
      sqsRequest: 0,
      s3Write: 0,
      s3Read: 0,
      s3GbMonth: 0,
    };
    const { expected, storageUsdPerMonth } = estimateCost(planFor(1_000), DEPLOYMENT, free);
    expect([expected.totalUsd, storageUsdPerMonth]).toEqual([0, 0]);
  });
});
