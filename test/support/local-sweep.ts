import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeDataset } from '../../src/adapters/local/dataset-directory.ts';
import { openDirectoryStore } from '../../src/adapters/local/directory-store.ts';
import { synthBars } from '../../src/formats/synth-bars.ts';
import { specKey } from '../../src/sweep/keys.ts';
import type { Store } from '../../src/sweep/ports.ts';
import { contents } from './stores.ts';

/** The compiled command line; `npm test` builds first. */
const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Makes up a dataset in a directory, three assets with gaps. */
export function synthDataset(folder: string, bars = 300) {
  const symbols = synthBars({
    assets: 3,
    bars,
    seed: 11,
    correlation: 0.3,
    gapProbability: 0.02,
    interval: 'day',
    start: Date.UTC(2012, 0, 2),
  });
  return writeDataset(join(folder, 'bars'), symbols, 'made up');
}

/** What a sweep left behind on this machine. */
export interface LocalSweep {
  /** The directory of its store. */
  readonly dir: string;
  readonly sweepId: string;
  /** What it was resolved to; also what is submitted to the cloud. */
  readonly spec: unknown;
  readonly store: Store;
}

/** Runs a sweep file by the command line, in a directory that holds what it names. */
export async function runByCommand(folder: string, file: object): Promise<LocalSweep> {
  const name = `sweep-${writtenFiles++}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(file));
  const dir = join(folder, name);
  const args = [MAIN, 'run', join(folder, `${name}.json`), '--dir', dir, '--threads', '2', '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, args).catch((error) => error);
  const { sweepId } = JSON.parse(stdout) as { sweepId: string };
  const store = await openDirectoryStore(dir);
  const spec = JSON.parse(new TextDecoder().decode((await store.get(specKey(sweepId)))!));
  return { dir, sweepId, spec, store };
}

let writtenFiles = 0;

/** sha256 of everything a sweep published, by key: spec, plan, results, tables, summary. */
export async function publishedBytes(store: Store, sweepId: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const prefix of ['sweeps/', 'results/', 'failures/', 'tables/', 'final/']) {
    for (const [key, sha256] of Object.entries(await contents(store, prefix))) {
      if (key.includes(sweepId)) found[key] = sha256;
    }
  }
  return found;
}
