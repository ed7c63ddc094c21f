import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';

/**
 * Installs a list of pinned packages in a virtual environment of Python in the user's cache, once per content of the
 * list, and gives the folder of its programs.
 *
 * Each call installs into a folder of its own, and a link to the first that is complete is what all use: an installation
 * that is broken off is never taken for one, and of several at once none spoils another.
 *
 * @param name what the link is called
 * @param requirements path of a requirements.txt that names every package, dependencies included
 * @param python the interpreter that the environment is made of
 */
export async function pythonEnvironment(name, requirements, python = 'python3') {
  const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'backsweep');
  const environment = join(cache, `python-${name}-${digest}`);
  if (!existsSync(environment)) {
    mkdirSync(cache, { recursive: true });
    const own = mkdtempSync(`${environment}-`);
    try {
      await install(own, requirements, python);
      symlinkSync(basename(own), environment);
    } catch (error) {
      rmSync(own, { recursive: true, force: true });
      if (error.code !== 'EEXIST') throw error;
    }
  }
  return join(environment, 'bin');
}

async function install(venv, requirements, python) {
  await run(python, ['-m', 'venv', venv], 'Python 3.10 or later with its venv module');
  // Compiled ahead are thousands of files, of which a few hundred are ever imported.
  const pip = [
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--no-compile',
    '--no-deps',
    '-r',
    requirements,
  ];
  await run(join(venv, 'bin', 'pip'), pip, `the packages of ${requirements} from PyPI`);
}

function run(command, args, expected) {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { stdio: ['ignore', 2, 2], timeout: 600_000 });
    child.on('error', (error) => failed(new Error(`expected ${expected}, found ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) done();
      else failed(new Error(`expected ${expected}, found exit code ${code ?? signal}`));
    });
  });
}
