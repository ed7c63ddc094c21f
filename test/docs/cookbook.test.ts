import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';
import { afterAll, expect, test } from 'vitest';
import { cli, scratch, startCli } from '../support/cli.ts';
import { duckdb } from '../support/duckdb.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = readFileSync(join(root, 'docs/cookbook.md'), 'utf8');
const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, body]) => ({
  language: language!,
  body: body!,
}));
const { root: folder, write, remove } = scratch('cookbook');
afterAll(remove);

/** The words of a command as a shell would split them. */
const words = (line: string) =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);

test('every command and program of the cookbook runs, in its order', { timeout: 180_000 }, async () => {
  let [run, other] = ['', ''];
  const seen = new Set<string>();
  for (const { language, body } of blocks) {
    seen.add(language);
    if (language === 'yaml') write('sweep.yaml', body);
    if (language === 'ts')
      expect(await program(body)).toMatch(/^identical buy 100 rebalance, sell 95 stop_loss$/m);
    if (language !== 'sh') continue;
    for (const line of body.trimEnd().split('\n')) {
      const [name, ...args] = words(line).map((word) => ({ RUN: run, OTHER_RUN: other })[word] ?? word);
      expect(name).toBe('backsweep');
      const { code, stdout, stderr } = await cli(folder, ...args);
      expect([line, code, stderr.match(/^error.*/m)]).toEqual([line, 0, null]);
      expect(stdout !== '' || args.includes('--out'), line).toBe(true);
      if (args[0] === 'run') {
        const top = await cli(folder, 'top', 'last', '--json');
        [run, other] = JSON.parse(top.stdout).map(({ run_id }: { run_id: string }) => run_id);
      }
    }
  }
  expect([...seen].sort()).toEqual(['python', 'sh', 'ts', 'yaml']);
  const [[rows]] = (await duckdb(`SELECT count(*) FROM '${join(folder, 'runs.parquet')}'`)) as [[bigint]];
  expect(Number(rows)).toBe(16);
});

/** What a program prints that imports the package by its name. */
async function program(source: string): Promise<string> {
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(root, join(folder, 'node_modules', 'backsweep'), 'dir');
  const { code } = await transform(source, { loader: 'ts', format: 'esm' });
  write('program.mjs', code);
  const { stdout, stderr, code: exit } = await startCli(folder, [], {}, join(folder, 'program.mjs')).ended;
  expect(exit, stderr).toBe(0);
  return stdout;
}
