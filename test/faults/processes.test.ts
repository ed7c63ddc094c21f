import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDirectoryStore } from '../../src/adapters/local/directory-store.ts';
import { filesUnder, startCli, sweepFile, writeBars } from '../support/cli.ts';
import { randomStream } from '../support/random.ts';
import { reportFaults } from '../support/report-faults.ts';
import { contents } from '../support/stores.ts';

const program = (name: string) => fileURLToPath(new URL(`../support/${name}`, import.meta.url));
const start = (name: string, ...args: string[]) =>
  spawn(process.execPath, [program(name), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
/** Resolves with the first output of a child. */
const firstOutput = (child: ChildProcess) => once(child.stdout!, 'data');

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'backsweep-processes-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('F1 F8 a process killed with -9 in the middle of its puts', () => {
  it('leaves whole objects or none, and what it left half written is gone when the directory is opened', async () => {
    const size = 20_000_000;
    const random = randomStream(8);
    const path = join(root, 'puts');
    let cutOff = 0;
    for (let kill = 0; kill < 5; kill++) {
      const child = start('put-process.mjs', path, String(size));
      await firstOutput(child);
      await sleep(20 + 60 * random());
      child.kill('SIGKILL');
      expect(await once(child, 'close')).toEqual([null, 'SIGKILL']);
      cutOff += (await readdir(join(path, '.tmp'))).length;
      const store = await openDirectoryStore(path);
      expect(await readdir(join(path, '.tmp'))).toEqual([]);
      for await (const { bytes } of store.list('results/')) expect(bytes).toBe(size);
    }
    expect(cutOff).toBeGreaterThan(0); // else no put was hit
    reportFaults({ F1: 5, F8: cutOff });
  });
});

describe('F1 F25 a sweep killed with -9 at any moment, started again each time', () => {
  it('loses nothing and ends with the bytes of an undisturbed one', async () => {
    const whole = join(root, 'whole');
    const undisturbed = start('sweep-process.mjs', whole);
    undisturbed.stdout!.resume();
    expect(await once(undisturbed, 'close')).toEqual([0, null]);
    const expected = await contents(await openDirectoryStore(whole));
    const random = randomStream(25);
    const path = join(root, 'killed');
    let before: Record<string, string> = {};
    let kills = 0;
    for (let done = false; !done; ) {
      const child = start('sweep-process.mjs', path);
      const closed = once(child, 'close');
      await Promise.race([firstOutput(child), closed]);
      if (kills < 3) await Promise.race([sleep(30 * random()), closed]);
      else await closed;
      if (child.exitCode === null) {
        child.kill('SIGKILL');
        kills++;
      }
      done = (await closed)[0] === 0;
      const now = await contents(await openDirectoryStore(path));
      expect(now).toMatchObject(
        Object.fromEntries(Object.entries(before).filter(([key]) => !key.startsWith('active/'))),
      );
      expect(existsSync(join(path, '.tmp')) ? await readdir(join(path, '.tmp')) : []).toEqual([]);
      before = now;
    }
    expect(before).toEqual(expected);
    expect(kills).toBeGreaterThan(0);
    reportFaults({ F1: kills, F25: kills });
  });
});

// Busy for some 50 ms a run, so that there is a middle to interrupt; what it counts decides nothing.
const SLOW = `
import { defineStrategy } from 'backsweep';
import * as z from 'zod';
export default defineStrategy({
  name: 'slow',
  description: 'Takes its time',
  params: z.strictObject({ seed: z.int() }),
  warmup: () => 0,
  events(bars, { seed }) {
    let x = seed;
    for (let i = 0; i < 30_000_000; i++) x = (Math.imul(x, 1103515245) + 12345) >>> 0;
    return [{ bar: 1 + (x % 5), weights: { SYN001: 0.5 } }];
  },
});
`;

describe('F25 a second SIGINT', () => {
  it('ends the program at once, and the same command goes on to the end', async () => {
    await writeBars(root, 2, 60);
    writeFileSync(join(root, 'slow.js'), SLOW);
    const strategy = { name: './slow.js', params: { seed: { from: 1, to: 8, step: 1 } } };
    writeFileSync(join(root, 'slow.yaml'), sweepFile({ strategy, stops: {}, shardRuns: 1 }));
    const { child, ended } = startCli(root, ['run', 'slow.yaml', '--dir', 'twice', '--threads', '1']);
    const results = join(root, 'twice', 'results');
    while (!existsSync(results) && child.exitCode === null) await sleep(10);
    child.kill('SIGINT');
    child.kill('SIGINT');
    const { code, signal } = await ended;
    expect(code === 130 || signal === 'SIGINT').toBe(true);
    const kept = readdirSync(results, { recursive: true }).filter((name) =>
      String(name).endsWith('.parquet'),
    );
    expect(kept.length).toBeLessThan(8);
    const again = await startCli(root, ['run', 'slow.yaml', '--dir', 'twice', '--json']).ended;
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({
      summary: { status: 'complete', okRuns: 8 },
      measured: { runs: 8 - kept.length },
    });
    expect([...filesUnder(join(root, 'twice')).keys()].some((name) => name.includes('.tmp'))).toBe(false);
  });
});
