import { describe, expect, it } from 'vitest';
import { processRunner } from '../../../src/adapters/process/process-runner.ts';
import { InvalidInputError, OutsideError } from '../../../src/contracts/errors.ts';
import { decodeResults } from '../../../src/formats/results-parquet.ts';
import type { ShardEngine } from '../../../src/sweep/shard-engine.ts';
import { MOMENTUM, realSweep, walkBars } from '../../support/real-sweep.ts';

const builtin = { kind: 'builtin', name: 'momentum' } as const;
const engineOf = async () =>
  (await realSweep({ ...MOMENTUM, shardRuns: 12 }, walkBars(2, 100), builtin)).prepared.engine;

/** A clock that loses a second each time it is asked. */
function running(seconds: number) {
  let left = seconds;
  return () => left-- * 1_000;
}

describe('the runner in a process', () => {
  it('gives what the engine gives', async () => {
    const engine = await engineOf();
    const runner = processRunner(async () => engine, { remainingMs: () => 60_000 });
    const rows = engine.runShard(1);
    expect(await runner.run(1)).toEqual(rows);
    const column = { name: 'params', type: 'UTF8', nullable: true } as const;
    const params = (await decodeResults(rows.bytes, [column], 12, 'rows')).get('params')![0] as string;
    expect(await runner.replay(params, true)).toEqual(engine.replay(params, true));
    expect(await runner.replay('nonsense', false)).toBeNull();
  });

  it('ends between two runs before the time does, and leaves nothing', async () => {
    const engine = await engineOf();
    let runs = 0;
    const counting: ShardEngine = {
      ...engine,
      runShard: (shard, between) =>
        engine.runShard(shard, () => {
          between?.();
          runs++;
        }),
    };
    const late = processRunner(async () => counting, { remainingMs: running(25), reserveMs: 20_000 });
    await expect(late.run(0)).rejects.toThrow(/did not end in the time.*smaller shardRuns/);
    expect(runs).toBe(6); // 25 s … 20 s were left
  });

  it('gives up a shard that runs out of time again', async () => {
    const engine = await engineOf();
    const again = processRunner(async () => engine, { remainingMs: () => 0, receives: 2 });
    expect(await again.run(0)).toEqual({ gaveUp: expect.stringContaining('smaller shardRuns'), attempts: 2 });
  });

  it('passes on a failure of the outside, and gives up for what no repetition changes', async () => {
    const failing = (error: Error) =>
      processRunner(async () => {
        throw error;
      });
    await expect(failing(new OutsideError('the bucket')).run(0)).rejects.toThrow('the bucket');
    expect(await failing(new InvalidInputError('another version')).run(0)).toEqual({
      gaveUp: 'another version',
      attempts: 1,
    });
    await expect(failing(new OutsideError('the bucket')).replay('{}', false)).rejects.toThrow('the bucket');
    expect(await failing(new InvalidInputError('another version')).replay('{}', false)).toBeNull();
  });
});
