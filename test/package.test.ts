import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Compiled into one module each: the kernel, and the page of the report. */
const BUNDLED = /^(core\/kernel\/assembly|report\/page)\//;
/** What is in the package besides the compiled sources; dist/ may hold files that a build makes for the programs. */
const OTHERS = [
  ...['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json', 'dist/report/page/page.js'],
  // What `backsweep export` puts beside a run.
  ...['nautilus', 'vectorbt'].flatMap((engine) =>
    ['requirements.txt', 'run_instructions.py'].map((name) => `test/peers/${engine}/${name}`),
  ),
];
const ASSET = /^dist\/.+\.(wasm|html|css|min\.js)$/;

function packed(): string[] {
  const args = ['pack', '--dry-run', '--ignore-scripts', '--json'];
  const { stdout, stderr, status } = spawnSync('npm', args, { cwd: root, encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  return files.map(({ path }) => path).sort();
}

test('npm pack takes every source compiled, with its types, the documents of a package, and nothing else', () => {
  const sources = readdirSync(`${root}/src`, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts') && !BUNDLED.test(name))
    .map((name) => name.replace(/\.ts$/, ''));
  const compiled = sources.flatMap((name) => [`dist/${name}.js`, `dist/${name}.d.ts`]);
  const files = packed();
  expect(files.filter((file) => !ASSET.test(file))).toEqual([...compiled, ...OTHERS].sort());
  const asked = ['dist/api.js', 'dist/api.d.ts', 'dist/cli/main.js'];
  expect(files).toEqual(expect.arrayContaining(asked));
  for (const file of files) expect(existsSync(`${root}/${file}`), file).toBe(true);
});
