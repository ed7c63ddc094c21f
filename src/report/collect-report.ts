import * as z from 'zod';
import { InvalidInputError } from '../contracts/errors.ts';
import { planSchema } from '../contracts/plan.ts';
import { axisColumns } from '../contracts/result-row.ts';
import { type Summary, summarySchema } from '../contracts/summary.ts';
import { canonicalJson } from '../formats/canonical-json.ts';
import { newestGeneration } from '../sweep/generations.ts';
import { gridOf } from '../sweep/grid.ts';
import { getJson } from '../sweep/json-objects.ts';
import { planKey, specKey, summaryKey } from '../sweep/keys.ts';
import type { Store } from '../sweep/ports.ts';
import { type PlainRow, readLeaderboard } from '../sweep/read-leaderboard.ts';
import { resultColumns } from '../sweep/result-columns.ts';
import type { SweepInputs } from '../sweep/shard-engine.ts';
import { readResolvedSpec } from '../sweep/sweep-content.ts';
import { type PlacedAxis, placeAxes } from './axes.ts';
import { budgetOf } from './budget.ts';
import { readFollowed } from './followed-curve.ts';
import { givenUpShards } from './given-up-shards.ts';
import { logitQuantiles, readSurroundings } from './overfitting-figures.ts';
import { pack } from './pack.ts';
import { pageMetrics } from './page-metrics.ts';
import { parityMetrics, savings } from './published-metrics.ts';
import { type ReplayedLeader, replayCurves } from './replay-curves.ts';
import type { PackedRuns, ReportCurves, ReportData, ReportMetric } from './report-data.ts';
import type { RunColumns } from './run-columns.ts';
import { runFigures } from './run-figures.ts';

/** What two runs have in common that made the same trades, whatever they paid for them. */
const TRADES = [
  'orders',
  'round_trips',
  'stop_loss_exits',
  'trailing_stop_exits',
  'take_profit_exits',
  'bars_stopped',
  'exposure',
];
/** Leaders that a page lists. */
const LEADERS = 1_000;

/**
 * Collects what a report shows of the newest published generation of a sweep; writes nothing.
 *
 * A pure function of the store's objects and the bars: local and cloud give the same.
 *
 * @param inputs what a replay of the leaders takes, or why there is none
 * @throws InvalidInputError for a sweep that is unknown or has no summary yet
 */
export async function collectReport(
  store: Store,
  sweepId: string,
  version: string,
  inputs: SweepInputs | string,
): Promise<ReportData> {
  const summary = await publishedSummary(store, sweepId);
  const plan = (await getJson(store, planKey(sweepId), planSchema))!;
  const resolved = await getJson(store, specKey(sweepId), z.unknown());
  const spec = readResolvedSpec(resolved);
  const grid = gridOf(spec);
  const metrics = pageMetrics(summary.objective.metric);
  const budget = budgetOf(
    summary.okRuns,
    grid.axes.map(({ values }) => values.length),
    metrics.length,
  );
  const axes = placeAxes(axisColumns(grid), budget.positions);
  const columns = resultColumns(grid);
  const source = { store, plan, summary, columns };
  const rows = await readLeaderboard(store, summary, columns, { limit: LEADERS });
  const leaders = leaderColumns(rows, axes, metrics);
  const curves = curvesOf(summary, grid, rows, inputs);
  const benchmark = typeof curves === 'string' ? null : (curves.benchmark?.metrics ?? null);
  const [leastSaving, mostSaving] = await savings(store, summary);
  const bars = typeof inputs === 'string' ? null : inputs.bars;
  const runIds = rows.map((row) => String(row.run_id));
  const best = rows.length === 0 ? null : leaders.positions.map((positions) => positions[0]!);
  const figures = await runFigures(source, { axes, metrics, budget, best, benchmark });
  return {
    v: 1,
    name: spec.name,
    sweepId,
    version,
    strategy: spec.strategy.name,
    symbols: bars?.symbols ?? spec.universe ?? [],
    assets: plan.assets,
    bars: plan.bars,
    from: bars?.times[0] ?? null,
    to: bars?.times[bars.length - 1] ?? null,
    summary,
    spec: canonicalJson(resolved),
    constraints: spec.constraints,
    axes: axes.map(({ axis }) => axis),
    metrics,
    okRuns: summary.okRuns,
    runs: { ...packRuns(figures.shown), complete: budget.complete },
    cube: figures.cube && { metrics: budget.cubeMetrics, numbers: pack(figures.cube) },
    slices: pack(figures.slices),
    histograms: figures.histograms,
    leaders: {
      ...packRuns(leaders),
      runIds,
      runIndices: rows.map((row) => Number(row.run_index)),
      parity: rows.map((row) => String(row.parity_status)),
      surroundings: await readSurroundings(store, summary, runIds),
    },
    logits: await logitQuantiles(store, summary),
    followed: await readFollowed(store, summary),
    curves,
    failures: [...figures.failures, ...(await givenUpShards(store, plan, summary))],
    zeroTrades: figures.zeroTrades,
    parity: await parityMetrics(store, summary),
    leastSaving,
    mostSaving,
  };
}

async function publishedSummary(store: Store, sweepId: string): Promise<Summary> {
  const newest = await newestGeneration(store, sweepId);
  for (let generation = newest ?? -1; generation >= 0; generation--) {
    const summary = await getJson(store, summaryKey(sweepId, generation), summarySchema);
    if (summary) return summary;
  }
  throw new InvalidInputError(
    `sweep ${sweepId}: expected a sweep that has ended, found ${newest === null ? 'none of this id' : 'no summary yet'}; ` +
      (newest === null
        ? '`backsweep list` shows those there are'
        : '`backsweep resume` goes on with it on this machine, `backsweep watch` follows it in the cloud'),
  );
}

function leaderColumns(
  rows: readonly PlainRow[],
  axes: readonly PlacedAxis[],
  metrics: readonly ReportMetric[],
): RunColumns<Float64Array> {
  return {
    rows: rows.length,
    positions: axes.map(({ column, positionOf }) => Uint8Array.from(rows, (row) => positionOf(row[column]))),
    metrics: metrics.map(({ name }) =>
      Float64Array.from(rows, (row) => (row[name] as number | null) ?? Number.NaN),
    ),
  };
}

function curvesOf(
  { objective }: Summary,
  grid: ReturnType<typeof gridOf>,
  rows: readonly PlainRow[],
  inputs: SweepInputs | string,
): ReportCurves | string {
  if (rows.length === 0) return 'there is no leader to replay';
  if (typeof inputs === 'string') return inputs;
  const leaders = rows.map(
    (row, i): ReplayedLeader => ({
      rank: i + 1,
      runId: String(row.run_id),
      params: String(row.params),
      objective: Number(row.objective),
      trades: TRADES.map((name) => row[name]).join('/'),
    }),
  );
  return replayCurves(inputs, grid, leaders, objective.metric);
}

function packRuns({ rows, positions, metrics }: RunColumns<Float32Array | Float64Array>): PackedRuns {
  return { rows, positions: positions.map(pack), metrics: metrics.map(pack) };
}
