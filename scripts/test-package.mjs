// `npm run test:package`: packs the package, checks it (publint, attw), installs the tarball into an empty project from the
// registry, type-checks and runs a program there, and asks its command line for help.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => join(root, 'node_modules', '.bin', name);
const project = mkdtempSync(join(tmpdir(), 'backsweep-package-'));

function run(cwd, command, ...args) {
  console.log(`$ ${[command.replace(root, ''), ...args].join(' ').replaceAll(project, '<empty project>')}`);
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

const PROGRAM = `
import { barsFromRows, defineStrategy, InvalidInputError, readBars, runSweep, simulate, type SimulationResult } from 'backsweep';
import { z } from 'zod';

const closes = [100, 101, 95, 96, 97, 98, 99, 100, 101, 102];
const days = closes.map((_, i) => new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10));
const rows = closes.map((close, i) => ({ symbol: 'A', ts: days[i]!, open: close, close }));
const result: SimulationResult = simulate({
  bars: barsFromRows(rows),
  events: [{ timestamp: days[0]!, instructions: { A: { weight: 1, stops: { stopLoss: 0.05 } } } }],
  config: { cash: 1000, fill: { preset: 'realistic' } },
});
// Bought at the open of the second day, 101; 95 is a gap through the stop at 95.95; nothing buys again.
const trades = result.orders.map(({ side, price, reason }) => [side, price, reason].join(' '));
if (trades.join() !== 'buy 101 rebalance,sell 95 stop_loss') throw new Error(trades.join());
if (result.parity.status !== 'identical') throw new Error(result.parity.status);

const strategy = defineStrategy({
  name: 'all-in',
  params: z.strictObject({ weight: z.number() }),
  warmup: () => 0,
  events: (bars, { weight }) => [{ bar: 0, weights: { [bars.symbols[0]!]: weight } }],
});
if (strategy.name !== 'all-in') throw new Error(strategy.name);

const sweep = await runSweep(
  { bars: './bars', strategy: { name: 'momentum', params: { lookback: [2, 3] } }, stops: { stopLoss: [null, 0.05] } },
  { threads: 1 },
);
let rowsSeen = 0;
for await (const row of sweep.rows()) rowsSeen += row.status === 'ok' && row.parity === 'identical' ? 1 : 0;
const [best] = await sweep.leaderboard({ limit: 1 });
if (rowsSeen !== 4 || best?.runId !== sweep.summary.best?.run_id) throw new Error(String(rowsSeen));
if ((await readBars('./bars')).length !== closes.length) throw new Error('bars');

try {
  // @ts-expect-error: a weight is a number
  simulate({ bars: barsFromRows(rows), events: [{ timestamp: days[0]!, instructions: { A: { weight: 'all' } } }] });
  throw new Error('expected a refusal');
} catch (error) {
  if (!(error instanceof InvalidInputError)) throw error;
}
console.log('ok');
`;

try {
  run(root, bin('publint'), '--strict');
  run(root, 'npm', 'pack', '--ignore-scripts', '--silent', '--pack-destination', project);
  const tarball = readdirSync(project).find((name) => name.endsWith('.tgz'));
  // ES modules only: what require() of old resolvers would find is nothing.
  run(root, bin('attw'), join(project, tarball), '--profile', 'esm-only', '--quiet');
  writeFileSync(join(project, 'package.json'), '{"name": "empty", "private": true, "type": "module"}');
  run(project, 'npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', `./${tarball}`);
  writeFileSync(join(project, 'program.mts'), PROGRAM);
  writeFileSync(
    join(project, 'bars.csv'),
    `symbol,ts,open,high,low,close\n${Array.from({ length: 10 }, (_, i) => `A,2024-01-${String(i + 1).padStart(2, '0')},${100 + i},${100 + i},${100 + i},${100 + i}`).join('\n')}\n`,
  );
  const cli = join(project, 'node_modules', '.bin', 'backsweep');
  run(project, cli, 'bars', 'import', 'bars.csv', '--out', 'bars');
  // The types of the package itself are checked too: no skipLibCheck. Node's come from here; an empty project has none.
  const typeRoots = ['--typeRoots', join(root, 'node_modules', '@types'), '--types', 'node'];
  const strict = ['--strict', '--noUncheckedIndexedAccess', '--exactOptionalPropertyTypes'];
  const module = ['--module', 'nodenext', '--target', 'es2023', '--outDir', 'out'];
  run(project, bin('tsc'), 'program.mts', ...module, ...strict, ...typeRoots);
  run(project, process.execPath, 'out/program.mjs');
  const help = run(project, 'npx', 'backsweep', '--help');
  if (!help.includes('Usage: backsweep')) throw new Error(`expected the help, found ${help}`);
  console.log('the package works in an empty project');
} catch (error) {
  console.error(error.stdout ?? '', error.message);
  process.exitCode = 1;
} finally {
  rmSync(project, { recursive: true, force: true });
}
