import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { openSweepFile } from '../../adapters/local/open-sweep.ts';
import { barsBytes } from '../../core/bars.ts';
import { type CostEstimate, DEFAULT_DEPLOYMENT, estimateCost, ROW_BYTES } from '../../sweep/estimate-cost.ts';
import type { PreparedSweep } from '../../sweep/prepare-sweep.ts';
import { LIST_PRICES } from '../../sweep/prices.ts';
import { type Calibration, calibrate } from '../calibrate.ts';
import { bytes, count, duration, percent, plural, shortId } from '../format.ts';
import { jsonOption, wholeNumber } from '../options.ts';
import { colorsOf, print, printable, printJson } from '../terminal.ts';

/** Threads share caches and memory, and each has to compile the code again: two take more than half of the time of one. */
const WORST_SCALING = 2;
const WORST_START_SECONDS = 1;

interface Flags {
  readonly threads?: number;
  readonly json: boolean;
}

/** `backsweep plan sweep.yaml`. */
export function planCommand(): Command {
  return new Command('plan')
    .description(
      'what a sweep would run, how much memory and time it takes; writes nothing, runs a handful of runs',
    )
    .argument('<sweep.yaml>', 'sweep file, YAML or JSON')
    .option('--threads <n>', 'threads to plan for (default: all the machine has)', wholeNumber)
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ backsweep plan sweep.yaml\n')
    .action(async (file: string, { threads = availableParallelism(), json }: Flags) => {
      const { prepared } = await openSweepFile(file);
      const calibration = calibrate(prepared, () => performance.now() / 1000);
      const time = timeOf(prepared, calibration, threads);
      if (json) printJson(planJson(prepared, calibration, time));
      else print(planText(prepared, calibration, time));
    });
}

interface Time {
  readonly threads: number;
  /** Wall seconds. */
  readonly least: number;
  readonly expected: number;
  readonly most: number;
  /** Share of the expected time that goes into parity. */
  readonly parityShare: number;
}

function timeOf({ plan }: PreparedSweep, measured: Calibration, threads: number): Time {
  const lanes = Math.min(threads, plan.shards);
  const parity = checkedRuns(plan) * measured.parity;
  const wall = (perRun: number) => (plan.runs * perRun + parity) / lanes;
  return {
    threads: lanes,
    least: wall(measured.fastest),
    expected: wall(measured.typical),
    most: wall(measured.slowest) * WORST_SCALING + WORST_START_SECONDS,
    parityShare: parity / lanes / wall(measured.typical),
  };
}

/** In a stack with default settings, a core of which is about as fast as one of this machine. */
const cloudCost = (plan: PreparedSweep['plan'], { typical }: Calibration): CostEstimate =>
  estimateCost(plan, DEFAULT_DEPLOYMENT, LIST_PRICES, typical);

const checkedRuns = ({ runs, parityShare, parityLeaders }: PreparedSweep['plan']) =>
  Math.min(runs, Math.round(runs * parityShare) + parityLeaders);

function planJson({ plan, selection, engine, inputs }: PreparedSweep, calibration: Calibration, time: Time) {
  return {
    sweepId: plan.sweepId,
    name: inputs.spec.name,
    axes: engine.grid.axes.map(({ path, values }) => ({ path, values: values.length })),
    gridSize: String(selection.gridSize),
    examined: String(selection.examined),
    excluded: selection.excluded,
    runs: plan.runs,
    shards: plan.shards,
    shardRuns: plan.shardRuns,
    parityRuns: checkedRuns(plan),
    bars: { assets: plan.assets, bars: plan.bars, bytes: barsBytes(plan.assets, plan.bars) },
    resultBytes: plan.runs * ROW_BYTES,
    calibration,
    seconds: time,
    cloud: cloudCost(plan, calibration),
  };
}

function planText({ plan, selection, engine, inputs }: PreparedSweep, calibration: Calibration, time: Time) {
  const { bold, dim } = colorsOf(process.stdout);
  const { axes } = engine.grid;
  const product = axes.map(
    ({ path, values }) => `${path.slice(path.indexOf('.') + 1)} ${count(values.length)}`,
  );
  const field = (name: string, text: string) => `${name.padEnd(11)} ${text}`;
  const lines = [
    `${bold(printable(inputs.spec.name))} ${dim(`(sweep ${shortId(plan.sweepId)})`)}`,
    field(
      'grid',
      `${selection.gridSize} ${axes.length === 0 ? 'point, no axis' : `points: ${product.join(' × ')}`}`,
    ),
  ];
  for (const { condition, points } of selection.excluded) {
    const examined = selection.examined === selection.gridSize ? '' : ` of ${selection.examined} drawn`;
    lines.push(field('condition', `${condition} excludes ${count(points)}${examined}`));
  }
  if (inputs.spec.sample)
    lines.push(
      field('sample', `${count(inputs.spec.sample.random)} drawn with seed ${inputs.spec.sample.seed}`),
    );
  const checked = checkedRuns(plan);
  lines.push(
    field('runs', `${count(plan.runs)} in ${plural(plan.shards, 'shard')} of up to ${count(plan.shardRuns)}`),
    field(
      'parity',
      `${plural(checked, 'run')} (${percent(checked / plan.runs, 1)}) checked with both engines`,
    ),
    field(
      'bars',
      `${plural(plan.assets, 'asset')} × ${plural(plan.bars, 'bar')}, ${bytes(barsBytes(plan.assets, plan.bars))} of memory, shared by all threads`,
    ),
    field('results', `about ${bytes(plan.runs * ROW_BYTES)} on disk`),
    field(
      'time',
      `about ${duration(time.expected)} on ${plural(time.threads, 'thread')} (${duration(time.least)} to ${duration(time.most)}), ` +
        `${percent(time.parityShare, 0)} of it for parity; an estimate from ${plural(calibration.runs, 'run')} on this machine`,
    ),
    field('cloud', cloudText(cloudCost(plan, calibration))),
  );
  return lines.join('\n');
}

function cloudText({ expected, worst, storageUsdPerMonth, pricesAsOf }: CostEstimate): string {
  const { computeUsd, barLoadingUsd, requestsUsd } = expected;
  return (
    `about ${dollars(expected.totalUsd)} and ${duration(expected.wallSeconds)} on AWS ` +
    `(compute ${dollars(computeUsd)}, loading bars ${dollars(barLoadingUsd)}, requests ${dollars(requestsUsd)}; ` +
    `results ${dollars(storageUsdPerMonth)} a month), at worst ${dollars(worst.totalUsd)} and ${duration(worst.wallSeconds)}; ` +
    `list prices of ${pricesAsOf}`
  );
}

/** US dollars with the digits that matter. */
const dollars = (usd: number) =>
  usd < 0.0001 ? '< $0.0001' : `$${usd < 1 ? usd.toPrecision(2) : usd.toFixed(2)}`;
