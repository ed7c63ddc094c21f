// `npm run bench`: every figure of the README, measured here and now; ratios within one run.
// Each measurement is a process of its own, since code that V8 compiled for one workload runs others slower.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { buildPrograms } from './build-programs.mjs';
import { cli, measureWholeSweeps } from './whole-sweeps.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = mkdtempSync(join(tmpdir(), 'backsweep-bench-'));
/** So often the scenarios are measured in turn, half of it before the whole sweeps and half after: a host slows down for minutes. */
const TURNS = 6;
const SCENARIOS = [
  'A, no stops',
  'A, wide stops',
  'A, tight stops',
  'B, a row on every bar',
  'C, signals with stops',
  'R, a fifth held',
  'D, no stops',
  'D, wide stops',
  'D, tight stops',
];

try {
  await buildPrograms(['engines', 'memory', 'sweep'], out);
  const start = measureStart();
  const turns = SCENARIOS.map(() => []);
  const takeTurns = () => {
    for (let turn = 0; turn < TURNS / 2; turn++) {
      for (const [i, scenario] of SCENARIOS.entries()) turns[i].push(measured('engines.mjs', scenario));
    }
  };
  takeTurns();
  const memory = Object.fromEntries(
    ['none', 'sparse', 'dense'].map((form) => [form, measured('memory.mjs', form)]),
  );
  const whole = await measureWholeSweeps(out);
  takeTurns();
  const engines = SCENARIOS.map((scenario, i) => engineFigures(scenario, turns[i]));
  printEngines(engines);
  printWhole(whole);
  printStart(start);
  printMemory(memory);
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length };
  const file = join(here, 'results.json');
  writeFileSync(file, `${JSON.stringify({ machine, engines, whole, start, memory }, null, 2)}\n`);
  process.stdout.write(
    `\n${machine.cpu}, ${machine.cores} cores, node ${machine.node}; written to bench/results.json\n`,
  );
} finally {
  rmSync(out, { recursive: true });
}

function measured(program, argument) {
  process.stderr.write(`${program.replace('.mjs', '')}: ${argument}\n`);
  return JSON.parse(execFileSync(process.execPath, [join(out, program), argument], { encoding: 'utf8' }));
}

/**
 * What all turns of a scenario came to: the median of all rounds, and of the kernel the fastest tenth of them: what the machine does
 * while nobody else slows it down. Ratios are those within a turn.
 */
function engineFigures(scenario, turns) {
  const ascending = (values) => values.toSorted((a, b) => a - b);
  const median = (values) => ascending(values)[values.length >> 1];
  const [kernel, window, event] = ['kernel', 'window', 'event'].map((engine) =>
    turns.flatMap((turn) => turn[engine]),
  );
  const { assetBars, orders, stopExits } = turns[0];
  return {
    scenario,
    microsPerRun: median(kernel),
    bestMicrosPerRun: ascending(kernel)[Math.floor(kernel.length / 10)],
    runsPerSecond: 1e6 / median(kernel),
    assetBarsPerSecond: (assetBars * 1e6) / median(kernel),
    windowMicrosPerRun: median(window),
    eventMicrosPerRun: median(event),
    ratio: median(turns.map((turn) => median(turn.event) / median(turn.kernel))),
    orders,
    stopExits,
  };
}

/** What starting takes: seconds of wall time, the least and the median of several times. */
function measureStart() {
  process.stderr.write('start\n');
  const main = join(here, '../dist/cli/main.js');
  const spec = join(out, 'hundred.yaml');
  cli(out, 'bars', 'synth', '--out', join(out, 'hundred'), '--assets', '10', '--bars', '1260', '--seed', '1');
  const axis = (from, to, step) => ({ from, to, step });
  writeFileSync(
    spec,
    JSON.stringify({
      name: 'hundred',
      bars: './hundred',
      strategy: { name: 'momentum', params: { lookback: axis(20, 110, 10), top: 3, rebalance: 'month' } },
      stops: { stopLoss: axis(0.02, 0.2, 0.02) },
    }),
  );
  const timed = (before, ...args) => {
    const seconds = Array.from({ length: 11 }, () => {
      before();
      const started = performance.now();
      execFileSync(process.execPath, args, { stdio: 'ignore' });
      return (performance.now() - started) / 1000;
    }).sort((a, b) => a - b);
    return { least: seconds[0], median: seconds[5] };
  };
  const dir = join(out, 'hundred-results');
  const forget = () => rmSync(dir, { recursive: true, force: true });
  return {
    node: timed(() => undefined, '--eval', '0'),
    help: timed(() => undefined, main, '--help'),
    hundredRuns: timed(forget, main, 'run', spec, '--dir', dir),
  };
}

function printStart(start) {
  const ms = ({ least, median }) => `${(median * 1000).toFixed(0)} ms (least ${(least * 1000).toFixed(0)})`;
  process.stdout.write(
    `\nStart: node alone ${ms(start.node)}, backsweep --help ${ms(start.help)}, ` +
      `a sweep of 100 runs on 10 assets × 1,260 bars ${ms(start.hundredRuns)}.\n`,
  );
}

function printWhole({ large, tenThousand, million, answered }) {
  process.stdout.write(
    '\nWhole sweeps of 100,000 runs on 50 assets × 2,520 bars, wall time of `backsweep run`:\n',
  );
  const table = new Table({
    head: [
      'sweep',
      'engine µs a run',
      'shard µs a run',
      '1 core s',
      '1 thread s',
      '2 threads s',
      'over a core',
      'over a thread',
      'wall ÷ (engine ÷ 2)',
    ],
    style: { head: [], border: [] },
  });
  for (const { name, engineMicros, shardMicros, kernelSeconds, core, one, two } of large) {
    table.push([
      name,
      engineMicros.toFixed(0),
      shardMicros.toFixed(0),
      core?.seconds.toFixed(1) ?? '',
      one.seconds.toFixed(1),
      two.seconds.toFixed(1),
      core ? `${(core.seconds / two.seconds).toFixed(2)}×` : '',
      `${(one.seconds / two.seconds).toFixed(2)}×`,
      `${(two.seconds / (kernelSeconds / 2)).toFixed(2)}×`,
    ]);
  }
  const mib = ({ peakBytes }) => `${(peakBytes / 2 ** 20).toFixed(0)} MiB`;
  process.stdout.write(
    `${table}\n1,000,000 runs on 10 assets × 500 bars, 2 threads: ${million.seconds.toFixed(0)} s, peak ${mib(million)}; ` +
      `10,000 runs: ${tenThousand.seconds.toFixed(1)} s, peak ${mib(tenThousand)} ` +
      `(${(million.peakBytes / tenThousand.peakBytes).toFixed(2)}×). ` +
      `On the million: top ${answered.top.toFixed(1)} s, query ${answered.query.toFixed(1)} s.\n`,
  );
}

function printEngines(engines) {
  const table = new Table({
    head: [
      'scenario',
      'µs a run',
      'runs/s',
      'best tenth',
      'M asset-bars/s',
      'window engine µs',
      'event engine µs',
      'ratio',
      'orders',
      'stop exits',
    ],
    style: { head: [], border: [] },
  });
  for (const e of engines) {
    table.push([
      e.scenario,
      e.microsPerRun.toFixed(0),
      e.runsPerSecond.toFixed(0),
      (1e6 / e.bestMicrosPerRun).toFixed(0),
      (e.assetBarsPerSecond / 1e6).toFixed(0),
      e.windowMicrosPerRun.toFixed(0),
      e.eventMicrosPerRun.toFixed(0),
      `${e.ratio.toFixed(1)}×`,
      e.orders,
      e.stopExits,
    ]);
  }
  process.stdout.write(`One core, all metrics, parity asserted first.\n${table.toString()}\n`);
}

function printMemory({ none, sparse, dense }) {
  const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(2)} MiB`;
  const over = (form) => form.peakBytes - none.peakBytes;
  const less = (a, b) => `${((1 - a / b) * 100).toFixed(1)} % less`;
  process.stdout.write(
    `\nOne backtest of 50 assets × 200,000 bars, 200 events.\n` +
      `Schedule: sparse ${mib(sparse.bytes)}, dense hold ${mib(dense.bytes)}: ${less(sparse.bytes, dense.bytes)}.\n` +
      `Peak resident memory over that of the bars: sparse ${mib(over(sparse))}, dense hold ${mib(over(dense))}: ` +
      `${less(Math.max(0, over(sparse)), over(dense))}.\n`,
  );
}
