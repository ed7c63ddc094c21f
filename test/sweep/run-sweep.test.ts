import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/adapters/memory/memory-store.ts';
import { InvalidInputError, OutsideError } from '../../src/contracts/errors.ts';
import { decodeResults, resultFooter } from '../../src/formats/results-parquet.ts';
import { cancelSweep } from '../../src/sweep/cancel.ts';
import { resultKey, tableKey } from '../../src/sweep/keys.ts';
import { leaderboardColumns } from '../../src/sweep/leaderboard.ts';
import type { ShardRunner, SweepProgress } from '../../src/sweep/ports.ts';
import { resumeSweep } from '../../src/sweep/resume.ts';
import { MANY_RUNS, runSweep } from '../../src/sweep/run-sweep.ts';
import { sweepStatus } from '../../src/sweep/status.ts';
import { contents, watched } from '../support/stores.ts';
import { TINY_COLUMNS, tinyRun, tinyShard, tinySweep } from '../support/tiny-sweep.ts';

const NO_QUEUE = { send: async () => undefined };

/** The whole store after a run that nothing disturbed. */
async function undisturbed(runs: number, shardRuns: number) {
  const store = memoryStore();
  await runSweep(store, tinySweep(runs, shardRuns).sweep);
  return contents(store);
}

describe('a sweep run in one process', () => {
  it('runs every shard once, publishes, and takes its active marker away', async () => {
    const store = memoryStore();
    const { sweep, plan, ran } = tinySweep(95, 10);
    const summary = await runSweep(store, sweep);
    expect(ran).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(summary.status).toBe('complete');
    const keys = Object.keys(await contents(store));
    const id = plan.sweepId;
    expect(keys.filter((key) => !key.startsWith('results/'))).toEqual([
      `control/${id}/g0/start.json`,
      `final/${id}/g0/summary.json`,
      `sweeps/${id}/plan.json`,
      `sweeps/${id}/spec.json`,
      `tables/leaderboard/sweep_id=${id}/g0.parquet`,
      `tables/memory_metrics/sweep_id=${id}/g0.parquet`,
      `tables/parity_metrics/sweep_id=${id}/g0.parquet`,
      `tables/plateaus/sweep_id=${id}/g0.parquet`,
      `tables/statistics/sweep_id=${id}/g0.parquet`,
      `tables/sweeps/${id}-g0.parquet`,
      `tables/walk_forward/sweep_id=${id}/g0.parquet`,
      `tables/walk_forward_equity/sweep_id=${id}/g0.parquet`,
    ]);
    expect(keys.filter((key) => key.startsWith('results/'))).toHaveLength(10);
  });

  it('sums up what the rows say', async () => {
    const { sweep } = tinySweep(95, 10);
    const summary = await runSweep(memoryStore(), sweep);
    const runs = Array.from({ length: 95 }, (_, i) => ({ i, ...tinyRun(i) }));
    const ok = runs.filter((run) => !run.failed);
    const accepted = ok.filter((run) => !Number.isNaN(run.sharpe) && run.orders >= 1);
    const best = accepted.reduce((a, b) => (b.sharpe > a.sharpe ? b : a));
    const leaders = [...accepted].sort((a, b) => b.sharpe - a.sharpe || a.i - b.i).slice(0, 10);
    const checkedLater = leaders.filter((run) => !run.checked).length;
    expect(summary).toMatchObject({
      runs: 95,
      okRuns: ok.length,
      failedRuns: 9,
      missingRuns: 0,
      zeroTradeRuns: ok.filter((run) => run.orders === 0).length,
      acceptedRuns: accepted.length,
      best: { run_index: best.i, run_id: `run-${best.i}`, value: best.sharpe, params: `{"index":${best.i}}` },
      parity: {
        identical: ok.filter((run) => run.checked).length + checkedLater,
        diverged: 0,
        notChecked: ok.filter((run) => !run.checked).length - checkedLater,
        firstDiverged: null,
      },
      memory: {
        sparseBytes: ok.reduce((sum, run) => sum + run.sparse, 0),
        denseBytes: ok.length * 10_000,
      },
      reentriesDense: 2 * ok.filter((run) => run.checked).length + checkedLater,
    });
    expect(checkedLater).toBeGreaterThan(0);
  });

  it('ranks by the objective, ties by run index, without undefined values and what the constraints exclude', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 60 }),
        async (runs, size) => {
          const store = memoryStore();
          const { sweep, plan } = tinySweep(runs, size);
          await runSweep(store, sweep);
          const expected = Array.from({ length: runs }, (_, i) => ({ i, ...tinyRun(i) }))
            .filter((run) => !run.failed && !Number.isNaN(run.sharpe) && run.orders >= 1)
            .sort((a, b) => b.sharpe - a.sharpe || a.i - b.i);
          const key = tableKey('leaderboard', plan.sweepId, 0);
          const bytes = (await store.get(key))!;
          const { rows } = resultFooter(bytes, key);
          const board = await decodeResults(bytes, leaderboardColumns(TINY_COLUMNS), rows, key);
          expect([...(board.get('run_index') as Float64Array)]).toEqual(expected.map((run) => run.i));
          expect([...(board.get('rank') as Float64Array)]).toEqual(expected.map((_, at) => at + 1));
          expect([...(board.get('var_5') as Float64Array)]).toEqual(expected.map((run) => -run.i + 0));
          const unchecked = expected.slice(0, 10).filter((run) => !run.checked);
          const classes = board.get('dense_class') as (string | null)[];
          expect(classes.filter((name) => name === 'P3')).toHaveLength(unchecked.length);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('leaves the same bytes for any number of shards under way at once, finished in any order', async () => {
    const expected = await undisturbed(83, 9);
    for (const concurrency of [2, 3, 7]) {
      const store = memoryStore();
      const { sweep, plan } = tinySweep(83, 9);
      const runner: ShardRunner = {
        ...sweep.runner,
        concurrency,
        async run(shard) {
          await new Promise((done) => setTimeout(done, (shard * 7) % 5));
          return tinyShard(plan, shard);
        },
      };
      await runSweep(store, { ...sweep, runner });
      expect(await contents(store)).toEqual(expected);
    }
  });

  it('runs nothing when repeated, and gives the same summary', async () => {
    const store = memoryStore();
    const summary = await runSweep(store, tinySweep(40, 7).sweep);
    const before = await contents(store);
    const { sweep, ran } = tinySweep(40, 7);
    expect(await runSweep(store, sweep)).toEqual(summary);
    expect(ran).toEqual([]);
    expect(await contents(store)).toEqual(before);
  });

  it('goes on where an interrupted process stopped, wherever that was, and ends with the same bytes', async () => {
    const expected = await undisturbed(40, 7);
    let operations = 0;
    await runSweep(
      watched(memoryStore(), () => {
        operations++;
      }),
      tinySweep(40, 7).sweep,
    );
    expect(operations).toBeGreaterThan(30);
    for (let stop = 0; stop < operations; stop++) {
      const store = memoryStore();
      let done = 0;
      const dying = watched(store, () => {
        if (done++ >= stop) throw new OutsideError('killed');
      });
      await expect(runSweep(dying, tinySweep(40, 7).sweep)).rejects.toThrow('killed');
      const finished = Object.keys(await contents(store, 'results/')).length;
      const { sweep, ran } = tinySweep(40, 7);
      await runSweep(store, sweep);
      expect(ran).toHaveLength(6 - finished);
      expect(await contents(store)).toEqual(expected);
    }
  });

  it('stops between shards when aborted, keeps what is finished and publishes nothing', async () => {
    const store = memoryStore();
    const { sweep, ran } = tinySweep(40, 7);
    const abort = new AbortController();
    const stopping = runSweep(store, sweep, {
      signal: abort.signal,
      onProgress: ({ doneShards }) => doneShards === 3 && abort.abort(new Error('interrupted')),
    });
    await expect(stopping).rejects.toThrow('interrupted');
    expect(ran).toEqual([0, 1, 2]);
    const kept = Object.keys(await contents(store));
    expect(kept.filter((key) => key.startsWith('results/'))).toHaveLength(3);
    expect(kept.filter((key) => /^(tables|final)\//.test(key))).toEqual([]);
  });

  it('tells progress up to all runs, also those that were there before', async () => {
    const store = memoryStore();
    const { sweep, plan } = tinySweep(40, 7);
    await store.putOnce(resultKey(plan.sweepId, 2), tinyShard(plan, 2).bytes);
    const seen: SweepProgress[] = [];
    await runSweep(store, sweep, { onProgress: (progress) => seen.push(progress) });
    expect(seen.filter(({ phase }) => phase === 'shards').map(({ doneRuns }) => doneRuns)).toEqual([
      14, 21, 28, 35, 40,
    ]);
    expect(seen.at(-1)).toMatchObject({
      phase: 'aggregate',
      runs: 40,
      doneRuns: 40,
      shards: 6,
      doneShards: 6,
    });
  });

  it('tells the best objective of the runs added up so far, also of those that were there before', async () => {
    const store = memoryStore();
    const { sweep, plan } = tinySweep(40, 7);
    const ranked = Array.from({ length: 40 }, (_, index) => ({ index, ...tinyRun(index) })).filter(
      ({ failed, sharpe, orders }) => !failed && !Number.isNaN(sharpe) && orders > 0,
    );
    const bestOf = (runs: number) =>
      ranked.reduce((best, { index, sharpe }) => (index < runs ? Math.max(best, sharpe) : best), -1);
    const owner = Math.floor(ranked.find(({ sharpe }) => sharpe === bestOf(40))!.index / 7);
    await store.putOnce(resultKey(plan.sweepId, owner), tinyShard(plan, owner).bytes);
    const seen: (number | null | undefined)[] = [];
    await runSweep(store, sweep, { onProgress: ({ best }) => seen.push(best) });
    const possible = [null, ...[7, 14, 21, 28, 35, 40].map(bestOf)];
    expect(seen.every((best) => possible.includes(best!))).toBe(true);
    expect(seen.at(-1)).toBe(bestOf(40));
  });

  it.each([
    [MANY_RUNS, 1],
    [1_000, 0],
  ])(
    'of %i runs lets its runner rest %i times, between the last shard and the first replay',
    async (runs, times) => {
      const { sweep } = tinySweep(runs, 5_000);
      const order: string[] = [];
      const told = (name: string) => order.at(-1) !== name && order.push(name);
      const { run, replay } = sweep.runner;
      const runner: ShardRunner = {
        ...sweep.runner,
        run: async (shard) => {
          told('run');
          return run(shard);
        },
        rest: async () => void order.push('rest'),
        replay: async (...leader) => {
          told('replay');
          return replay(...leader);
        },
      };
      await runSweep(memoryStore(), { ...sweep, runner });
      expect(order).toEqual(['run', ...Array(times).fill('rest'), 'replay']);
    },
  );

  it('is run by two processes at once without harm', async () => {
    const expected = await undisturbed(60, 4);
    const store = memoryStore();
    const slow = watched(store, () => new Promise((done) => setTimeout(done, 1)));
    const first = tinySweep(60, 4);
    const second = tinySweep(60, 4);
    const summaries = await Promise.all([runSweep(slow, first.sweep), runSweep(store, second.sweep)]);
    expect(summaries[0]).toEqual(summaries[1]);
    expect(await contents(store)).toEqual(expected);
  });

  it('ends with failures when a shard is given up; resume runs only that shard in the next generation', async () => {
    const store = memoryStore();
    const { sweep, plan } = tinySweep(40, 7);
    const failing: ShardRunner = {
      ...sweep.runner,
      concurrency: 2,
      run: async (shard) =>
        shard === 4 ? { gaveUp: 'the thread ended twice', attempts: 2 } : tinyShard(plan, shard),
    };
    const summary = await runSweep(store, { ...sweep, runner: failing });
    expect(summary).toMatchObject({ status: 'complete_with_failures', missingShards: '4', missingRuns: 7 });
    const before = await contents(store);

    expect(await resumeSweep(store, NO_QUEUE, plan.sweepId)).toEqual({ generation: 1, outcome: 'started' });
    const again = tinySweep(40, 7);
    const second = await runSweep(store, again.sweep);
    expect(again.ran).toEqual([4]);
    expect(second).toMatchObject({ status: 'complete', generation: 1, missingRuns: 0 });
    expect(await contents(store)).toMatchObject(before); // what generation 0 published is still there, unchanged
    expect(await resumeSweep(store, NO_QUEUE, plan.sweepId)).toEqual({ generation: 1, outcome: 'complete' });
  });

  it('publishes what is there when cancelled, and goes on after resume', async () => {
    const store = memoryStore();
    const { sweep, plan, ran } = tinySweep(40, 7);
    const cancelling: ShardRunner = {
      ...sweep.runner,
      async run(shard) {
        if (shard === 2) await cancelSweep(store, NO_QUEUE, plan.sweepId);
        return sweep.runner.run(shard);
      },
    };
    const summary = await runSweep(store, { ...sweep, runner: cancelling });
    expect(ran).toEqual([0, 1, 2]);
    expect(summary).toMatchObject({ status: 'cancelled', missingShards: '3-5', missingRuns: 19 });
    expect(await cancelSweep(store, NO_QUEUE, plan.sweepId)).toBe('finished');
    expect((await sweepStatus(store, plan.sweepId)).state).toBe('cancelled');

    await resumeSweep(store, NO_QUEUE, plan.sweepId);
    const again = tinySweep(40, 7);
    expect(await runSweep(store, again.sweep)).toMatchObject({ status: 'complete', generation: 1 });
    expect(again.ran).toEqual([3, 4, 5]);
  });

  it('says which shard was there with other bytes, and keeps the first', async () => {
    const store = memoryStore();
    const { sweep, plan } = tinySweep(21, 7);
    const key = resultKey(plan.sweepId, 1);
    const shards: number[] = [];
    // Another process is faster: its object arrives while ours is computed, and differs.
    const runner: ShardRunner = {
      ...sweep.runner,
      async run(shard) {
        const output = tinyShard(plan, shard);
        if (shard === 1) await store.putOnce(key, output.bytes);
        return shard === 1 ? { ...output, bytes: output.bytes.slice(0, -1) } : output;
      },
    };
    await runSweep(store, { ...sweep, runner }, { onNondeterministic: (shard) => shards.push(shard) });
    expect(shards).toEqual([1]);
    expect(await store.get(key)).toEqual(tinyShard(plan, 1).bytes);
  });

  it.each([
    ['bytes that are no Parquet file', () => new Uint8Array([1, 2, 3])],
    ['the rows of another shard', () => tinyShard(tinySweep(21, 7).plan, 2).bytes],
    [
      'the rows of another sweep',
      () => tinyShard({ ...tinySweep(21, 7).plan, sweepId: 'b'.repeat(32) }, 1).bytes,
    ],
  ])('refuses a planted result with %s, and publishes nothing', async (_, planted) => {
    const store = memoryStore();
    const { sweep, plan } = tinySweep(21, 7);
    const key = resultKey(plan.sweepId, 1);
    await store.putOnce(key, planted());
    await expect(runSweep(store, sweep)).rejects.toThrow(`${key}: expected`);
    expect(Object.keys(await contents(store, 'final/'))).toEqual([]);
  });

  it('says complete only when the summary is there', async () => {
    const store = memoryStore();
    const { sweep, plan } = tinySweep(40, 7);
    const states: string[] = [];
    const asking = watched(store, async (operation) => {
      if (operation !== 'putOnce') return;
      const status = await sweepStatus(store, plan.sweepId).catch(() => null);
      states.push(status?.state ?? 'unknown');
    });
    await runSweep(asking, sweep);
    expect([...new Set(states)]).toEqual(['unknown', 'submitted', 'running']);
    expect(await sweepStatus(store, plan.sweepId)).toMatchObject({
      state: 'complete',
      doneShards: 6,
      shards: 6,
    });
  });

  it('does not know a sweep that was never submitted', async () => {
    for (const ask of [
      () => sweepStatus(memoryStore(), 'f'.repeat(32)),
      () => cancelSweep(memoryStore(), NO_QUEUE, 'f'.repeat(32)),
      () => resumeSweep(memoryStore(), NO_QUEUE, 'f'.repeat(32)),
      () => sweepStatus(memoryStore(), '../../etc'),
    ]) {
      await expect(ask()).rejects.toThrow(InvalidInputError);
    }
  });
});
