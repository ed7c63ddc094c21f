// Bundles what is started (the command line, the API, a thread) with what it imports into few files: Node.js loads a file in
// about a millisecond, and there were 450 of them (docs/decisions/0012). What the bundles share, and what is loaded only
// when it is asked for, lies in dist/chunks. The other modules of dist/ are for the programs of this repository.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const chunks = join(root, 'dist', 'chunks');

/** Packages that stay packages: with native code, large and seldom asked for, or (parquetjs-lite) broken in a bundle. */
const EXTERNAL = ['@duckdb/node-api', 'esbuild', '@aws-sdk/*', '@smithy/*', 'parquetjs-lite'];

/** zod's messages in English alone: the other languages are a quarter of all that would be loaded. */
const english = {
  name: 'english',
  setup: (bundle) =>
    bundle.onLoad({ filter: /[/\\]zod[/\\]v4[/\\]locales[/\\]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    })),
};

rmSync(chunks, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/api.ts', 'src/cli/main.ts', 'src/adapters/local/shard-worker.ts'],
  outbase: 'src',
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  charset: 'utf8',
  external: EXTERNAL,
  plugins: [english],
  // Packages in CommonJS ask for Node's own modules by `require`, which an ES module has not.
  banner: {
    js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
  },
  legalComments: 'none', // in the file of licences, whole
  metafile: true,
  logLevel: 'warning',
});

const bundled = Object.keys(metafile.inputs).map(
  (input) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1],
);
const packages = [...new Set(bundled.filter((name) => name !== undefined))].sort();
writeFileSync(join(chunks, 'LICENSES.txt'), packages.map(licenseOf).join('\n'));

/** Name, version and licence of a bundled package, as its authors ask for. */
function licenseOf(name) {
  const folder = join(root, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`${name}: expected a file LICENSE to ship with its code, found none`);
  return `## ${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
}
