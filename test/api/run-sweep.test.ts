import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// The package as it is shipped: threads run compiled files.
import * as shipped from '../../dist/api.js';
import { InvalidInputError, type ResultRow, type SweepProgress, type SweepSpecInput } from '../../src/api.ts';
import { cli, filesUnder, scratch, sweepFile, writeBars } from '../support/cli.ts';
import { duckdb } from '../support/duckdb.ts';

const { runSweep } = shipped;
const { root, write, remove } = scratch('api');
const spec = JSON.parse(sweepFile()) as SweepSpecInput;
const dir = join(root, 'sweeps');

beforeAll(async () => {
  await writeBars(root);
  write('sweep.yaml', sweepFile());
});
afterAll(remove);

async function all(rows: AsyncIterable<ResultRow>): Promise<ResultRow[]> {
  const list: ResultRow[] = [];
  for await (const row of rows) list.push(row);
  return list;
}

describe('runSweep of the package', () => {
  it('runs a sweep given as an object to the bytes that the command line leaves', async () => {
    const heard: SweepProgress[] = [];
    const sweep = await runSweep(spec, { dir, baseDir: root, threads: 1, onProgress: (p) => heard.push(p) });
    const ran = await cli(root, 'run', 'sweep.yaml', '--dir', 'other', '--json');
    expect(JSON.parse(ran.stdout).summary).toEqual(sweep.summary);
    expect(filesUnder(dir)).toEqual(filesUnder(join(root, 'other')));
    expect(heard.filter(({ phase }) => phase === 'shards').at(-1)).toMatchObject({ runs: 16, doneRuns: 16 });
  });

  it('gives rows in the order of the runs and leaders by any metric, as the tables have them', async () => {
    const sweep = await runSweep(join(root, 'sweep.yaml'), { dir });
    const rows = await all(sweep.rows());
    expect(rows.map(({ runIndex }) => runIndex)).toEqual(Array.from({ length: 16 }, (_, i) => i));
    const table = `read_parquet('${dir}/results/*/*.parquet')`;
    const calmar = await duckdb(
      `SELECT run_id, calmar FROM ${table} ORDER BY calmar DESC, run_index LIMIT 3`,
    );
    const leaders = await sweep.leaderboard({ by: 'calmar', limit: 3 });
    expect(leaders.map(({ runId, metrics }) => [runId, metrics.calmar])).toEqual(calmar);
    const [best] = await sweep.leaderboard();
    expect(best).toMatchObject({
      runId: sweep.summary.best!.run_id,
      status: 'ok',
      error: null,
      parity: 'identical',
    });
    expect(best!.parameters.params.lookback).toBe(best!.columns.p_lookback);
    expect(Object.keys(best!.parameters.stops).sort()).toEqual(['stopLoss', 'takeProfit', 'trailingStop']);
    await expect(sweep.leaderboard({ by: 'sharp' })).rejects.toThrow(/did you mean sharpe\?/);
    await expect(sweep.leaderboard({ limit: 0 })).rejects.toThrow(
      'limit: expected a whole number of at least 1, found 0',
    );
  });

  it('stops at the signal, keeps what is finished, and goes on with the same call', async () => {
    const stop = new AbortController();
    const options = { dir: join(root, 'stopped'), baseDir: root, threads: 1 };
    const many = { ...spec, shardRuns: 1 };
    const stopped = runSweep(many, {
      ...options,
      signal: stop.signal,
      onProgress: ({ doneShards }) => doneShards >= 3 && stop.abort(new Error('enough')),
    });
    await expect(stopped).rejects.toThrow('enough');
    const first: number[] = [];
    const { summary } = await runSweep(many, {
      ...options,
      onProgress: ({ doneRuns }) => first.push(doneRuns),
    });
    expect(summary).toMatchObject({ status: 'complete', okRuns: 16 });
    expect(first[0]).toBeGreaterThan(3);
  });

  it.each<[string, unknown, object, RegExp]>([
    ['a field that is none', { ...spec, stop: {} }, {}, /unknown field "stop"; did you mean stops\?/],
    ['a file that is not there', 'missing.yaml', {}, /missing\.yaml/],
    [
      'bars in a bucket',
      { ...spec, bars: 's3://bucket/datasets/1' },
      {},
      /expected a dataset directory for a run on this machine, found s3:/,
    ],
    ['half a thread', spec, { threads: 0.5 }, /^threads: expected a whole number of at least 1, found 0\.5$/],
  ])('refuses %s', async (_, sweep, options, message) => {
    const refused = runSweep(sweep as SweepSpecInput, { dir, baseDir: root, ...options });
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toMatchObject({ name: InvalidInputError.name });
  });
});
