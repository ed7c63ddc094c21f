import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadStrategy } from '../src/adapters/local/load-strategy.ts';
import { InvalidInputError } from '../src/contracts/errors.ts';

/**
 * Bundles the strategies of one's own into a folder that lies beside the functions' code: one self-contained file each,
 * named after the hash that submit compares, and `index.json` with `[{name, codeSha256, file}]` by name.
 *
 * The hash is the command line's own (`loadStrategy`), so that the same module is the same strategy everywhere.
 * InvalidInputError for a module that does not build, and for two strategies of one name.
 */
export async function bundleStrategies(
  root: string,
  modules: readonly string[],
  folder: string,
): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const found = new Map<string, { name: string; codeSha256: string; file: string }>();
  for (const path of modules) {
    const packages = { backsweep: resolve(root, 'src/strategies/strategy.ts'), zodFrom: root };
    const { strategy, codeSha256, code } = await loadStrategy(resolve(root, path), packages);
    if (found.has(strategy.name)) {
      throw new InvalidInputError(
        `cdk.json: strategies: expected each name once, found ${strategy.name} again in ${path}; rename one`,
      );
    }
    const file = `${codeSha256}.mjs`;
    writeFileSync(join(folder, file), code);
    found.set(strategy.name, { name: strategy.name, codeSha256, file });
  }
  const index = [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  writeFileSync(join(folder, 'index.json'), `${JSON.stringify(index, null, 2)}\n`);
}
