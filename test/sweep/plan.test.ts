import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parityChosen, planOf, runSeconds, shardRange } from '../../src/sweep/plan.ts';

const ids = { sweepId: '0'.repeat(32), engine: '0'.repeat(64) };
const input = fc.record({
  runs: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 10_000_000 })),
  bars: fc.integer({ min: 1, max: 200_000 }),
  assets: fc.integer({ min: 1, max: 1_000 }),
  shardRuns: fc.option(fc.integer({ min: 1, max: 20_000 }), { nil: undefined }),
  parity: fc.constantFrom('auto' as const, 'all' as const, 'none' as const, { sample: 0.25 }),
});

describe('a plan', () => {
  it('tiles the runs exactly: every run in one shard, no shard empty', () => {
    fc.assert(
      fc.property(input, (drawn) => {
        const plan = planOf({ ...ids, ...drawn });
        let next = 0;
        for (let shard = 0; shard < plan.shards; shard++) {
          const { first, count } = shardRange(plan, shard);
          expect(first).toBe(next);
          expect(count).toBeGreaterThan(0);
          next += count;
        }
        expect(next).toBe(drawn.runs);
        expect(plan.shards).toBeLessThanOrEqual(10_000);
      }),
      { numRuns: 60 },
    );
  });

  it('holds at most 10,000 runs and about 5 s a shard, unless the spec or the number of shards says otherwise', () => {
    fc.assert(
      fc.property(input, (drawn) => {
        const plan = planOf({ ...ids, ...drawn, shardRuns: undefined });
        const seconds = plan.shardRuns * runSeconds(drawn.bars, drawn.assets);
        expect(plan.shardRuns).toBeLessThanOrEqual(10_000);
        expect(seconds <= 5 || plan.shardRuns <= Math.max(1, drawn.runs / 10_000 + 1)).toBe(true);
      }),
    );
  });

  it.each([
    // runs, bars, assets: shards by the rule, counted by hand
    [1, 100, 1, 1],
    [99, 100, 1, 1],
    [100, 100, 1, 2],
    [1_000, 1_000, 5, 20],
    [3_200, 1_000, 5, 64],
    [1_000_000, 1_000, 1, 100], // 64 µs a run: 5 s would be 78,125 runs, the limit is 10,000
    [10_000_000, 98_280, 50, 10_000], // 20 ms a run: 5 s would be 254 runs, the limit is 10,000 shards
  ])('cuts %i runs of %i bars and %i assets into %i shards', (runs, bars, assets, shards) => {
    expect(planOf({ ...ids, runs, bars, assets, parity: 'none' }).shards).toBe(shards);
  });

  it('follows shardRuns of the spec', () => {
    const plan = planOf({ ...ids, runs: 10, bars: 5, assets: 1, shardRuns: 3, parity: 'none' });
    expect([plan.shardRuns, plan.shards]).toEqual([3, 4]);
    expect(shardRange(plan, 3)).toEqual({ first: 9, count: 1 });
    expect(() => shardRange(plan, 4)).toThrow(/expected 0 to 3, found 4/);
  });

  it('checks every run of a cheap sweep and about as many asset-bars of a dear one', () => {
    const share = (runs: number) =>
      planOf({ ...ids, runs, bars: 1_000, assets: 10, parity: 'auto' }).parityShare;
    expect(share(4_000)).toBe(1);
    expect(share(400_000)).toBeCloseTo(0.01, 10);
    expect(planOf({ ...ids, runs: 10, bars: 9, assets: 1, parity: 'all' }).parityShare).toBe(1);
    const none = planOf({ ...ids, runs: 10, bars: 9, assets: 1, parity: 'none' });
    expect([none.parityShare, none.parityLeaders]).toEqual([0, 0]);
  });
});

describe('the parity sample', () => {
  it('is none at 0 and all at 1, and grows with the share', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), fc.double({ min: 0, max: 1, noNaN: true }), (run, share) => {
        expect(parityChosen(run, 0)).toBe(false);
        expect(parityChosen(run, 1)).toBe(true);
        if (parityChosen(run, share)) expect(parityChosen(run, (share + 1) / 2)).toBe(true);
      }),
    );
  });

  it('takes about its share of every stretch of runs', () => {
    for (const share of [0.01, 0.1, 0.5]) {
      for (let first = 0; first < 100_000; first += 20_000) {
        let chosen = 0;
        for (let run = first; run < first + 20_000; run++) if (parityChosen(run, share)) chosen++;
        const deviation = Math.sqrt(20_000 * share * (1 - share));
        expect(Math.abs(chosen - 20_000 * share)).toBeLessThan(5 * deviation);
      }
    }
  });
});
