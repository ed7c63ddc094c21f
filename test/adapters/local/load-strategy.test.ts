import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadStrategy } from '../../../src/adapters/local/load-strategy.ts';
import { InvalidInputError } from '../../../src/contracts/errors.ts';
import { compileEvents, DEFAULT_LIMITS } from '../../../src/strategies/compile-events.ts';
import { importStrategy } from '../../../src/strategies/import-strategy.ts';
import { barsOfCloses } from '../../strategies/support.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const example = join(root, 'examples/my-strategy.ts');
// The package is not built when its tests run; a module finds the same entry as source.
const load = (path: string) =>
  loadStrategy(path, { backsweep: join(root, 'src/strategies/strategy.ts'), zodFrom: root });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'load-strategy-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const strategyText = (factor: string) => `
  import { defineStrategy } from 'backsweep';
  import { z } from 'zod';
  ${factor}
  export default defineStrategy({
    name: 'x', params: z.strictObject({ weight: z.number().default(1) }),
    warmup: () => 0,
    events: (bars, { weight }) => [{ bar: 0, weights: { A: weight * factor } }],
  });`;

describe('loadStrategy', () => {
  it('loads the example, whose events pass the gate', async () => {
    const { strategy } = await load(example);
    const bars = barsOfCloses({ A: [5, 6, 7, 6, 5, 8] });
    const params = strategy.params.parse({ risky: 'A', lookback: 2 });
    const events = strategy.events(bars, params);
    expect(events).toEqual([
      { bar: 2, weights: { A: 1 } },
      { bar: 3, weights: { A: 0 } },
      { bar: 5, weights: { A: 1 } },
    ]);
    expect(compileEvents(events, bars, DEFAULT_LIMITS).rowBar.length).toBe(3);
    expect(strategy.params.safeParse({ risky: 'A', lokback: 2 }).success).toBe(false);
  });

  it('gives code that another thread imports without any file or package', async () => {
    const { code } = await load(write('apart/far.ts', strategyText('const factor: number = 0.25;')));
    expect(code).not.toContain(folder);
    expect(code).not.toContain(root);
    const script = `
      const { parentPort, workerData } = require('node:worker_threads');
      import('data:text/javascript,' + encodeURIComponent(workerData)).then(({ default: strategy }) => {
        parentPort.postMessage(strategy.events(null, strategy.params.parse({})));
      });`;
    const worker = new Worker(script, { eval: true, workerData: code });
    const events = await new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject));
    await worker.terminate();
    expect(events).toEqual([{ bar: 0, weights: { A: 0.25 } }]);
    expect((await importStrategy(code, 'far.ts')).name).toBe('x');
  });

  it('names the sources by content: the same anywhere, another after any change of any of them', async () => {
    write('one/lib/factor.mjs', 'export const factor = 0.5;');
    write('one/factor.json', '{"factor": 0.5}');
    const imports = `import { factor as f } from './lib/factor.mjs'; import data from './factor.json';`;
    const one = await load(write('one/s.ts', strategyText(`${imports} const factor = f * data.factor;`)));
    cpSync(join(folder, 'one'), join(folder, 'two/deep'), { recursive: true });
    symlinkSync(join(folder, 'one/s.ts'), join(folder, 'link.ts'));
    expect(one.strategy.events(barsOfCloses({ A: [1] }), { weight: 1 })[0]!.weights).toEqual({ A: 0.25 });
    expect((await load(join(folder, 'two/deep/s.ts'))).codeSha256).toBe(one.codeSha256);
    expect((await load(join(folder, 'two/deep/s.ts'))).code).toBe(one.code);
    expect((await load(join(folder, 'link.ts'))).codeSha256).toBe(one.codeSha256);
    write('two/deep/unused.ts', 'export {};');
    expect((await load(join(folder, 'two/deep/s.ts'))).codeSha256).toBe(one.codeSha256);
    write('two/deep/factor.json', '{"factor": 0.75}');
    expect((await load(join(folder, 'two/deep/s.ts'))).codeSha256).not.toBe(one.codeSha256);
    write('one/lib/factor.mjs', 'export const factor = 0.125;');
    expect((await load(join(folder, 'one/s.ts'))).codeSha256).not.toBe(one.codeSha256);
  });

  it('gives modules the zod of this package, not one that lies beside them', async () => {
    write('own/node_modules/zod/package.json', '{"name": "zod", "type": "module", "main": "index.js"}');
    write('own/node_modules/zod/index.js', 'export const z = null;');
    const { strategy } = await load(write('own/s.js', strategyText('const factor = 1;')));
    expect(strategy.params.parse({})).toEqual({ weight: 1 });
  });

  it.each([
    ['a file that is not there', null, /gone\.ts: expected the module of a strategy, found no such file/],
    [
      'a syntax error',
      'export default {\n  a: 1,,\n};',
      /bad\.ts: expected a module that builds, found at bad\.ts:2:8: Expected identifier/,
    ],
    [
      'an import that is nowhere',
      "import './nowhere.ts';",
      /found at bad\.ts:1:8: Could not resolve "\.\/nowhere\.ts"/,
    ],
    [
      "Node's own modules",
      "import 'node:fs';",
      /found at bad\.ts:1:8: Could not resolve "node:fs"; .* none of Node's own modules/,
    ],
    [
      'an error while loading',
      "throw new Error('boom');",
      /bad\.ts: expected a module that loads, found an error: boom/,
    ],
    [
      'no default export',
      'export const a = 1;',
      /bad\.ts: expected `export default defineStrategy\(\{name, .*\}\)`, found no default export/,
    ],
    ['another default export', 'export default () => 1;', /found a function as its default export/],
    [
      'a strategy without parameters',
      "export default { name: 'x', description: 'y' };",
      /found params: nothing/,
    ],
    [
      'a strategy without warm-up',
      "import { z } from 'zod'; export default { name: 'x', description: '', params: z.object({}), warmup: 3 };",
      /found warmup: 3/,
    ],
    [
      'a strategy without events',
      "import { z } from 'zod'; export default { name: 'x', description: '', params: z.object({}), warmup() {} };",
      /found events: nothing/,
    ],
    [
      'a description that is no text',
      "export default { name: 'x', description: 1 };",
      /found description: 1/,
    ],
    ['a strategy without a name', "export default { name: '' };", /found name: ""/],
  ])("refuses %s as the caller's mistake, saying what it expected", async (_, text, message) => {
    const path = text === null ? join(folder, 'gone.ts') : write('bad.ts', text);
    await expect(load(path)).rejects.toThrow(message);
    await expect(load(path)).rejects.toThrow(InvalidInputError);
  });
});
