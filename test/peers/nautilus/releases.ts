import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { nautilusInput } from '../../support/nautilus-cases.ts';
import type { NautilusResult } from '../../support/nautilus-match.ts';
import { pythonEnvironment } from '../../support/python-environment.mjs';

/** One release of NautilusTrader that is compared. */
export interface Release {
  readonly version: string;
  readonly requirements: string;
  /** Versions of Python that its list of packages is for, the first found is taken. */
  readonly pythons: readonly string[];
}

const FOLDER = fileURLToPath(new URL('.', import.meta.url));

/** The newest release, and the newest for Python 3.11. */
const RELEASES: readonly Release[] = [
  { version: '1.231.0', requirements: 'requirements.txt', pythons: ['3.12', '3.13'] },
  { version: '1.221.0', requirements: 'requirements-1.221.0.txt', pythons: ['3.11'] },
];

/** The releases whose Python is on this machine; an error where there is none of them. */
export function installableReleases(): Release[] {
  const found = RELEASES.filter(({ pythons }) => findPython(pythons) !== null);
  if (found.length > 0) return found;
  const wanted = RELEASES.flatMap(({ pythons }) => pythons).join(', ');
  throw new Error(`expected one of Python ${wanted} as python3, python3.x or in pyenv, found none of them`);
}

/** Runs cases in one process of a release. */
export function runNautilus(
  { version, requirements, pythons }: Release,
  cases: readonly ReturnType<typeof nautilusInput>[],
): (NautilusResult & { seconds: number })[] {
  const bin = pythonEnvironment(`nautilus-${version}`, join(FOLDER, requirements), findPython(pythons)!);
  const { status, stdout, stderr, error } = spawnSync(join(bin, 'python'), [join(FOLDER, 'run_cases.py')], {
    input: JSON.stringify(cases),
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (status !== 0) throw new Error(`run_cases.py: exit code ${status}\n${error ?? ''}${stderr}`);
  const answer: { version: string; results: (NautilusResult & { seconds: number })[] } = JSON.parse(stdout);
  if (answer.version !== version)
    throw new Error(`expected NautilusTrader ${version}, found ${answer.version}`);
  return answer.results;
}

function findPython(versions: readonly string[]): string | null {
  const root = join(process.env.PYENV_ROOT || join(homedir(), '.pyenv'), 'versions');
  const installed = existsSync(root) ? readdirSync(root).sort() : [];
  for (const version of versions) {
    const ofPyenv = installed.filter((name) => name.startsWith(`${version}.`));
    const candidates = [
      'python3',
      `python${version}`,
      ...ofPyenv.map((name) => join(root, name, 'bin', 'python3')),
    ];
    const found = candidates.find((python) => versionOf(python) === version);
    if (found) return found;
  }
  return null;
}

function versionOf(python: string): string {
  const ask = 'import sys; print("%d.%d" % sys.version_info[:2])';
  return spawnSync(python, ['-c', ask], { encoding: 'utf8' }).stdout?.trim() ?? '';
}
