// Bundles what is started (the command line, the API, a thread) with what it imports into few files: Node.js loads a file in
// about a millisecond, and there were 450 of them (docs/decisions/0012). What the bundles share, and what is loaded only
// when it is asked for, lies in dist/chunks. The other modules of dist/ are for the programs of this repository.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const chunks = join(root, 'dist', 'chunks');

/** Packages that stay packages: with native code, or large and seldom asked for. */
const EXTERNAL = ['@duckdb/node-api', 'esbuild', '@aws-sdk/*', '@smithy/*'];

/**
 * parquetjs-lite and what it brings, for a module: variables that are never declared are errors there, and `new Buffer`, which
 * looks through the stack at each call, would warn outside of node_modules.
 */
const strict = {
  name: 'strict',
  setup: (bundle) =>
    bundle.onLoad({ filter: /[/\\]node_modules[/\\](parquetjs-lite|node-int64)[/\\].*\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8')
        .replaceAll(/^(\w+) = module\.exports/gm, 'var $1 = module.exports')
        .replaceAll(/\bnew Buffer\(/g, 'bufferOf(')
        .concat('\nfunction bufferOf(from, encoding) {')
        .concat("\n  return typeof from === 'number' ? Buffer.alloc(from) : Buffer.from(from, encoding);\n}\n"),
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
  plugins: [strict],
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

/** Name, version and licence of a bundled package, as its authors ask for; two have no file of it, and say it in their readme. */
function licenseOf(name) {
  const folder = join(root, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const read = (of) => {
    const file = readdirSync(folder).find((entry) => of.test(entry));
    return file && readFileSync(join(folder, file), 'utf8');
  };
  const text = read(/^licen[cs]e/i) ?? /^#+ license\s[^]*/im.exec(read(/^readme/i) ?? '')?.[0];
  if (!text) throw new Error(`${name}: expected a licence to ship with its code, found none`);
  return `## ${name} ${version} (${license})\n\n${text.trim()}\n`;
}
