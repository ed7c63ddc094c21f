import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleStrategies } from '../../infra/strategies.ts';
import { loadStrategy } from '../../src/adapters/local/load-strategy.ts';
import { importStrategy } from '../../src/strategies/import-strategy.ts';
import { ROOT, type Synthesised, synthStack } from '../support/synth-stack.ts';

const EXAMPLE = 'examples/my-strategy.ts';
let folder: string;
let outdir: string;
let synth: Synthesised;

/** Bundles once, as a deploy does, far from the repository: nothing is found by accident. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'backsweep-bundles-'));
  outdir = join(folder, 'cdk.out');
  mkdirSync(outdir);
  synth = await synthStack({ bundle: true, outdir, settings: { strategies: [EXAMPLE] } });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The folder that becomes the code of a function. */
function assetOf(name: string): string {
  const functions = Object.entries(synth.resources('AWS::Lambda::Function'));
  const [, fn] = functions.find(([id]) => id.startsWith(`${name}Function`))!;
  return join(outdir, `asset.${fn.Properties.Code.S3Key.replace('.zip', '')}`);
}

/** What the bundled handler answers in a process of its own. */
async function answer(name: string): Promise<unknown> {
  const code = `import(process.argv[1]).then(({ handler }) => handler()).then((x) => console.log(JSON.stringify(x)))`;
  const env = { PATH: process.env.PATH, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['-e', code, join(assetOf(name), 'index.mjs')],
    {
      env,
      cwd: folder,
    },
  );
  return JSON.parse(stdout);
}

describe('the code of the functions', () => {
  it('is there for each, and runs without the repository', async () => {
    for (const name of ['Planner', 'Worker', 'DeadLetters', 'Reconciler']) {
      expect(await answer(name), name).toBe('ok');
    }
  });

  it('brings its own SDK, whose CommonJS parts find `require`', async () => {
    expect(await answer('Api')).toMatchObject({ region: 'eu-central-1' });
    expect(readFileSync(join(assetOf('Api'), 'index.mjs'), 'utf8')).not.toMatch(/from ?"@aws-sdk/);
  });

  it('of the aggregator has parquetjs-lite beside it, which writes', async () => {
    expect(readdirSync(join(assetOf('Aggregator'), 'node_modules')).sort()).toEqual(
      ['int53', 'node-int64', 'parquetjs-lite', 'snappyjs', 'varint'].sort(),
    );
    expect(await answer('Aggregator')).toBeGreaterThan(100);
  });

  it('has the strategies of the settings beside it, by the hash that the command line computes', async () => {
    const packages = { backsweep: join(ROOT, 'src/strategies/strategy.ts'), zodFrom: ROOT };
    const { strategy, codeSha256 } = await loadStrategy(join(ROOT, EXAMPLE), packages);
    const index = [{ name: strategy.name, codeSha256, file: `${codeSha256}.mjs` }];
    expect(await answer('Api')).toMatchObject({ index });
    for (const name of ['Planner', 'Worker', 'Aggregator']) {
      const file = join(assetOf(name), 'strategies', `${codeSha256}.mjs`);
      expect((await importStrategy(readFileSync(file, 'utf8'), 'bundled')).name).toBe(strategy.name);
    }
    for (const name of ['DeadLetters', 'Reconciler']) {
      expect(existsSync(join(assetOf(name), 'strategies')), name).toBe(false);
    }
  });

  it('is refused with two strategies of one name, and with a module that is not there', async () => {
    const copy = join(folder, 'copy.ts');
    writeFileSync(copy, readFileSync(join(ROOT, EXAMPLE)));
    const bundle = (modules: string[]) => bundleStrategies(ROOT, modules, join(folder, 'strategies'));
    await expect(bundle([EXAMPLE, copy])).rejects.toThrow(
      /expected each name once, found .* again in .*copy\.ts/,
    );
    await expect(bundle(['nowhere.ts'])).rejects.toThrow(/nowhere\.ts: expected the module of a strategy/);
  });
});
