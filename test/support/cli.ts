import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeDataset } from '../../src/adapters/local/dataset-directory.ts';
import { synthBars } from '../../src/formats/synth-bars.ts';

/** The program that `npm run build` makes. */
export const BIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** What a program ended with. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the program in a directory; its output is collected until it ends. */
export function startCli(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, bin = BIN) {
  if (!existsSync(bin)) throw new Error(`${bin} is missing: npm run build makes it`);
  const child: ChildProcess = spawn(process.execPath, [bin, ...args], {
    cwd,
    env: { ...process.env, ...env },
  });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]!.setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...texts }));
  });
  return { child, ended };
}

/** Runs the program to its end. */
export function cli(cwd: string, ...args: readonly string[]): Promise<Ended> {
  return startCli(cwd, args).ended;
}

/** A directory of its own for a file of tests, and how to be rid of it. */
export function scratch(name: string) {
  const root = mkdtempSync(join(tmpdir(), `backsweep-${name}-`));
  return {
    root,
    write(file: string, content: string | Uint8Array): string {
      writeFileSync(join(root, file), content);
      return file;
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Writes made-up bars as the dataset `bars` of a directory. */
export async function writeBars(root: string, assets = 3, bars = 200): Promise<void> {
  const symbols = synthBars({
    assets,
    bars,
    seed: 5,
    correlation: 0.3,
    gapProbability: 0.01,
    interval: 'day',
    start: Date.UTC(2015, 0, 5),
  });
  await writeDataset(join(root, 'bars'), symbols, 'made up for tests');
}

/** Every file under a directory by relative path, but what was measured, and reports, which show that. */
export function filesUnder(directory: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = relative(directory, path);
    if (!/^(usage|reports)/.test(name)) files.set(name, readFileSync(path).toString('base64'));
  }
  return files;
}

/** A sweep file of 16 runs over the dataset `bars`; later fields replace earlier ones. */
export function sweepFile(fields: object = {}): string {
  return JSON.stringify({
    name: 'tiny',
    bars: './bars',
    strategy: { name: 'momentum', params: { lookback: [10, 20], top: [1, 2] } },
    stops: { stopLoss: [null, 0.03], trailingStop: [null, 0.1] },
    portfolio: { feeRate: 0.001 },
    ...fields,
  });
}
