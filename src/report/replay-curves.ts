import type { Bars } from '../core/bars.ts';
import { createRunLog, type RunLog } from '../core/execution/run-log.ts';
import { REASONS, STOP_LOSS, TAKE_PROFIT, TRAILING_STOP } from '../core/execution/stops.ts';
import type { InstructionMatrix } from '../core/instructions.ts';
import { NO_STOPS, type RunConfig } from '../core/run-config.ts';
import { createWorkspace, type Workspace } from '../core/window/workspace.ts';
import { runWindow } from '../core/window-engine.ts';
import { compileEvents } from '../strategies/compile-events.ts';
import { equalWeight } from '../strategies/equal-weight.ts';
import type { Grid } from '../sweep/grid.ts';
import { parameterSet, type SweepInputs } from '../sweep/shard-engine.ts';
import { metricsByName } from '../sweep/simulate.ts';
import { createSimulator } from '../sweep/simulate-run.ts';
import { barsPerYearOf } from '../sweep/sweep-content.ts';
import { pack } from './pack.ts';
import { createReentryFinder, type Reentries } from './prevented-reentries.ts';
import type { CurveMark, LeaderCurve, ReportCurve, ReportCurves } from './report-data.ts';
import { drawdownOf, shownBars } from './thin-curve.ts';

/** Leaders that are replayed. */
const REPLAYED = 5;
/** Marks of one kind on one curve. */
const MOST_MARKS = 1_000;
/** Bars times assets above which the dense form, which is what re-entries are found with, is too large to make. */
const MOST_DENSE_CELLS = 4_000_000;
const STOPS = new Set([STOP_LOSS, TRAILING_STOP, TAKE_PROFIT]);

/** A leader as the leaderboard has it. */
export interface ReplayedLeader {
  readonly rank: number;
  readonly runId: string;
  readonly params: string;
  readonly objective: number;
  /** What it traded, in numbers: of runs that traded the same, at other costs perhaps, one is enough. */
  readonly trades: string;
}

/** Replays the best runs that traded differently, and equal weight beside them. */
export function replayCurves(
  inputs: SweepInputs,
  grid: Grid,
  leaders: readonly ReplayedLeader[],
  objective: string,
): ReportCurves {
  const { bars, spec, strategy } = inputs;
  const { riskFreeRate } = spec;
  const barsPerYear = barsPerYearOf(spec, bars);
  const simulator = createSimulator({ bars, strategy, barsPerYear, riskFreeRate });
  const workspace = createWorkspace(bars);
  const reentriesOf = createReentryFinder(workspace);
  const chosen = differing(leaders).slice(0, REPLAYED);
  let faithful = true;
  const replays = chosen.map(({ rank, runId, params, objective: expected }) => {
    const set = parameterSet(params, grid);
    const [matrix, config] = [simulator.instructions(set), simulator.config(set)];
    const replay = replayed(matrix, config, workspace);
    if (!Object.is(replay.metrics[objective], expected)) faithful = false;
    const isTooLarge = bars.length * bars.symbols.length > MOST_DENSE_CELLS;
    const marks = marksOf(replay.log, bars, () => (isTooLarge ? null : reentriesOf(matrix, config)));
    return { rank, runId, ...replay, marks };
  });
  const best = leaders[0] && simulator.config(parameterSet(leaders[0].params, grid));
  const benchmark = best && benchmarkOf(best, workspace);
  const tracks = [...replays, ...(benchmark ? [benchmark] : [])];
  const shown = [...new Set(tracks.flatMap(({ equity, drawdown }) => shownBars(equity, drawdown)))];
  shown.sort((a, b) => a - b);
  return {
    cash: best?.cash ?? 0,
    times: pack(Float64Array.from(shown, (t) => bars.times[t]!)),
    thinned: shown.length < bars.length,
    faithful,
    runs: replays.map((replay) => ({
      rank: replay.rank,
      runId: replay.runId,
      ...curveOf(replay, shown),
      ...replay.marks,
    })),
    benchmark: benchmark ? { ...curveOf(benchmark, shown), metrics: benchmark.metrics } : null,
  };
}

/** Leaders that differ from all before them in what they traded and in more than what they paid for it. */
function differing(leaders: readonly ReplayedLeader[]): ReplayedLeader[] {
  const seen = new Set<string>();
  return leaders.filter(({ params, trades }) => {
    const { portfolio, ...rest } = JSON.parse(params) as Record<string, unknown>;
    const names = [trades, JSON.stringify(rest)];
    const known = names.some((name) => seen.has(name));
    for (const name of names) seen.add(name);
    return !known;
  });
}

/** The built-in `equal-weight` with its defaults, under the costs and fills of the best run, without stops. */
function benchmarkOf(best: RunConfig, workspace: Workspace): Replay {
  const { bars } = workspace;
  const config = { ...best, stops: NO_STOPS };
  const limits = { maxLeverage: Math.max(1, best.maxLeverage), maxAssetWeight: 1, allowShort: false };
  const events = equalWeight.events(bars, equalWeight.params.parse({}));
  return replayed(compileEvents(events, bars, limits), config, workspace);
}

/** A run once more: equity and drawdown at every bar, its metrics by name, what it did. */
interface Replay {
  readonly equity: Float64Array;
  readonly drawdown: Float64Array;
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly log: RunLog;
}

function replayed(matrix: InstructionMatrix, config: RunConfig, workspace: Workspace): Replay {
  const log = createRunLog();
  runWindow(matrix, config, workspace, log);
  const equity = workspace.equity.slice();
  const metrics = metricsByName(workspace, config, equity.length);
  return { equity, drawdown: drawdownOf(equity, config.cash), metrics, log };
}

function curveOf(
  { equity, drawdown }: Pick<Replay, 'equity' | 'drawdown'>,
  shown: readonly number[],
): ReportCurve {
  return {
    equity: pack(Float32Array.from(shown, (t) => equity[t]!)),
    drawdown: pack(Float32Array.from(shown, (t) => drawdown[t]!)),
  };
}

function marksOf(
  log: RunLog,
  bars: Bars,
  reentries: () => Reentries | null,
): Pick<LeaderCurve, 'stops' | 'stopCount' | 'prevented' | 'preventedCount'> {
  const mark = (bar: number, asset: number, what: string): CurveMark => ({
    time: bars.times[bar]!,
    asset: bars.symbols[asset]!,
    what,
  });
  const stops = Array.from({ length: log.fills }, (_, i) => i).filter((i) => STOPS.has(log.reason[i]!));
  const prevented = stops.length === 0 ? { count: 0, first: [] } : reentries();
  return {
    stops: stops.slice(0, MOST_MARKS).map((i) => mark(log.bar[i]!, log.asset[i]!, REASONS[log.reason[i]!]!)),
    stopCount: stops.length,
    prevented:
      prevented?.first.slice(0, MOST_MARKS).map(({ bar, asset }) => mark(bar, asset, 're-entry')) ?? null,
    preventedCount: prevented?.count ?? 0,
  };
}
