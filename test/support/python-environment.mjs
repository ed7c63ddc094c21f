import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Installs a list of pinned packages in a virtual environment of Python in the user's cache, once per content of the
 * list, and gives the folder of its programs.
 *
 * @param name what the folder is called
 * @param requirements path of a requirements.txt that names every package, dependencies included
 * @param python the interpreter that the environment is made of
 */
export function pythonEnvironment(name, requirements, python = 'python3') {
  const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const venv = join(cache, 'backsweep', `${name}-${digest}`);
  const finished = join(venv, 'finished');
  if (!existsSync(finished)) {
    rmSync(venv, { recursive: true, force: true });
    mkdirSync(join(cache, 'backsweep'), { recursive: true });
    run(python, ['-m', 'venv', venv], 'Python 3.10 or later with its venv module');
    const pip = ['install', '--quiet', '--disable-pip-version-check', '--no-deps', '-r', requirements];
    run(join(venv, 'bin', 'pip'), pip, `the packages of ${requirements} from PyPI`);
    writeFileSync(finished, '');
  }
  return join(venv, 'bin');
}

function run(command, args, expected) {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2], timeout: 600_000 });
  if (status !== 0) throw new Error(`expected ${expected}, found ${error ?? `exit code ${status}`}`);
}
