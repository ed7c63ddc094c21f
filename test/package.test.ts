import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Compiled into one module each: the kernel, loops of the statistics, and the page of the report. */
const BUNDLED = /^(core\/kernel\/assembly|sweep\/statistics\/assembly|report\/page)\//;
/** What is in the package besides types and chunks; dist/ holds more, which the build makes for the programs. */
const OTHERS = [
  // What is started, bundled, and the module that `backsweep` means inside a strategy.
  ...['api', 'cli/main', 'adapters/local/shard-worker', 'strategies/strategy'].map(
    (name) => `dist/${name}.js`,
  ),
  ...['dist/chunks/LICENSES.txt', 'dist/report/page/page.js'],
  ...['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'],
  // What `backsweep export` puts beside a run.
  ...['nautilus', 'vectorbt'].flatMap((engine) =>
    ['requirements.txt', 'run_instructions.py'].map((name) => `test/peers/${engine}/${name}`),
  ),
];
const ASSET = /^dist\/.+\.css$/;
const CHUNK = /^dist\/chunks\/[\w-]+\.js$/;

function packed(): string[] {
  const args = ['pack', '--dry-run', '--ignore-scripts', '--json'];
  const { stdout, stderr, status } = spawnSync('npm', args, { cwd: root, encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  return files.map(({ path }) => path).sort();
}

/** The chunks that a bundle imports, at once or when asked. */
function chunksOf(file: string): string[] {
  const imports = /(?:from|import|import\()\s*"((?:\.\/|\.\.\/)[^"]+\.js)"/g;
  const text = readFileSync(`${root}/${file}`, 'utf8');
  return [...text.matchAll(imports)]
    .map(([, path]) => join(dirname(file), path!))
    .filter((path) => CHUNK.test(path));
}

test('npm pack takes the bundles, the types of every source, the documents of a package, and nothing else', () => {
  const sources = readdirSync(`${root}/src`, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts') && !BUNDLED.test(name))
    .map((name) => name.replace(/\.ts$/, ''));
  const types = sources.map((name) => `dist/${name}.d.ts`);
  const files = packed();
  const named = files.filter((file) => !ASSET.test(file) && !CHUNK.test(file));
  expect(named).toEqual([...types, ...OTHERS].sort());
  const imported = files.filter((file) => file.endsWith('.js')).flatMap(chunksOf);
  expect(files.filter((file) => CHUNK.test(file))).toEqual([...new Set(imported)].sort());
  const asked = ['dist/api.js', 'dist/api.d.ts', 'dist/cli/main.js'];
  expect(files).toEqual(expect.arrayContaining(asked));
  for (const file of files) expect(existsSync(`${root}/${file}`), file).toBe(true);
});
