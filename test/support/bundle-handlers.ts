import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { STRATEGIES_FOLDER } from '../../lambdas/env.ts';
import type { StrategyModule } from '../../src/sweep/strategy-source.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FUNCTIONS = ['api', 'planner', 'worker', 'aggregator', 'dead-letters', 'reconciler'] as const;
const PARQUETJS = ['parquetjs-lite', 'int53', 'node-int64', 'snappyjs', 'varint'];

/** The functions of the stack. */
export type FunctionName = (typeof FUNCTIONS)[number];

/**
 * Bundles the handlers as the stack does, each into a folder of its own, with the packages and strategies that lie
 * beside it. Gives the file of each.
 */
export async function bundleHandlers(
  folder: string,
  strategies: readonly StrategyModule[],
): Promise<Record<FunctionName, string>> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: FUNCTIONS.map((name) => ({ in: `lambdas/${name}.ts`, out: `${name}/index` })),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node20', // that of the tests; the stack has a newer one
    format: 'esm',
    mainFields: ['module', 'main'],
    external: ['parquetjs-lite'],
    logLevel: 'error',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  for (const name of PARQUETJS) {
    const from = join(ROOT, 'node_modules', name);
    cpSync(from, join(folder, 'aggregator', 'node_modules', name), { recursive: true });
  }
  for (const name of FUNCTIONS) {
    const beside = join(folder, name, STRATEGIES_FOLDER);
    mkdirSync(beside);
    for (const { codeSha256, code } of strategies) writeFileSync(join(beside, `${codeSha256}.mjs`), code);
    const index = strategies.map(({ codeSha256, name }) => ({ name, codeSha256, file: `${codeSha256}.mjs` }));
    writeFileSync(join(beside, 'index.json'), JSON.stringify(index));
  }
  return Object.fromEntries(FUNCTIONS.map((name) => [name, join(folder, name, 'index.mjs')])) as Record<
    FunctionName,
    string
  >;
}
