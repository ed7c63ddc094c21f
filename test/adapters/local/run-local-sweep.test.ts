import { describe, expect, it, vi } from 'vitest';
import { runLocalSweep } from '../../../src/adapters/local/run-local-sweep.ts';
import { openWorkerPool } from '../../../src/adapters/local/worker-pool.ts';
import { memoryStore } from '../../../src/adapters/memory/memory-store.ts';
import { OutsideError } from '../../../src/contracts/errors.ts';
import { decodeResults } from '../../../src/formats/results-parquet.ts';
import { parityChosen } from '../../../src/sweep/plan.ts';
import type { SweepProgress } from '../../../src/sweep/ports.ts';
import { resultColumns } from '../../../src/sweep/result-columns.ts';
import { runSweep } from '../../../src/sweep/run-sweep.ts';
import { MOMENTUM, moduleSource, realSweep, walkBars } from '../../support/real-sweep.ts';
import { contents } from '../../support/stores.ts';

/** The worker must be compiled; `npm test` builds first. */
const workerUrl = new URL('../../../dist/adapters/local/shard-worker.js', import.meta.url);
const builtin = { kind: 'builtin', name: 'momentum' } as const;

/** A strategy that misbehaves on one parameter, in ways that no `catch` in the thread survives. */
const DEADLY = `
  const params = { safeParse: (data) => ({ success: true, data }) };
  export default {
    name: 'deadly', description: 'Ends its thread on purpose.', params, warmup: () => 0,
    events(bars, { mode }) {
      if (mode === 'exit') process.exit(7);
      if (mode === 'memory') { const hoard = []; for (;;) hoard.push(new Array(1e6).fill(mode + hoard.length)); }
      if (mode === 'later') setTimeout(() => { throw new Error('too late'); }, 0);
      if (mode === 'forever') for (;;);
      if (mode === 'prints') console.log('noise');
      return [{ bar: 0, weights: { [bars.symbols[0]]: 1 } }];
    },
  };
`;
const deadlyFile = (mode: readonly string[]) => ({
  bars: './b',
  shardRuns: 1,
  strategy: { name: './deadly.ts', params: { mode } },
});

/** Keeps this thread so busy meanwhile that it hears of all that a thread did at once. */
async function whileBusy(work: () => Promise<void>): Promise<void> {
  const busy = setInterval(() => {
    for (const until = performance.now() + 60; performance.now() < until; );
  }, 1);
  try {
    await work();
  } finally {
    clearInterval(busy);
  }
}

describe('a sweep on threads', () => {
  it('leaves the same bytes on 1, 2 and 3 threads as in the calling thread', async () => {
    const { prepared } = await realSweep({ ...MOMENTUM, shardRuns: 5 }, walkBars(4, 300), builtin);
    const { spec, plan, engine, aggregate } = prepared;
    const alone = memoryStore();
    const runner = {
      concurrency: 1,
      run: async (shard: number) => engine.runShard(shard),
      replay: async (params: string, withParity: boolean) => engine.replay(params, withParity),
      follow: async (params: string, at: readonly number[]) => engine.follow(params, at),
    };
    const summary = await runSweep(alone, { spec, plan, runner, aggregate });
    expect(summary).toMatchObject({ status: 'complete', runs: 48, okRuns: 48, reentries: 0 });
    expect(summary.parity).toMatchObject({ identical: 48, diverged: 0, notChecked: 0 });
    const expected = await contents(alone);
    for (const threads of [1, 2, 3]) {
      const store = memoryStore();
      expect(await runLocalSweep(store, prepared, builtin, { threads, workerUrl })).toEqual(summary);
      expect(await contents(store)).toEqual(expected);
    }
  });

  it('gives the same after its threads let go of the memory of shards', async () => {
    const { prepared } = await realSweep({ ...MOMENTUM, shardRuns: 5 }, walkBars(4, 300), builtin);
    const { spec, plan, engine, inputs } = prepared;
    const { memory, symbols, length } = inputs.bars;
    const data = { plan, spec, bars: { memory, symbols, length }, allBars: null, strategy: builtin };
    const pool = openWorkerPool(data, { threads: 2, workerUrl });
    try {
      const shards = [0, 1, 2, 3].map((shard) => Uint8Array.from(engine.runShard(shard).bytes));
      const columns = resultColumns(engine.grid).filter(({ name }) => name === 'params');
      const rows = await decodeResults(shards[1]!, columns, 5, 'shard 1');
      for (let round = 0; round < 2; round++) {
        const found = await Promise.all(shards.map((_, shard) => pool.run(shard)));
        for (const [shard, output] of found.entries()) {
          if ('gaveUp' in output) throw new Error(output.gaveUp);
          expect(Buffer.compare(output.bytes, shards[shard]!)).toBe(0);
          output.release!();
        }
        await pool.rest!();
        for (const params of rows.get('params') as string[]) {
          expect(await pool.replay(params, true)).toEqual(engine.replay(params, true));
        }
      }
    } finally {
      await pool.close();
    }
  });

  it('ends with the same bytes after being interrupted in the middle', async () => {
    const { prepared } = await realSweep({ ...MOMENTUM, shardRuns: 3 }, walkBars(3, 200), builtin);
    const whole = memoryStore();
    await runLocalSweep(whole, prepared, builtin, { threads: 2, workerUrl });
    const store = memoryStore();
    const abort = new AbortController();
    const onProgress = ({ doneShards }: SweepProgress) => {
      if (doneShards === 5) abort.abort(new Error('interrupted'));
    };
    const run = runLocalSweep(store, prepared, builtin, {
      threads: 2,
      workerUrl,
      signal: abort.signal,
      onProgress,
    });
    await expect(run).rejects.toThrow('interrupted');
    const kept = Object.keys(await contents(store, 'results/')).length;
    expect(kept).toBeGreaterThanOrEqual(5);
    expect(kept).toBeLessThan(16);
    await runLocalSweep(store, prepared, builtin, { threads: 2, workerUrl });
    expect(await contents(store)).toEqual(await contents(whole));
  });

  it('draws a parity sample and checks leaders to the same bytes for any shards and threads', async () => {
    const file = { ...MOMENTUM, parity: { sample: 0.2 } };
    const boards: unknown[] = [];
    for (const [shardRuns, threads] of [
      [48, 1],
      [5, 2],
    ] as const) {
      const { prepared } = await realSweep({ ...file, shardRuns }, walkBars(3, 150), builtin);
      const plan = { ...prepared.plan, parityLeaders: 5 };
      const sweep = { ...prepared, plan, aggregate: { ...prepared.aggregate, plan } };
      const store = memoryStore();
      const { parity, best, memory, reentriesDense } = await runLocalSweep(store, sweep, builtin, {
        threads,
        workerUrl,
      });
      const drawn = Array.from({ length: 48 }, (_, run) => run).filter((run) => parityChosen(run, 0.2));
      expect(parity.identical).toBeGreaterThan(drawn.length); // the sample, and leaders that it does not hold
      expect(parity.identical).toBeLessThanOrEqual(drawn.length + 5);
      expect(parity.notChecked).toBe(48 - parity.identical);
      boards.push({ parity, best, memory, reentriesDense });
    }
    expect(boards[0]).toEqual(boards[1]);
  });
});

describe('a strategy that ends its thread', () => {
  it.each([
    ['exit', /exit code 7/],
    ['memory', /memory/],
  ])('by %s costs its own shard and no other', async (mode, cause) => {
    const source = await moduleSource(DEADLY);
    const { prepared } = await realSweep(deadlyFile(['a', mode, 'b', 'c']), walkBars(1, 20), source);
    const store = memoryStore();
    const summary = await runLocalSweep(store, prepared, source, {
      threads: 2,
      workerUrl,
      threadMemoryMb: 64,
    });
    expect(summary).toMatchObject({
      status: 'complete_with_failures',
      okRuns: 3,
      missingRuns: 1,
      missingShards: '1',
    });
    const marker = await store.get(`failures/${prepared.plan.sweepId}/g0/shard-00001.json`);
    const { reason, attempts } = JSON.parse(Buffer.from(marker!).toString()) as {
      reason: string;
      attempts: number;
    };
    expect(reason).toMatch(cause);
    expect(attempts).toBe(2);
  });

  it('after its shard was done harms nothing', async () => {
    const source = await moduleSource(DEADLY);
    const modes = ['later', 'a', 'b', 'c', 'd', 'e'];
    const { prepared } = await realSweep(deadlyFile(modes), walkBars(1, 20), source);
    const summary = await runLocalSweep(memoryStore(), prepared, source, { threads: 1, workerUrl });
    expect(summary).toMatchObject({ status: 'complete', okRuns: 6 });
  });

  it('harms nothing where its last answer and its end are heard of at once', async () => {
    const source = await moduleSource(DEADLY);
    const { prepared } = await realSweep(deadlyFile(['later', 'a', 'b']), walkBars(1, 20), source);
    await whileBusy(async () => {
      for (let round = 0; round < 4; round++) {
        const summary = await runLocalSweep(memoryStore(), prepared, source, { threads: 1, workerUrl });
        expect(summary).toMatchObject({ status: 'complete', okRuns: 3 });
      }
    });
  });

  it('as soon as it is ready costs shards, not the sweep', async () => {
    const source = await moduleSource(`
      import { isMainThread } from 'node:worker_threads';
      if (!isMainThread) setTimeout(() => process.exit(7), 0);
      ${DEADLY}`);
    const { prepared } = await realSweep(deadlyFile(['a', 'b']), walkBars(1, 20), source);
    await whileBusy(async () => {
      for (let round = 0; round < 4; round++) {
        const { okRuns, missingRuns } = await runLocalSweep(memoryStore(), prepared, source, {
          threads: 1,
          workerUrl,
        });
        expect(okRuns + missingRuns).toBe(2);
      }
    });
  });

  it('never is stopped when the sweep is', async () => {
    const source = await moduleSource(DEADLY);
    const { prepared } = await realSweep(deadlyFile(['a', 'forever']), walkBars(1, 20), source);
    const store = memoryStore();
    const abort = new AbortController();
    const run = runLocalSweep(store, prepared, source, {
      threads: 1,
      workerUrl,
      signal: abort.signal,
      onProgress: () => void setTimeout(() => abort.abort(new Error('interrupted')), 50),
    });
    await expect(run).rejects.toThrow('interrupted');
    expect(Object.keys(await contents(store, 'results/'))).toHaveLength(1);
  });

  it('prints beside the results of the program, not into them', async () => {
    const source = await moduleSource(DEADLY);
    const { prepared } = await realSweep(deadlyFile(['prints']), walkBars(1, 20), source);
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      await runLocalSweep(memoryStore(), prepared, source, { threads: 1, workerUrl });
      await vi.waitFor(() =>
        expect(stderr.mock.calls.map(([text]) => String(text)).join('')).toContain('noise'),
      );
      expect(stdout.mock.calls.map(([text]) => String(text)).join('')).not.toContain('noise');
    } finally {
      stderr.mockRestore();
      stdout.mockRestore();
    }
  });
});

describe('threads that cannot start', () => {
  it('are an outside failure that says so, and leave no shard marked as failed', async () => {
    const { prepared } = await realSweep(MOMENTUM, walkBars(2, 80), builtin);
    const store = memoryStore();
    const missing = new URL('file:///nowhere/shard-worker.js');
    await expect(runLocalSweep(store, prepared, builtin, { workerUrl: missing })).rejects.toThrow(
      OutsideError,
    );
    expect(Object.keys(await contents(store, 'failures/'))).toEqual([]);
  });
});
