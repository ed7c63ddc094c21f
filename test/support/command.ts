import { type Command, CommanderError } from 'commander';
import { vi } from 'vitest';
import { EXIT, reportFailure } from '../../src/cli/failures.ts';
import type { Ended } from './cli.ts';

/**
 * Runs a command in this process, in a directory, as the program would: a start takes most of the time of a short one.
 * One at a time, since what it prints is collected from the streams of the process.
 */
export async function command(cwd: string, env: NodeJS.ProcessEnv, args: readonly string[]): Promise<Ended> {
  const [name = '', ...rest] = args;
  const modules = (await import(`../../src/cli/commands/${name}.ts`)) as Record<string, () => Command>;
  const program = modules[`${name}Command`]!();
  const before = process.env;
  process.env = { ...before, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', ...env };
  process.chdir(cwd);
  const texts = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      texts[stream] += String(text);
      return true;
    }),
  );
  try {
    for (const each of [program, ...program.commands]) each.exitOverride();
    await program.parseAsync(rest, { from: 'user' });
    return { code: Number(process.exitCode ?? EXIT.done), signal: null, ...texts };
  } catch (error) {
    const code =
      error instanceof CommanderError ? EXIT.badInput : reportFailure(error, args.includes('--json'));
    return { code, signal: null, ...texts };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = undefined;
    process.env = before;
  }
}
