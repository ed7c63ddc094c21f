import { readFileSync } from 'node:fs';
import nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { packageFile } from '../adapters/local/package-file.ts';

/** What the program exports; see program.ts. */
interface Program {
  readonly ended: Promise<void>;
}

/** The whole program as one script, which `scripts/keep-code.mjs` makes. */
export const KEPT_SCRIPT = 'dist/kept/program.cjs';
/** Its compiled code, which holds for one version of V8 on one kind of processor. */
export const KEPT_CODE = `dist/kept/program-${process.versions.v8}-${process.arch}.bin`;

/**
 * Starts the program from the code that was compiled when it was built, so that it is not compiled again; null where there is none for this
 * version of Node.js. Code that V8 refuses all the same (other flags) is compiled from the script.
 */
export function keptProgram(): Program | null {
  let cachedData: Buffer;
  try {
    cachedData = readFileSync(packageFile(KEPT_CODE));
  } catch {
    return null;
  }
  return runScript(keptScript(cachedData));
}

/** The script, compiled from the code given where V8 takes it. */
export function keptScript(cachedData?: Buffer): vm.Script {
  const file = packageFile(KEPT_SCRIPT);
  return new vm.Script(readFileSync(file, 'latin1'), {
    filename: fileURLToPath(file),
    ...(cachedData && { cachedData }),
  });
}

/** Runs the script: a function of what loads modules, at once or later, and of its name. */
export function runScript(script: vm.Script): Program {
  const file = packageFile(KEPT_SCRIPT);
  const load = (specifier: string): Promise<unknown> => import(specifier);
  return script.runInThisContext()(nodeModule.createRequire(file), load, fileURLToPath(file));
}
