// Whole sweeps from the command line: 100,000 runs of scenario A's size on one thread and on two, and a million small runs.
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const here = fileURLToPath(new URL('.', import.meta.url));
const steps = (from, step, count) => ({ from, to: Number((from + step * (count - 1)).toFixed(6)), step });
const volatility = (lookback) => ({ name: 'inverse-volatility', params: { lookback, rebalance: 'month' } });
const STOPS = {
  stopLoss: steps(0.1, 0.01, 10),
  trailingStop: steps(0.15, 0.01, 10),
  takeProfit: steps(0.25, 0.02, 10),
};

/** Sweeps on 50 assets × 2,520 bars, 100,000 runs each. */
const LARGE = {
  'no stops': {
    strategy: volatility(steps(20, 20, 10)),
    portfolio: { cash: 1_000_000, feeRate: steps(0, 0.0001, 100), slippage: steps(0, 0.0001, 100) },
    parity: 'none',
  },
  'no stops, parity auto': {
    strategy: volatility(steps(20, 20, 10)),
    portfolio: { cash: 1_000_000, feeRate: steps(0, 0.0001, 100), slippage: steps(0, 0.0001, 100) },
    parity: 'auto',
  },
  'wide stops': {
    strategy: volatility(steps(20, 20, 10)),
    stops: STOPS,
    portfolio: { cash: 1_000_000, feeRate: steps(0, 0.0002, 10) },
    parity: 'none',
  },
};

/** Sweeps on 10 assets × 500 bars, by their number of lookbacks: 10,000 runs each. */
const small = (lookbacks) => ({
  strategy: volatility(steps(20, 1, lookbacks)),
  stops: STOPS,
  portfolio: { cash: 1_000_000, feeRate: steps(0, 0.0002, 10) },
  maxRuns: 1_000_000,
  parity: 'none',
});

/**
 * @param out a directory for data and results, and for the compiled program `sweep.mjs`, which tells what the engine alone takes
 * @returns figures of `large` sweeps by name and threads, and of the `million`; `core` is one thread on one core, where others leave the
 *   main thread one of its own, and null where the machine cannot pin a process
 */
export async function measureWholeSweeps(out) {
  synth(join(out, 'large'), 50, 2_520);
  synth(join(out, 'small'), 10, 500);
  const large = [];
  for (const [name, spec] of Object.entries(LARGE)) {
    const file = writeSpec(out, name, './large', spec);
    const alone = await engineAlone(out, file);
    const core = hasTaskset() ? run(out, file, 1, 100_000, ['taskset', '--cpu-list', '0']) : null;
    const [one, two] = [1, 2].map((threads) => run(out, file, threads, 100_000));
    const after = await engineAlone(out, file); // a machine that others use is another one a minute later
    const mean = (of) => (of(alone) + of(after)) / 2;
    const engineMicros = mean(({ engineMicros: micros }) => micros);
    large.push({
      name,
      runs: 100_000,
      engineMicros,
      shardMicros: mean(({ shardMicros }) => shardMicros),
      kernelSeconds: (engineMicros * 100_000) / 1e6,
      machineScaling: mean(({ machineScaling }) => machineScaling),
      core,
      one,
      two,
    });
  }
  const tenThousand = run(out, writeSpec(out, 'ten thousand', './small', small(1)), 2, 10_000);
  const file = writeSpec(out, 'million', './small', small(100));
  const million = run(out, file, 2, 1_000_000);
  const dir = directory(out, file, 2);
  const questions = {
    top: ['top', 'last', '--by', 'cagr', '--dir', dir],
    query: [
      'query',
      'last',
      'SELECT p_lookback, avg(sharpe) AS sharpe FROM runs GROUP BY 1 ORDER BY 2 DESC',
      '--dir',
      dir,
    ],
    report: ['report', 'last', '--dir', dir],
  };
  const answered = Object.fromEntries(
    Object.entries(questions).map(([name, words]) => [name, cli(out, ...words).seconds]),
  );
  return { large, tenThousand, million, answered };
}

/**
 * What the engine takes for the runs of a sweep file on one thread, and how much more two processes of bare runs, which share
 * nothing, do at once than one: no sweep on this machine can scale better.
 */
async function engineAlone(out, file) {
  const node = async (...mode) => {
    const { stdout } = await promisify(execFile)(process.execPath, [join(out, 'sweep.mjs'), file, ...mode]);
    return JSON.parse(stdout);
  };
  const { engineMicros, shardMicros } = await node();
  const alone = await node('bare');
  const both = await Promise.all([node('bare'), node('bare')]);
  const machineScaling = both.reduce((sum, { seconds }) => sum + alone.seconds / seconds, 0);
  return { engineMicros, shardMicros, machineScaling };
}

function synth(dir, assets, bars) {
  const size = ['--assets', String(assets), '--bars', String(bars), '--seed', '1'];
  execFileSync(
    process.execPath,
    [join(here, '../dist/cli/main.js'), 'bars', 'synth', '--out', dir, ...size],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
}

function writeSpec(out, name, bars, spec) {
  const file = join(out, `${name.replaceAll(/\W+/g, '-')}.yaml`);
  writeFileSync(file, JSON.stringify({ name, bars, ...spec }));
  return file;
}

/** Can a process be kept on one core here? */
function hasTaskset() {
  try {
    execFileSync('taskset', ['--cpu-list', '0', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const directory = (out, file, threads) => join(out, `${file.slice(out.length + 1, -5)}-${threads}`);

function run(out, file, threads, runs, pinned = []) {
  const where = pinned.length > 0 ? 'one core' : `${threads} threads`;
  process.stderr.write(`sweep: ${runs} runs of ${file.slice(out.length + 1)} on ${where}\n`);
  const dir = `${directory(out, file, threads)}${pinned.length > 0 ? '-pinned' : ''}`;
  return measuredCommand(out, pinned, ['run', file, '--dir', dir, '--threads', String(threads), '--json']);
}

/** Runs the command line; wall seconds, CPU seconds of all threads, peak resident bytes. */
export function cli(out, ...args) {
  return measuredCommand(out, [], args);
}

function measuredCommand(out, before, args) {
  const file = join(out, 'usage.json');
  const env = { ...process.env, BACKSWEEP_USAGE: file };
  const started = performance.now();
  const [program, ...words] = [...before, process.execPath, join(here, 'with-usage.mjs'), ...args];
  execFileSync(program, words, {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const seconds = (performance.now() - started) / 1000;
  return { seconds, ...JSON.parse(readFileSync(file, 'utf8')) };
}
