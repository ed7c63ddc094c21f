import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { openSweepFile } from '../../adapters/local/open-sweep.ts';
import { readInputText } from '../../adapters/local/read-input.ts';
import type { Plan } from '../../contracts/plan.ts';
import type { ValidationLayout } from '../../contracts/validation-layout.ts';
import { barsBytes } from '../../core/bars.ts';
import { parseSweepFile } from '../../formats/sweep-yaml.ts';
import { endWork, resultBytes } from '../../sweep/estimate-cost.ts';
import { checkedRuns, LEADERS, SWEEP_SECONDS } from '../../sweep/plan.ts';
import type { PreparedSweep } from '../../sweep/prepare-sweep.ts';
import { validationWork } from '../../sweep/validation/validation-work.ts';
import { type Calibration, calibrate } from '../calibrate.ts';
import { type CloudPlan, cloudLines, cloudPlan } from '../cloud-plan.ts';
import { bytes, count, duration, percent, plural, shortId } from '../format.ts';
import { jsonOption, wholeNumber } from '../options.ts';
import { colorsOf, printable, printFitted, printJson } from '../terminal.ts';

/** Threads share caches and memory, and each has to compile the code again: two take more than half of the time of one. */
const WORST_SCALING = 2;
const WORST_START_SECONDS = 1;

interface Flags {
  readonly threads?: number;
  readonly api?: string;
  readonly json: boolean;
}

/** `backsweep plan sweep.yaml`. */
export function planCommand(): Command {
  return new Command('plan')
    .description(
      'what a sweep would run, how much memory, time and money it takes here and in the cloud; writes nothing, runs a handful of runs',
    )
    .argument('<sweep.yaml>', 'sweep file, YAML or JSON')
    .option('--threads <n>', 'threads to plan for (default: all the machine has)', wholeNumber)
    .option('--api <url>', 'let this stack plan instead, by its own limits; its bucket must have the bars')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ backsweep plan sweep.yaml\n')
    .action(async (file: string, { threads = availableParallelism(), api, json }: Flags) => {
      if (api !== undefined) return planByApi(api, file, json);
      const { prepared } = await openSweepFile(file);
      const calibration = calibrate(prepared, () => performance.now() / 1000);
      const time = timeOf(prepared, calibration, threads);
      const { maxCostUsd } = parseSweepFile(await readInputText(file), file);
      const cloud = cloudPlan(prepared.plan, calibration.typical, maxCostUsd);
      if (json) printJson({ ...planJson(prepared, calibration, time), cloud });
      else printFitted(planText(prepared, calibration, time, cloud));
    });
}

/** The parts of the cloud are loaded only where they are used. */
async function planByApi(address: string, file: string, json: boolean): Promise<void> {
  const { openSweepApi } = await import('../../adapters/http/sweep-api.ts');
  const { openSubmission } = await import('../../adapters/local/open-submission.ts');
  const { plannedText } = await import('../cost-text.ts');
  const { name, body } = await openSubmission(file);
  const planned = await openSweepApi(address).plan(body);
  if (json) printJson({ name, ...planned });
  else printFitted(`${colorsOf(process.stdout).bold(printable(name))}\n${plannedText(planned)}`);
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
  const end = endWork(plan);
  const wall = (perRun: number) =>
    ((plan.runs + end.runs) * perRun + parity) / lanes + end.seconds + SWEEP_SECONDS;
  return {
    threads: lanes,
    least: wall(measured.fastest),
    expected: wall(measured.typical),
    most: wall(measured.slowest) * WORST_SCALING + WORST_START_SECONDS,
    parityShare: parity / lanes / wall(measured.typical),
  };
}

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
    validation: plan.validation ? validationWork(plan.validation) : null,
    resultBytes: resultBytes(plan),
    calibration,
    seconds: time,
  };
}

function planText(
  { plan, selection, engine, inputs }: PreparedSweep,
  calibration: Calibration,
  time: Time,
  cloud: CloudPlan,
) {
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
      `${big(selection.gridSize)} ${axes.length === 0 ? 'point, no axis' : `points: ${product.join(' × ')}`}`,
    ),
  ];
  for (const { condition, points } of selection.excluded) {
    const examined = selection.examined === selection.gridSize ? '' : ` of ${big(selection.examined)} drawn`;
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
      `${plural(checked, 'run')} (${percent(checked / plan.runs, 1)}) checked with both engines, ` +
        `about ${percent(time.parityShare, 0)} of the time`,
    ),
    field(
      'bars',
      `${plural(plan.assets, 'asset')} × ${plural(plan.bars, 'bar')}, ${bytes(barsBytes(plan.assets, plan.bars))} of memory, shared by all threads`,
    ),
    ...(plan.validation ? [field('validation', validationText(plan, plan.validation))] : []),
    field('results', `about ${bytes(resultBytes(plan))} on disk`),
    field(
      'time',
      `about ${duration(time.expected)} on ${plural(time.threads, 'thread')} (${duration(time.least)} to ${duration(time.most)}); ` +
        `an estimate from ${plural(calibration.runs, 'run')} on this machine`,
    ),
    ...cloudLines(cloud).map(([name, text]) => field(name, text)),
  );
  return lines.join('\n');
}

/** What is held back and looked at, and the simulations that it takes at the end. */
function validationText({ runs }: Pick<Plan, 'runs'>, layout: ValidationLayout): string {
  const { windows, cpcv, holdout } = layout;
  const parts = [
    ...(windows.length > 0 ? [`${plural(windows.length, 'window')} to walk forward`] : []),
    ...(cpcv ? [`${plural(cpcv.splits.length, 'split')} of cross-validation`] : []),
    ...(holdout ? [`${plural(holdout.bars, 'bar')} held back`] : []),
  ];
  const again = Math.min(runs, validationWork(layout).chosenRuns) + (holdout ? Math.min(runs, LEADERS) : 0);
  return `${parts.join(', ')}: at most ${plural(again, 'run')} are simulated once more for it`;
}

/** A grid may have more points than a number counts exactly. */
const big = (value: bigint) => String(value).replace(/\B(?=(\d{3})+$)/g, ',');
