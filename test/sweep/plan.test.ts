import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { checkSeconds, parityChosen, planOf, runSeconds, shardRange } from '../../src/sweep/plan.ts';

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

  it('holds at most 2,500 runs and about 5 s a shard, unless the spec or the number of shards says otherwise', () => {
    fc.assert(
      fc.property(input, (drawn) => {
        const plan = planOf({ ...ids, ...drawn, shardRuns: undefined });
        const seconds = plan.shardRuns * runSeconds(drawn.bars, drawn.assets);
        expect(plan.shardRuns).toBeLessThanOrEqual(2_500);
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
    [1_000_000, 1_000, 1, 400], // 26.5 µs a run: 5 s would be 188,679 runs, the limit is 2,500
    [10_000_000, 98_280, 50, 10_000], // 7.4 ms a run: 5 s would be 676 runs, the limit is 10,000 shards
  ])('cuts %i runs of %i bars and %i assets into %i shards', (runs, bars, assets, shards) => {
    expect(planOf({ ...ids, runs, bars, assets, parity: 'none' }).shards).toBe(shards);
  });

  it('follows shardRuns of the spec', () => {
    const plan = planOf({ ...ids, runs: 10, bars: 5, assets: 1, shardRuns: 3, parity: 'none' });
    expect([plan.shardRuns, plan.shards]).toEqual([3, 4]);
    expect(shardRange(plan, 3)).toEqual({ first: 9, count: 1 });
    expect(() => shardRange(plan, 4)).toThrow(/expected 0 to 3, found 4/);
  });

  it.each([
    // 1,000 bars × 10 assets: 40 µs a run, 3.025 ms a check; affordable, leaders, sampled, counted by hand
    ['every run of a cheap sweep', 22, 1, 11],
    ['a third of 0.54 s less 0.1 s of a small one', 1_000, ((0.54 / 3 - 0.1) / 3.025e-3 - 13) / 1_000, 13],
    ['the same of a large one’s 40.5 s', 1_000_000, ((40.5 / 3 - 0.1) / 3.025e-3 - 1_000) / 1e6, 1_000],
  ])('checks of parity auto %s', (_, runs, share, leaders) => {
    const plan = planOf({ ...ids, runs, bars: 1_000, assets: 10, parity: 'auto' });
    expect(plan.parityShare).toBeCloseTo(share, 12);
    expect(plan.parityLeaders).toBe(leaders);
  });

  it('spends on parity auto at most a quarter of the whole work, or what fifteen checks take, whatever the clock says', () => {
    const slow = vi.spyOn(performance, 'now').mockImplementation(() => {
      throw new Error('a plan looked at the clock');
    });
    try {
      fc.assert(
        fc.property(input, (drawn) => {
          const { runs, bars, assets, ...plan } = planOf({ ...ids, ...drawn, parity: 'auto' });
          const check = checkSeconds(bars, assets);
          const parity = (runs * plan.parityShare + (plan.parityShare < 1 ? plan.parityLeaders : 0)) * check;
          const quarter = (0.5 + runs * runSeconds(bars, assets)) / 3 - 0.1;
          expect(parity).toBeLessThanOrEqual(Math.max(quarter, 15 * check) * (1 + 1e-9));
          expect(planOf({ ...ids, ...drawn })).toEqual(planOf({ ...ids, ...drawn }));
        }),
      );
    } finally {
      slow.mockRestore();
    }
  });

  it('checks what the spec asks for', () => {
    const share = (parity: 'all' | 'none' | { sample: number }) =>
      planOf({ ...ids, runs: 1e6, bars: 1_000, assets: 10, parity });
    expect(share('all').parityShare).toBe(1);
    expect(share({ sample: 0.25 }).parityShare).toBe(0.25);
    expect([share('none').parityShare, share('none').parityLeaders]).toEqual([0, 0]);
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
