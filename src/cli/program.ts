import { Command, CommanderError } from 'commander';
import { EXIT, reportFailure } from './failures.ts';
import { note } from './terminal.ts';
import { version } from './version.ts';

/** A command by name: what the list of commands says of it, and its module, loaded only when it is used. */
type Entry = readonly [summary: string, load: () => Promise<Command>];

const COMMANDS: Readonly<Record<string, Entry>> = {
  run: ['run a sweep on this machine', async () => (await import('./commands/run.ts')).runCommand()],
  plan: ['what a sweep would run and take', async () => (await import('./commands/plan.ts')).planCommand()],
  submit: ['start a sweep in the cloud', async () => (await import('./commands/submit.ts')).submitCommand()],
  watch: [
    'follow a sweep in the cloud to its end',
    async () => (await import('./commands/watch.ts')).watchCommand(),
  ],
  status: ['where a sweep stands', async () => (await import('./commands/status.ts')).statusCommand()],
  list: [
    'all sweeps of a directory or a stack',
    async () => (await import('./commands/list.ts')).listCommand(),
  ],
  cancel: [
    'stop a sweep, keep its results',
    async () => (await import('./commands/cancel.ts')).cancelCommand(),
  ],
  resume: [
    'run what a sweep still lacks',
    async () => (await import('./commands/resume.ts')).resumeCommand(),
  ],
  top: ['the best runs of a sweep', async () => (await import('./commands/top.ts')).topCommand()],
  query: [
    'SQL over the results of a sweep',
    async () => (await import('./commands/query.ts')).queryCommand(),
  ],
  report: ['one HTML file of a sweep', async () => (await import('./commands/report.ts')).reportCommand()],
  show: ['replay one run, with both engines', async () => (await import('./commands/show.ts')).showCommand()],
  export: [
    'one run for another engine to repeat',
    async () => (await import('./commands/export.ts')).exportCommand(),
  ],
  compare: [
    'two runs or two sweeps side by side',
    async () => (await import('./commands/compare.ts')).compareCommand(),
  ],
  simulate: [
    'one backtest from explicit instructions',
    async () => (await import('./commands/simulate.ts')).simulateCommand(),
  ],
  bars: [
    'make, look at and push datasets of bars',
    async () => (await import('./commands/bars.ts')).barsCommand(),
  ],
  strategies: [
    'the built-in strategies and their parameters',
    async () => (await import('./commands/strategies.ts')).strategiesCommand(),
  ],
  schema: [
    'JSON Schema of the sweep file, for editors',
    async () => (await import('./commands/schema.ts')).schemaCommand(),
  ],
};

async function main(args: readonly string[]): Promise<number> {
  const json = args.includes('--json');
  try {
    const program = await programFor(args);
    settle(program, json);
    await program.parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? EXIT.done);
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportFailure(error, json);
    if (error.exitCode === 0) return EXIT.done; // help or version was asked for
    if (json)
      note(JSON.stringify({ error: { kind: 'usage', message: usageText(error), exitCode: EXIT.badInput } }));
    return EXIT.badInput;
  }
}

/** The program with the module of the command that is asked for; of the others only their names. */
async function programFor(args: readonly string[]): Promise<Command> {
  const program = new Command('backsweep')
    .description(
      'Massive parameter sweeps of portfolio backtests: target weights with stops, no re-entry after a stop.',
    )
    .version(version(), '-V, --version')
    .addHelpText('after', '\nExample:\n  $ backsweep run sweep.yaml && backsweep top last\n');
  const wanted = args[0] === 'help' ? args[1] : args[0];
  for (const [name, [summary, load]] of Object.entries(COMMANDS)) {
    const command = name === wanted ? await load() : new Command(name);
    program.addCommand(command.summary(summary));
  }
  return program;
}

/** Errors are thrown, with the way to help; under --json nothing but JSON is written. */
function settle(command: Command, json: boolean): void {
  command
    .exitOverride()
    .configureOutput({ writeErr: (text) => (json ? undefined : process.stderr.write(text)) })
    .showHelpAfterError(
      command.parent ? '(--help shows the flags and an example)' : '(--help lists the commands)',
    );
  for (const child of command.commands) settle(child, json);
}

const usageText = ({ message }: CommanderError) => message.replace(/^error: /, '');

// The SDK of AWS would warn of Node 20 on stderr at every call, where people and programs read what went wrong.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader of a pipe has seen enough (`| head`): no failure of ours.
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? EXIT.done);
  throw error;
});

/** Settles when the command has ended and the exit code is set. */
export const ended = main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
