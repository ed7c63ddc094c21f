import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { pythonEnvironment } from '../support/python-environment.mjs';

/** Packages that a peer is installed with, and the interpreter they are for. */
export interface PeerPackages {
  /** Folder under `test/peers`. */
  readonly peer: string;
  /** What its environment is called, where a peer has several. */
  readonly name?: string;
  readonly requirements?: string;
  readonly python?: string;
}

const folderOf = (peer: string) => fileURLToPath(new URL(`./${peer}/`, import.meta.url));

/** The interpreter of a peer's own environment, installed where it is not there yet. */
export async function peerPython(given: PeerPackages): Promise<string> {
  const { peer, name = peer, requirements = 'requirements.txt', python } = given;
  return join(await pythonEnvironment(name, join(folderOf(peer), requirements), python), 'python');
}

/**
 * Runs a script of a peer's folder in that peer's own environment of Python.
 *
 * Fails the test with what the script wrote to stderr where it ends otherwise than with 0.
 *
 * @param packages the peer, or which of its environments
 * @param input goes to the script's standard input
 * @returns its standard output
 */
export async function runPython(
  packages: string | PeerPackages,
  script: string,
  args: readonly string[],
  input = '',
): Promise<string> {
  const given = typeof packages === 'string' ? { peer: packages } : packages;
  const child = spawn(await peerPython(given), [join(folderOf(given.peer), script), ...args]);
  child.stdin.on('error', () => {}); // it ended before it read all: its exit code says why
  child.stdin.end(input);
  const [stdout, stderr, status] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((ended) => child.on('close', ended)),
  ]);
  if (status !== 0) throw new Error(`${given.peer}/${script}: exit code ${status}\n${stderr}`);
  return stdout;
}

/** Repeats exported runs by the script that is exported with them, and gives the line of JSON that it prints of each. */
// biome-ignore lint/suspicious/noExplicitAny: JSON that a test looks into
export async function repeatExports(packages: PeerPackages, folders: readonly string[]): Promise<any[]> {
  const script = join(folderOf(packages.peer), 'run_instructions.py');
  const printed = await runPython(packages, '../repeat_exports.py', [script, ...folders]);
  const lines = printed.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line));
}
