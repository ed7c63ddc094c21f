// Bundles what is started (the command line, the API, a thread) with what it imports into few files: Node.js loads a file in
// about a millisecond, and there were 450 of them (docs/decisions/0012). What the bundles share, and what is loaded only
// when it is asked for, lies in dist/chunks. The other modules of dist/ are for the programs of this repository.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const chunks = join(root, 'dist', 'chunks');
const kept = join(root, 'dist', 'kept');

/** Packages that stay packages: with native code, or large and seldom asked for. */
const EXTERNAL = ['@duckdb/node-api', 'esbuild', '@aws-sdk/*', '@smithy/*'];

/**
 * parquetjs-lite and what it brings, for a module: variables that are never declared are errors there, and `new Buffer`, which
 * looks through the stack at each call, would warn outside of node_modules.
 */
const strict = {
  name: 'strict',
  setup: (bundle) =>
    bundle.onLoad(
      { filter: /[/\\]node_modules[/\\](parquetjs-lite|node-int64)[/\\].*\.js$/ },
      ({ path }) => ({
        contents: readFileSync(path, 'utf8')
          .replaceAll(/^(\w+) = module\.exports/gm, 'var $1 = module.exports')
          .replaceAll(/\bnew Buffer\(/g, 'bufferOf(')
          .concat('\nfunction bufferOf(from, encoding) {')
          .concat(
            "\n  return typeof from === 'number' ? Buffer.alloc(from) : Buffer.from(from, encoding);\n}\n",
          ),
      }),
    ),
};

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  external: EXTERNAL,
  plugins: [strict],
  legalComments: 'none', // in the file of licences, whole
  logLevel: 'warning',
};
for (const folder of [chunks, kept]) rmSync(folder, { recursive: true, force: true });
const { metafile } = await build({
  ...common,
  entryPoints: ['src/api.ts', 'src/cli/main.ts', 'src/adapters/local/shard-worker.ts'],
  outbase: 'src',
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  splitting: true,
  format: 'esm',
  // Packages in CommonJS ask for Node's own modules by `require`, which an ES module has not.
  banner: {
    js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
  },
  metafile: true,
});
// The command line once more, as one script: V8 keeps compiled code of scripts alone (src/cli/kept-program.ts).
const { outputFiles } = await build({
  ...common,
  entryPoints: ['src/cli/program.ts'],
  write: false,
  format: 'cjs',
  define: { 'import.meta.url': 'fileUrl' },
  banner: {
    js: "(function (require, load, __filename) { const module = { exports: {} }; const fileUrl = require('node:url').pathToFileURL(__filename).href;",
  },
  footer: { js: 'return module.exports; })' },
});
mkdirSync(kept);
// A character each a byte, also in comments and patterns, where esbuild leaves others.
const escaped = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
const text = outputFiles[0].text
  .replaceAll(/[^\0-\x7f]/g, escaped)
  // A script that was not compiled here may not import: who starts it does so for it.
  .replaceAll(/\bimport\(/g, 'load(');
writeFileSync(join(kept, 'program.cjs'), text);

const bundled = Object.keys(metafile.inputs).map(
  (input) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1],
);
const packages = [...new Set(bundled.filter((name) => name !== undefined))].sort();
writeFileSync(join(chunks, 'LICENSES.txt'), packages.map(licenseOf).join('\n'));

/** Name, version and licence of a bundled package, as its authors ask for; two have no file of it, and say it in their readme. */
function licenseOf(name) {
  const folder = join(root, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const read = (of) => {
    const file = readdirSync(folder).find((entry) => of.test(entry));
    return file && readFileSync(join(folder, file), 'utf8');
  };
  const text = read(/^licen[cs]e/i) ?? /^#+ license\s.*/ims.exec(read(/^readme/i) ?? '')?.[0];
  if (!text) throw new Error(`${name}: expected a licence to ship with its code, found none`);
  return `## ${name} ${version} (${license})\n\n${text.trim()}\n`;
}
