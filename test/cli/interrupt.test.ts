import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli, filesUnder, scratch, startCli, sweepFile, writeBars } from '../support/cli.ts';

const { root, write, remove } = scratch('interrupt');

// Where it is told to be slow, busy for some 50 ms a run, so that there is a middle to interrupt; that decides nothing.
const SLOW = `
import { defineStrategy } from 'backsweep';
import * as z from 'zod';
export default defineStrategy({
  name: 'slow',
  description: 'Takes its time',
  params: z.strictObject({ seed: z.int() }),
  warmup: () => 0,
  events(bars, { seed }) {
    let busy = seed;
    const turns = process.env.SLOW ? 30_000_000 : 0;
    for (let i = 0; i < turns; i++) busy = (Math.imul(busy, 1103515245) + 12345) >>> 0;
    return [{ bar: 1 + (seed % 5), weights: { SYN001: busy < 0 ? 1 : 0.5 } }];
  },
});
`;
const SHARDS = 12;
let whole: Map<string, string>;

beforeAll(async () => {
  await writeBars(root, 2, 60);
  write('slow.js', SLOW);
  const strategy = { name: './slow.js', params: { seed: { from: 1, to: SHARDS, step: 1 } } };
  write('slow.yaml', sweepFile({ strategy, stops: {}, shardRuns: 1 }));
  const { code } = await cli(root, 'run', 'slow.yaml', '--dir', 'whole', '--threads', '2');
  expect(code).toBe(0);
  whole = filesUnder(join(root, 'whole'));
});
afterAll(remove);

/** Starts the sweep and waits until some shards are finished. */
async function startedRun(dir: string) {
  const run = startCli(root, ['run', 'slow.yaml', '--dir', dir, '--threads', '2'], { SLOW: '1' });
  const results = join(root, dir, 'results');
  const done = () => (existsSync(results) ? readdirSync(results, { recursive: true }).length : 0);
  while (done() < 3 && run.child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 10));
  return run;
}

function shardsOf(dir: string): number {
  return [...filesUnder(join(root, dir)).keys()].filter((name) => name.startsWith('results')).length;
}

describe('an interrupted run', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'stops on %s with exit 130, says how to go on, and the same command gives the same bytes',
    async (signal) => {
      const { child, ended } = await startedRun(signal);
      child.kill(signal);
      const { code, stderr, stdout } = await ended;
      expect([code, stdout]).toEqual([130, '']);
      expect(stderr).toMatch(
        new RegExp(
          `interrupted: \\d+ of ${SHARDS} runs kept; to go on: backsweep run slow.yaml --dir ${signal}\n$`,
        ),
      );
      const kept = shardsOf(signal);
      expect(kept).toBeGreaterThan(0);
      expect(kept).toBeLessThan(SHARDS);
      const again = await cli(root, 'run', 'slow.yaml', '--dir', signal, '--json');
      expect(again.code).toBe(0);
      expect(JSON.parse(again.stdout).measured.runs).toBe(SHARDS - kept);
      expect(filesUnder(join(root, signal))).toEqual(whole);
    },
  );

  it('killed with -9 leaves no broken file, and resume by id gives the same bytes', async () => {
    const { child, ended } = await startedRun('killed');
    child.kill('SIGKILL');
    expect((await ended).signal).toBe('SIGKILL');
    const status = JSON.parse((await cli(root, 'status', 'last', '--dir', 'killed', '--json')).stdout);
    expect([status.state, status.doneShards]).toEqual(['running', shardsOf('killed')]);
    const top = await cli(root, 'top', '--dir', 'killed', '--json');
    expect(JSON.parse(top.stdout).length).toBe(status.doneShards);
    const { code } = await cli(root, 'resume', 'last', '--dir', 'killed');
    expect(code).toBe(0);
    expect(filesUnder(join(root, 'killed'))).toEqual(whole);
  });

  it('is done once by two processes on one directory', async () => {
    const both = await Promise.all(
      [1, 2].map(() => startCli(root, ['run', 'slow.yaml', '--dir', 'both', '--json'], { SLOW: '1' }).ended),
    );
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(filesUnder(join(root, 'both'))).toEqual(whole);
  });

  it('that was cancelled from another terminal keeps what is finished, and a run goes on in a new generation', async () => {
    const { child, ended } = await startedRun('cancelled');
    child.kill('SIGSTOP'); // else it might be done before the other process has started
    const cancel = await cli(root, 'cancel', 'last', '--dir', 'cancelled');
    expect(cancel.stdout).toMatch(/cancelled: \d+ of 12 runs are kept/);
    child.kill('SIGCONT');
    expect((await ended).code).toBe(130);
    const again = await cli(root, 'run', 'slow.yaml', '--dir', 'cancelled', '--json');
    expect(again.code).toBe(0);
    const { summary } = JSON.parse(again.stdout);
    expect([summary.status, summary.generation, summary.okRuns]).toEqual(['complete', 1, SHARDS]);
  });
});
