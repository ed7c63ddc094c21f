import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pythonEnvironment } from '../support/python-environment.mjs';

/**
 * Runs a script of a peer's folder in that peer's own environment of Python (`requirements.txt` beside the script).
 *
 * Fails the test with what the script wrote to stderr where it ends otherwise than with 0.
 *
 * @param peer name of the folder under `test/peers`
 * @param input goes to the script's standard input
 * @returns its standard output
 */
export function runPython(peer: string, script: string, args: readonly string[], input = ''): string {
  const folder = fileURLToPath(new URL(`./${peer}/`, import.meta.url));
  const python = join(pythonEnvironment(peer, join(folder, 'requirements.txt')), 'python');
  const { status, stdout, stderr, error } = spawnSync(python, [join(folder, script), ...args], {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (status !== 0) throw new Error(`${peer}/${script}: exit code ${status}\n${error ?? ''}${stderr}`);
  return stdout;
}
