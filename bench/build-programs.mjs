// Compiles the programs of the bench. What they import from src/ they get from dist/, as it is shipped: build first.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '..');

/** Compiles bench/NAME.ts to OUT/NAME.mjs for each name. */
export async function buildPrograms(names, out) {
  await build({
    entryPoints: names.map((name) => join(here, `${name}.ts`)),
    outdir: out,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    nodePaths: [join(root, 'node_modules')],
    plugins: [{ name: 'dist', setup: (program) => program.onResolve({ filter: /\/src\/.*\.ts$/ }, shipped) }],
  });
}

function shipped({ path, resolveDir }) {
  const source = join(resolveDir, path);
  const compiled = source.replace(join(root, 'src'), join(root, 'dist')).replace(/\.ts$/, '.js');
  if (!existsSync(compiled))
    throw new Error(`${compiled}: expected the compiled ${path}, found none; npm run build`);
  return { path: pathToFileURL(compiled).href, external: true };
}
