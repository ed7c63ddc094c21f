import { parseSweepSpec } from '../contracts/check-sweep-spec.ts';
import type { DatasetManifest } from '../contracts/dataset-manifest.ts';
import { InvalidInputError } from '../contracts/errors.ts';
import { nearestName } from '../contracts/nearest-name.ts';
import { periodBounds } from '../contracts/period.ts';
import type { SweepSpec } from '../contracts/sweep-spec.ts';
import type { ValidationLayout } from '../contracts/validation-layout.ts';
import { STRATEGIES } from '../strategies/catalog.ts';
import { importStrategy } from '../strategies/import-strategy.ts';
import type { Strategy } from '../strategies/strategy.ts';
import { ENGINE_DIGEST } from './engine-digest.ts';
import { type CostEstimate, type Deployment, estimateCost } from './estimate-cost.ts';
import { gridOf } from './grid.ts';
import { sweepIdOf } from './ids.ts';
import { instructionsKey } from './keys.ts';
import { inLanes } from './lanes.ts';
import { chosenSymbols, emptyPeriod } from './load-bars.ts';
import { refuseBarsThatDoNotFit } from './memory-need.ts';
import { planOf } from './plan.ts';
import type { Store } from './ports.ts';
import { rankingOf } from './prepare-sweep.ts';
import { selectRuns } from './selection.ts';
import { instructionShas, readManifest } from './stored-sweep.ts';
import type { StrategyModule } from './strategy-source.ts';
import { resolveSpec, strategyCodeOfSpec } from './sweep-content.ts';
import { validateParams } from './validate-params.ts';
import { validationLayout } from './validation/validation-layout.ts';

/** Where a sweep is to run. */
export interface SubmissionTarget extends Deployment {
  readonly bucket: string;
  readonly modules: readonly StrategyModule[];
}

/** A sweep that may be submitted: everything but its bars was looked at. */
export interface Submission {
  readonly sweepId: string;
  /** What becomes spec.json. */
  readonly resolved: unknown;
  readonly runs: number;
  readonly shards: number;
  readonly shardRuns: number;
  readonly assets: number;
  /** Estimated from the period's share of the dataset: how many there are is in the bars themselves. */
  readonly bars: number;
  readonly cost: CostEstimate;
  readonly maxCostUsd: number;
}

/**
 * Checks a sweep as it comes in from outside: a sweep file's content whose paths are replaced by what they name, that
 * is `bars` by a dataset that was pushed, a module by `module:` and its hash, instruction files by theirs.
 *
 * Reads manifests, no bars; writes nothing. InvalidInputError for whatever could not run, with the way out.
 */
export async function checkSubmission(
  store: Store,
  body: unknown,
  target: SubmissionTarget,
): Promise<Submission> {
  const spec = parseSweepSpec(body);
  const { strategy, strategyCode } = await deployedStrategy(spec, target.modules);
  validateParams(strategy, spec);
  rankingOf(spec);
  const datasetId = datasetIdOf(spec.bars, target.bucket);
  const manifest = await readManifest(store, datasetId);
  const { assets, bars, from, to } = estimatedBars(manifest, spec);
  refuseBarsThatDoNotFit(assets, bars, target.workerMemoryMb);
  const { runs } = selectRuns(spec, gridOf(spec));
  const instructions = new Map(instructionShas(spec).map((sha) => [sha, sha]));
  await refuseUnknownInstructions(store, [...instructions.keys()]);
  const resolved = resolveSpec(spec, { datasetId, strategyCode, instructions });
  const sweepId = sweepIdOf(resolved);
  const { parity, shardRuns } = spec;
  const validation = estimatedLayout(spec, bars, from, to);
  const ranked = validation?.bars ?? bars;
  const plan = {
    ...planOf({ sweepId, engine: ENGINE_DIGEST, runs, bars: ranked, assets, shardRuns, parity }),
    ...(validation && { validation }),
  };
  return {
    sweepId,
    resolved,
    runs,
    shards: plan.shards,
    shardRuns: plan.shardRuns,
    assets,
    bars,
    cost: estimateCost(plan, target),
    maxCostUsd: spec.maxCostUsd,
  };
}

/** Refuses a submission whose expected cost is above what its spec admits. */
export function refuseExpensive({ cost, maxCostUsd }: Pick<Submission, 'cost' | 'maxCostUsd'>): void {
  if (cost.expected.totalUsd <= maxCostUsd) return;
  throw new InvalidInputError(
    `maxCostUsd: expected a sweep of at most ${maxCostUsd} USD, found one of about ${cost.expected.totalUsd.toFixed(2)} USD; ` +
      'sample fewer runs, or raise maxCostUsd in the sweep file',
  );
}

function datasetIdOf(bars: string, bucket: string): string {
  const found = /^(?:s3:\/\/([^/]+)\/datasets\/)?([0-9a-f]{32})\/?$/.exec(bars);
  if (found && (found[1] === undefined || found[1] === bucket)) return found[2]!;
  throw new InvalidInputError(
    `bars: expected s3://${bucket}/datasets/ID, or the id of a dataset that was pushed there, ` +
      `found ${JSON.stringify(bars.slice(0, 100))}; push it with \`backsweep bars push\``,
  );
}

async function deployedStrategy(
  spec: SweepSpec,
  modules: readonly StrategyModule[],
): Promise<{ strategy: Strategy; strategyCode: string | null }> {
  const { name } = spec.strategy;
  const builtin = STRATEGIES.find((strategy) => strategy.name === name);
  if (builtin) return { strategy: builtin, strategyCode: null };
  const code = strategyCodeOfSpec(spec);
  const module = modules.find((each) => (code === null ? each.name === name : each.codeSha256 === code));
  if (module) {
    return { strategy: await importStrategy(module.code, module.name), strategyCode: module.codeSha256 };
  }
  const names = [...STRATEGIES, ...modules].map((each) => each.name);
  const nearest = nearestName(name, names);
  throw new InvalidInputError(
    `strategy.name: expected a built-in or deployed strategy (${names.join(', ')}), found ${JSON.stringify(name.slice(0, 100))}` +
      `${nearest === undefined ? '' : `; did you mean ${nearest}?`}; ` +
      'to run one of your own as it is now, list it in settings.strategies and deploy',
  );
}

async function refuseUnknownInstructions(store: Store, shas: readonly string[]): Promise<void> {
  await inLanes(shas, Math.min(32, shas.length), async (sha) => {
    if (/^[0-9a-f]{64}$/.test(sha) && (await store.size(instructionsKey(sha))) !== null) return;
    throw new InvalidInputError(
      `strategy.params.file: expected the sha256 of instructions that were pushed, found ${JSON.stringify(sha.slice(0, 80))}; ` +
        '`backsweep submit` pushes them',
    );
  });
}

/** Assets, and the bars that the period's share of the dataset lets expect; at least 1. */
function estimatedBars(manifest: DatasetManifest, { universe, period }: SweepSpec) {
  const entries = chosenSymbols(manifest, universe);
  const asked = periodBounds(period);
  const first = Math.min(...entries.map((entry) => entry.from));
  const last = Math.max(...entries.map((entry) => entry.to));
  const from = Math.max(asked.from, first);
  const to = Math.min(asked.to, last);
  if (from > to) throw emptyPeriod(manifest, entries, asked.from, asked.to);
  const share = manifest.to > manifest.from ? (to - from) / (manifest.to - manifest.from) : 1;
  const most = entries.reduce((sum, { rows }) => sum + rows, 0);
  return {
    assets: entries.length,
    from,
    to,
    bars: Math.max(1, Math.min(manifest.bars, most, Math.ceil(manifest.bars * share) + 1)),
  };
}

/** The windows of a validation on bars as if they were evenly spaced; null without one, or where only the bars tell whether it fits. */
function estimatedLayout(spec: SweepSpec, bars: number, from: number, to: number): ValidationLayout | null {
  if (!spec.validation) return null;
  const times = Float64Array.from(
    { length: bars },
    (_, i) => from + ((to - from) * i) / Math.max(1, bars - 1),
  );
  try {
    const barsPerYear = spec.barsPerYear ?? 1; // windows do not depend on it
    return validationLayout(spec.validation, times, { barsPerYear, riskFreeRate: spec.riskFreeRate });
  } catch (error) {
    if (error instanceof InvalidInputError) return null; // the planner, which reads the bars, says so
    throw error;
  }
}
