import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { nautilusInput } from '../../support/nautilus-cases.ts';
import type { NautilusResult } from '../../support/nautilus-match.ts';
import { type PeerPackages, runPython } from '../python.ts';

/** One release of NautilusTrader that is compared, and its environment of Python. */
export interface Release extends PeerPackages {
  readonly version: string;
}

/** The newest release, and the newest for Python 3.11; of the versions of Python that go with it the first found is taken. */
const RELEASES = [
  { version: '1.231.0', requirements: 'requirements.txt', pythons: ['3.12', '3.13'] },
  { version: '1.221.0', requirements: 'requirements-1.221.0.txt', pythons: ['3.11'] },
] as const;

/** The releases whose Python is on this machine; an error where there is none of them. */
export function installableReleases(): Release[] {
  const found = RELEASES.flatMap(({ version, requirements, pythons }) => {
    const python = findPython(pythons);
    return python ? [{ peer: 'nautilus', name: `nautilus-${version}`, version, requirements, python }] : [];
  });
  if (found.length > 0) return found;
  const wanted = RELEASES.flatMap(({ pythons }) => pythons).join(', ');
  throw new Error(`expected one of Python ${wanted} as python3, python3.x or in pyenv, found none of them`);
}

/** Runs cases in one process of a release. */
export async function runNautilus(
  release: Release,
  cases: readonly ReturnType<typeof nautilusInput>[],
): Promise<(NautilusResult & { seconds: number })[]> {
  const answer: { version: string; results: (NautilusResult & { seconds: number })[] } = JSON.parse(
    await runPython(release, 'run_cases.py', [], JSON.stringify(cases)),
  );
  if (answer.version !== release.version) {
    throw new Error(`expected NautilusTrader ${release.version}, found ${answer.version}`);
  }
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
