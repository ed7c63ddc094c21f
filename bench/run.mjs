// `npm run bench`: every figure of the README, measured here and now; ratios within one run.
// Each measurement is a process of its own, since code that V8 compiled for one workload runs others slower.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = mkdtempSync(join(tmpdir(), 'backsweep-bench-'));
const SCENARIOS = [
  'A, no stops',
  'A, wide stops',
  'A, tight stops',
  'B, a row on every bar',
  'R, a fifth held',
  'D, no stops',
  'D, wide stops',
  'D, tight stops',
];

try {
  await build({
    entryPoints: ['engines.ts', 'memory.ts', 'sweep.ts'].map((file) => join(here, file)),
    outdir: out,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  const engines = SCENARIOS.map((scenario) => measured('engines.mjs', scenario));
  const share = measured('sweep.mjs', 'share of the engine');
  const sweeps = [1_000, 100_000].map(sweepOf);
  const memory = Object.fromEntries(
    ['none', 'sparse', 'dense'].map((form) => [form, measured('memory.mjs', form)]),
  );
  printEngines(engines);
  printSweeps(share, sweeps);
  printMemory(memory);
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length };
  const file = join(here, 'results.json');
  writeFileSync(file, `${JSON.stringify({ machine, engines, share, sweeps, memory }, null, 2)}\n`);
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

/** A whole `backsweep run` of so many runs on 20 assets × 1,000 bars: wall time and peak memory of the process. */
function sweepOf(runs) {
  process.stderr.write(`sweep: ${runs} runs\n`);
  const spec = join(out, `sweep-${runs}.yaml`);
  const axis = (from, to, step) => ({ from, to, step });
  cli('bars', 'synth', '--out', join(out, 'bars'), '--assets', '20', '--bars', '1000', '--seed', '1');
  writeFileSync(
    spec,
    JSON.stringify({
      name: `bench-${runs}`,
      bars: './bars',
      strategy: { name: 'momentum', params: { lookback: axis(20, 210, 10), top: [1, 2, 5, 10, 15] } },
      stops: {
        stopLoss: axis(0.02, 0.2, 0.02),
        trailingStop: axis(0.02, 0.2, 0.02),
        takeProfit: axis(0.05, 0.5, 0.05),
      },
      sample: { random: runs, seed: 1 },
    }),
  );
  const started = performance.now();
  const usage = cli('run', spec, '--dir', join(out, `results-${runs}`), '--json');
  return { runs, seconds: (performance.now() - started) / 1000, peakBytes: usage.peakBytes };
}

function cli(...args) {
  const file = join(out, 'usage.json');
  const env = { ...process.env, BACKSWEEP_USAGE: file };
  execFileSync(process.execPath, [join(here, 'with-usage.mjs'), ...args], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return JSON.parse(readFileSync(file, 'utf8'));
}

function printSweeps(share, sweeps) {
  process.stdout.write(
    `\nWhole shards of scenario A with stops, one thread: ${(share.engineShare * 100).toFixed(0)} % of the time is spent ` +
      `inside engine and metrics (${share.runs} runs).\n`,
  );
  for (const { runs, seconds, peakBytes } of sweeps) {
    process.stdout.write(
      `\`backsweep run\` of ${runs} runs on 20 assets × 1,000 bars: ${seconds.toFixed(1)} s, ` +
        `peak memory ${(peakBytes / 2 ** 20).toFixed(0)} MiB.\n`,
    );
  }
}

function printEngines(engines) {
  const table = new Table({
    head: [
      'scenario',
      'µs a run',
      'runs/s',
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
