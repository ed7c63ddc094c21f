// `npm run bench:peers`: the same prices and targets through backsweep and through vectorbt from PyPI, in alternation.
// Final equity is checked first, to 1e-9; times are CPU time of one core, the ratio is that of each pair.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { pythonEnvironment } from '../test/support/python-environment.mjs';
import { buildPrograms } from './build-programs.mjs';

const PAIRS = 5;
/** What one turn of either side takes about, in µs. */
const TURN_MICROS = 600_000;
const here = fileURLToPath(new URL('.', import.meta.url));
const peer = join(here, '../test/peers/vectorbt');
const out = mkdtempSync(join(tmpdir(), 'backsweep-peers-'));

try {
  const python = await environment();
  if (python) await compare(python);
} finally {
  rmSync(out, { recursive: true });
}

/** The folder of Python's programs; null, said why, where there is no Python or no package index. */
async function environment() {
  try {
    return await pythonEnvironment('vectorbt', join(peer, 'requirements.txt'));
  } catch (error) {
    process.stderr.write(
      `bench:peers compares with vectorbt, which cannot be installed here: ${error.message}; nothing was measured\n`,
    );
    process.exitCode = 3;
    return null;
  }
}

async function compare(python) {
  const ours = join(out, 'peers.mjs');
  await buildPrograms(['peers'], out);
  execFileSync(process.execPath, [ours, 'write', out]);
  const workloads = JSON.parse(readFileSync(join(out, 'workloads.json'), 'utf8'));
  const results = [];
  let versions;
  for (const workload of workloads) {
    process.stderr.write(`${workload.name}\n`);
    const us = worker(process.execPath, [ours, 'serve', workload.name]);
    const them = worker(join(python, 'python'), [join(peer, 'bench.py'), out]);
    const { ready: node } = await us.answer();
    const { ready: vectorbt, ...rest } = await them.answer();
    versions = { node, vectorbt, ...rest };
    results.push(await pairs(workload, us, them));
    us.end();
    them.end();
  }
  print(results);
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, ...versions };
  writeFileSync(join(here, 'peers.json'), `${JSON.stringify({ machine, results }, null, 2)}\n`);
  process.stdout.write(
    `${machine.cpu}, node ${versions.node}, vectorbt ${versions.vectorbt}; written to bench/peers.json\n`,
  );
}

async function pairs({ name, bars, assets, copies }, us, them) {
  const [{ equity: ourEquity }, { equity: theirEquity }] = [
    await us.ask('check', name),
    await them.ask('check', name),
  ];
  const apart = Math.abs(ourEquity - theirEquity) / Math.abs(theirEquity);
  if (!(apart <= 1e-9)) {
    throw new Error(`${name}: expected the same final equity to 1e-9, found ${ourEquity} and ${theirEquity}`);
  }
  const timed = async (side, kind, calls) => (await side.ask('time', name, kind, calls)).micros;
  const callsFor = (micros, runs) => Math.max(1, Math.round(TURN_MICROS / micros / runs));
  // The first turns only tell how many calls a turn has, and let both sides compile.
  const ourCalls = callsFor(await timed(us, 'metrics', callsFor(await timed(us, 'metrics', 20), 1)), 1);
  const theirCalls = callsFor(await timed(them, 'metrics', 1), copies);
  const rows = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    const ours = await timed(us, 'metrics', ourCalls);
    const simulation = await timed(them, 'simulation', theirCalls);
    const metrics = await timed(them, 'metrics', theirCalls);
    rows.push({ ours, simulation, metrics });
    process.stdout.write(
      `  pair ${pair + 1}: ours ${ours.toFixed(0)} µs, vectorbt ${simulation.toFixed(0)} µs simulation only ` +
        `(${(simulation / ours).toFixed(1)}×), ${metrics.toFixed(0)} µs with metrics (${(metrics / ours).toFixed(1)}×)\n`,
    );
  }
  const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
  return {
    workload: name,
    bars,
    assets,
    runsPerCall: copies,
    equityApart: apart,
    oursMicros: median(rows.map(({ ours }) => ours)),
    simulationMicros: median(rows.map(({ simulation }) => simulation)),
    metricsMicros: median(rows.map(({ metrics }) => metrics)),
    simulationRatio: median(rows.map(({ ours, simulation }) => simulation / ours)),
    metricsRatio: median(rows.map(({ ours, metrics }) => metrics / ours)),
    pairs: rows,
  };
}

/** A process that answers each line with a line of JSON. */
function worker(command, args) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${command} ended before it answered`);
    return JSON.parse(value);
  };
  return {
    answer,
    ask(...words) {
      child.stdin.write(`${words.join('\t')}\n`);
      return answer();
    },
    end: () => child.stdin.end(),
  };
}

function print(results) {
  const table = new Table({
    head: ['workload', 'ours µs', 'vectorbt µs', 'ratio', 'with 3 metrics µs', 'ratio'],
    style: { head: [], border: [] },
  });
  for (const r of results) {
    table.push([
      r.workload,
      r.oursMicros.toFixed(0),
      r.simulationMicros.toFixed(0),
      `${r.simulationRatio.toFixed(1)}×`,
      r.metricsMicros.toFixed(0),
      `${r.metricsRatio.toFixed(1)}×`,
    ]);
  }
  process.stdout.write(
    `A run on one core, CPU time, medians of ${PAIRS} pairs; ours with all metrics, final equity equal to 1e-9.\n${table}\n`,
  );
}
