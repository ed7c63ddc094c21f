import { readFile, realpath } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildFailure, build, type Metafile, type Plugin } from 'esbuild';
import { InvalidInputError } from '../../contracts/errors.ts';
import { canonicalJson, sha256Hex } from '../../formats/canonical-json.ts';
import { importStrategy } from '../../strategies/import-strategy.ts';
import type { Strategy } from '../../strategies/strategy.ts';
import { packageFile } from './package-file.ts';

/** A strategy of one's own, read from its module. */
export interface LoadedStrategy {
  readonly strategy: Strategy;
  /** Names the module's sources: sha256 over their relative paths and contents; the same on every machine. */
  readonly codeSha256: string;
  /** The module and all it imports as one text, for `importStrategy` in other threads and processes. */
  readonly code: string;
}

/** What `backsweep` and `zod` mean to a module, wherever it lies; the default is this package's own. */
export interface StrategyPackages {
  /** File of what `backsweep` means inside a strategy: `defineStrategy` alone, since a strategy runs no backtests. */
  readonly backsweep: string;
  /** A directory from which `zod` is found. */
  readonly zodFrom: string;
}

const ownPackages = (): StrategyPackages => ({
  backsweep: fileURLToPath(packageFile('dist/strategies/strategy.js')),
  zodFrom: fileURLToPath(packageFile('.')),
});
const IMPORTABLE =
  "a strategy may import backsweep, zod, its own files and packages, but none of Node's own modules";
const PROVIDED = /^(backsweep|zod)(\/.*)?$/;

/**
 * Bundles a module (.ts, .js or .mjs), imports it and returns the strategy that it exports by default.
 *
 * A strategy is a pure function of bars and parameters, so Node's own modules (files, network, clock) cannot be
 * imported; data may be, as JSON, and is then part of `codeSha256`.
 *
 * @param path of the module, relative to the working directory or absolute; messages show it as given
 * @throws InvalidInputError for a missing file, a syntax error or unknown import (with line and column), code that
 *   throws while loading, and a default export that is no strategy
 */
export async function loadStrategy(path: string, packages = ownPackages()): Promise<LoadedStrategy> {
  const file = await realFile(path);
  const folder = dirname(file);
  const { outputFiles, metafile } = await bundle(file, path, packages);
  const code = outputFiles[0]!.text;
  const strategy = await importStrategy(code, path);
  const sources = await Promise.all(
    ownInputs(metafile, basename(file)).map(async (input) => {
      const text = await readFile(resolve(folder, input), 'utf8');
      return [input, sha256Hex(text.replaceAll('\r\n', '\n'))];
    }),
  );
  return { strategy, codeSha256: sha256Hex(canonicalJson(sources)), code };
}

/** The path without links, by which esbuild knows the file. */
async function realFile(path: string): Promise<string> {
  try {
    return await realpath(resolve(path));
  } catch (cause) {
    throw new InvalidInputError(`${path}: expected the module of a strategy, found no such file`, { cause });
  }
}

async function bundle(file: string, path: string, packages: StrategyPackages) {
  try {
    return await build({
      entryPoints: [file],
      // Names in the metafile are relative to it: no path of this machine gets into the hash.
      absWorkingDir: dirname(file),
      bundle: true,
      format: 'esm',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      target: 'node20',
      charset: 'utf8',
      write: false,
      metafile: true,
      logLevel: 'silent',
      // No comments: those that name the place of each module would be of this machine.
      minifyWhitespace: true,
      legalComments: 'none',
      tsconfigRaw: {},
      plugins: [providedPackages(packages)],
    });
  } catch (cause) {
    const [error] = (cause as BuildFailure).errors ?? [];
    if (!error) throw cause;
    const { location, text } = error;
    const place = location ? `${location.file}:${location.line}:${location.column + 1}` : path;
    const advice = text.startsWith('Could not resolve') ? `; ${IMPORTABLE}` : '';
    throw new InvalidInputError(
      `${path}: expected a module that builds, found at ${place}: ${text}${advice}`,
      { cause },
    );
  }
}

function providedPackages({ backsweep, zodFrom }: StrategyPackages): Plugin {
  return {
    name: 'provided-packages',
    setup(api) {
      api.onResolve({ filter: PROVIDED }, async ({ path, kind, pluginData }) => {
        if (pluginData === PROVIDED) return null;
        if (path === 'backsweep') return { path: backsweep };
        return api.resolve(path, { kind, resolveDir: zodFrom, pluginData: PROVIDED });
      });
    },
  };
}

/** The module's own sources, sorted: all that is reached from it without passing through a provided package. */
function ownInputs({ inputs }: Metafile, entry: string): string[] {
  const reached = new Set([entry]);
  for (const input of reached) {
    for (const { path, original, external } of inputs[input]?.imports ?? []) {
      if (!external && !PROVIDED.test(original ?? '')) reached.add(path);
    }
  }
  return [...reached].sort();
}
