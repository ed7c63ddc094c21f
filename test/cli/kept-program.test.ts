import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { BIN } from '../support/cli.ts';

const KEPT_PROGRAM = new URL('../../dist/cli/kept-program.js', import.meta.url);
/** Flags of V8 that the kept code was not compiled with: it is refused. */
const OTHER_FLAGS = { NODE_OPTIONS: '--max-old-space-size=3000' };

function node(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { status, stdout, stderr };
}

/** What V8 says of the kept code in a process of its own. */
const isRefused = (env: NodeJS.ProcessEnv) =>
  node(
    [
      '--input-type=module',
      '--eval',
      `import { readFileSync } from 'node:fs';
      import { KEPT_CODE, keptScript } from ${JSON.stringify(KEPT_PROGRAM.href)};
      const code = readFileSync(${JSON.stringify(fileURLToPath(new URL('../../', import.meta.url)))} + KEPT_CODE);
      console.log(keptScript(code).cachedDataRejected);`,
    ],
    env,
  );

describe('the code that the build keeps', () => {
  it('is taken by the version of Node.js that built it, and refused under other flags', () => {
    expect(isRefused({})).toEqual({ status: 0, stdout: 'false\n', stderr: '' });
    expect(isRefused(OTHER_FLAGS)).toEqual({ status: 0, stdout: 'true\n', stderr: '' });
  });

  it('is the same program as the script that is compiled anew where it is refused', () => {
    for (const args of [
      ['strategies'],
      ['schema'],
      ['run', 'nowhere.yaml'],
      ['nonsense'],
      ['top', '--help'],
    ]) {
      const kept = node([BIN, ...args]);
      expect(node([BIN, ...args], OTHER_FLAGS)).toEqual(kept);
      expect(kept.stdout + kept.stderr).not.toBe('');
    }
    expect(node([BIN, 'run', 'nowhere.yaml']).status).toBe(2);
  });
});
