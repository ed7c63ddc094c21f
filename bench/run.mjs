// `npm run bench`: every figure of the README, measured here and now; ratios within one run.
// Each measurement is a process of its own, since code that V8 compiled for one workload runs others slower.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
    entryPoints: [join(here, 'engines.ts'), join(here, 'memory.ts')],
    outdir: out,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  const engines = SCENARIOS.map((scenario) => measured('engines.mjs', scenario));
  const memory = Object.fromEntries(
    ['none', 'sparse', 'dense'].map((form) => [form, measured('memory.mjs', form)]),
  );
  printEngines(engines);
  printMemory(memory);
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length };
  const file = join(here, 'results.json');
  writeFileSync(file, `${JSON.stringify({ machine, engines, memory }, null, 2)}\n`);
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

function printEngines(engines) {
  const table = new Table({
    head: [
      'scenario',
      'µs a run',
      'runs/s',
      'M asset-bars/s',
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
