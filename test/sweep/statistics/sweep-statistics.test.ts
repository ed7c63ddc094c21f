import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../../src/adapters/memory/memory-store.ts';
import type { Bars } from '../../../src/core/bars.ts';
import type { ShardRunner } from '../../../src/sweep/ports.ts';
import { runSweep } from '../../../src/sweep/run-sweep.ts';
import { readStatistics } from '../../../src/sweep/statistics/read-statistics.ts';
import { MOMENTUM, realSweep, walkBars } from '../../support/real-sweep.ts';

async function published(file: object, bars: Bars) {
  const { prepared } = await realSweep({ ...MOMENTUM, ...file }, bars, { kind: 'builtin', name: 'momentum' });
  const runner: ShardRunner = {
    concurrency: 1,
    run: async (shard) => prepared.engine.runShard(shard),
    replay: async (params, withParity) => prepared.engine.replay(params, withParity),
  };
  const store = memoryStore();
  const summary = await runSweep(store, { ...prepared, runner });
  return { summary, store, ...(await readStatistics(store, summary)) };
}

const params = (lookback: unknown, top: unknown = 1) => ({
  strategy: { name: 'momentum', params: { lookback, top } },
});

describe('the statistics of a sweep', () => {
  it('are in summary, verdict and tables, with no gap', async () => {
    const { statistics, verdict, rows, plateaus, summary } = await published({}, walkBars(4, 250));
    expect(statistics.gaps).toEqual([]);
    expect(statistics).toMatchObject({
      comparedRuns: 48,
      superiorAbility: { benchmark: 'cash', draws: 1000 },
    });
    expect(statistics.effectiveTrials).toBeGreaterThanOrEqual(1);
    expect(statistics.effectiveTrials).toBeLessThanOrEqual(48);
    expect(verdict.join('\n')).toMatch(
      /Of 48 runs tried, effectively [\d.]+ independent; the best has a Sharpe ratio/,
    );
    expect(verdict.join('\n')).toMatch(/PBO 0\.\d\d/);
    const value = (name: string) => rows.find((row) => row.name === name)!.value;
    expect(value('pbo')).toBe(statistics.overfitting!.probability);
    expect(value('deflated_sharpe')).toBe(statistics.leader!.deflatedSharpe);
    expect(plateaus.map(({ rank }) => rank)).toEqual(
      Array.from({ length: summary.acceptedRuns }, (_, i) => i + 1),
    );
    expect(plateaus[0]!.deflated_sharpe).toBe(statistics.leader!.deflatedSharpe);
    expect(statistics.leader!.sharpe).toBeCloseTo(summary.best!.value, 10);
  });

  it.each([
    ['one run', { ...params(20), stops: {}, portfolio: {} }, 250, /Fewer than 2 runs/],
    ['runs that never trade', { ...params([5000, 6000]), constraints: [] }, 250, /Fewer than 2 runs/],
    ['fewer than 32 bars', params([5, 6]), 31, /fewer than 32 bars/],
  ])('say in a sentence why there are none of %s', async (_, file, length, gap) => {
    const { statistics, verdict } = await published(file, walkBars(3, length));
    expect(statistics.gaps.join(' ')).toMatch(gap);
    expect(statistics.overfitting).toBeNull();
    expect(verdict.join(' ')).toMatch(gap);
    expect(verdict.join(' ')).not.toMatch(/NaN|undefined|null/);
  });

  it('compare with a run of the sweep, with all assets in equal weight, and say so where there is no such run', async () => {
    const bars = walkBars(4, 250);
    const { summary } = await published({}, bars);
    const id = summary.best!.run_id;
    const against = await published({ statistics: { benchmark: { run: id.slice(0, 12) } } }, bars);
    // nobody is better than the best by Sharpe ratio, but may be by mean return
    expect(against.statistics.superiorAbility!.benchmark).toBe(`run ${id.slice(0, 12)}`);
    const equal = await published({ statistics: { benchmark: 'equal-weight' } }, bars);
    expect(equal.statistics.superiorAbility!.benchmark).toBe('all assets in equal weight');
    const nobody = await published({ statistics: { benchmark: { run: '0'.repeat(32) } } }, bars);
    expect(nobody.statistics.superiorAbility).toBeNull();
    expect(nobody.verdict.at(-1)).toMatch(/is not among the runs that succeeded/);
  });

  it('rank by the mean of a run and its neighbours where that is asked for', async () => {
    const bars = walkBars(4, 250);
    const file = params({ from: 10, to: 40, step: 5 }, [1, 2, 3]);
    const plain = await published(file, bars);
    const robust = await published({ ...file, objective: { metric: 'sharpe', robust: true } }, bars);
    expect(robust.summary.objective).toEqual({ metric: 'sharpe', direction: 'higher', robust: true });
    const byRun = new Map(plain.plateaus.map((row) => [row.run_index, row.robust_objective as number]));
    const expected = [...byRun.values()].sort((a, b) => b - a);
    expect(robust.plateaus.map((row) => row.robust_objective)).toEqual(expected);
    expect(robust.summary.best!.value).toBe(expected[0]);
  });
});
