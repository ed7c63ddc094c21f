import type { Bars } from './bars.ts';
import { runEvents } from './event-engine.ts';
import type { RunTotals } from './execution/ledger.ts';
import { createRunLog } from './execution/run-log.ts';
import type { InstructionMatrix } from './instructions.ts';
import { kernelOf } from './kernel/kernel.ts';
import { dailyInstructions, denseTargets, holdInstructions } from './legacy-dense.ts';
import { type Divergence, divergenceText, firstDivergence, type Outcome } from './parity.ts';
import { NO_STOPS, type RunConfig } from './run-config.ts';
import { createWorkspace, type Workspace } from './window/workspace.ts';
import { runWindow } from './window-engine.ts';

/** What checking one run found. */
export interface ParityCheck {
  readonly status: 'identical' | 'diverged';
  /** The first divergence in one line; null where all agree. */
  readonly detail: string | null;
  /** P2, P3 or P4, with `+P5` where stops were configured and never touched (section 8 of the semantics). */
  readonly denseClass: string;
  /** What the legacy form, the row repeated on every bar, does with the same run. */
  readonly reentriesDense: number;
  /** Turnover of dense daily less that of the run, both over the run's mean equity; per year. */
  readonly driftTurnover: number;
  /** Fees of dense daily less those of the run, in money. */
  readonly driftFees: number;
}

/** Scratch for checks over the same bars: a second workspace, and the dense forms of the latest matrix. */
export interface ParityScratch {
  readonly bars: Bars;
  readonly workspace: Workspace;
  /** `hold` is null where it has the cells of `matrix`, bit for bit. */
  forms: { matrix: InstructionMatrix; hold: InstructionMatrix | null; daily: InstructionMatrix } | null;
}

export function createParityScratch(bars: Bars): ParityScratch {
  return { bars, workspace: createWorkspace(bars), forms: null };
}

/**
 * Runs one configuration through everything that must agree with it, and says where the first of them differs.
 *
 * Always: the window engine against the event engine, against the kernel (or itself without a log), and against dense hold (P4). In their classes also dense daily
 * (P2, P3) and the same run without stops (P5). Outside of them the cost of dense daily is reported, never asserted.
 * Leaves equity and ledger of the run in `ws`, as `runWindow` does.
 */
export function checkParity(
  matrix: InstructionMatrix,
  config: RunConfig,
  ws: Workspace,
  scratch: ParityScratch,
): ParityCheck {
  const { bars } = scratch;
  const forms = denseForms(matrix, scratch);
  const run = outcome(matrix, config, ws);
  const { totals } = run.ledger;
  const findings: [string, Divergence | null][] = [];
  findings.push(['event engine', firstDivergence(run, runEvents(bars, matrix, config))]);
  findings.push(unlogged(run, matrix, config, scratch));
  // Where dense hold comes back as the very same cells, it is the same run.
  if (forms.hold !== null) {
    findings.push(['dense hold', firstDivergence(run, outcome(forms.hold, config, scratch.workspace))]);
  }

  const untouched = hasStops(matrix, config) && stopExits(run) === 0;
  if (untouched) {
    const bare = outcome({ ...matrix, cellStops: null }, { ...config, stops: NO_STOPS }, scratch.workspace);
    findings.push(['without stops', firstDivergence(run, bare)]);
  }
  const denseClass = classOf(matrix, config, run, bars);
  let daily: RunTotals;
  if (denseClass === 'P4') {
    daily = dailyTotals(forms.daily, config, scratch);
  } else {
    const compared = outcome(forms.daily, config, scratch.workspace);
    findings.push(['dense daily', firstTradeDivergence(run, compared)]);
    daily = compared.ledger.totals;
  }
  const years = bars.length / config.barsPerYear;
  const found = findings.find(([, divergence]) => divergence !== null);
  return {
    status: found ? 'diverged' : 'identical',
    detail: found ? `${found[0]}: ${divergenceText(found[1]!, bars)}` : null,
    denseClass: untouched ? `${denseClass}+P5` : denseClass,
    reentriesDense: daily.reentries,
    driftTurnover: (daily.tradedValue - totals.tradedValue) / 2 / meanEquity(run) / years,
    driftFees: daily.fees - totals.fees,
  };
}

function denseForms(matrix: InstructionMatrix, scratch: ParityScratch) {
  if (scratch.forms?.matrix !== matrix) {
    const dense = denseTargets(matrix, scratch.bars.length, scratch.bars.symbols.length, true);
    const hold = holdInstructions(dense);
    scratch.forms = {
      matrix,
      hold: isSameMatrix(matrix, hold) ? null : hold,
      daily: dailyInstructions(dense),
    };
  }
  return scratch.forms;
}

/** Are these the same rows of the same cells, bit for bit? */
function isSameMatrix(left: InstructionMatrix, right: InstructionMatrix): boolean {
  const columns = ({ rowBar, rowStart, cellAsset, cellWeight, cellStops, carried }: InstructionMatrix) => [
    ...[rowBar, rowStart, cellAsset, cellWeight, carried],
    ...[cellStops?.stopLoss, cellStops?.trailingStop, cellStops?.takeProfit],
  ];
  const others = columns(right);
  return columns(left).every((column, k) => {
    const other = others[k];
    if (!column || !other) return !column && !other;
    return column.length === other.length && column.every((value, i) => Object.is(value, other[i]));
  });
}

function outcome(matrix: InstructionMatrix, config: RunConfig, ws: Workspace): Outcome {
  const log = createRunLog();
  runWindow(matrix, config, ws, log);
  return { equity: ws.equity, ledger: ws.ledger, log };
}

/** The path that sweeps take: the kernel where there is one. It has no log, so that equity and totals alone can be compared. */
function unlogged(
  run: Outcome,
  matrix: InstructionMatrix,
  config: RunConfig,
  { bars, workspace }: ParityScratch,
): [string, Divergence | null] {
  const kernel = kernelOf(bars);
  if (kernel?.run(matrix, config)) {
    const { equity, totals } = kernel;
    return ['kernel', firstDivergence(run, { equity, ledger: { ...run.ledger, totals }, log: run.log })];
  }
  runWindow(matrix, config, workspace);
  const { equity, ledger } = workspace;
  return ['without a log', firstDivergence(run, { equity, ledger, log: run.log })];
}

/** Measured, not compared: it needs no log, and an order on every bar is what the kernel is fastest at. */
function dailyTotals(
  daily: InstructionMatrix,
  config: RunConfig,
  { bars, workspace }: ParityScratch,
): RunTotals {
  const kernel = kernelOf(bars);
  return kernel?.run(daily, config) ? kernel.totals : runWindow(daily, config, workspace);
}

/** Dense daily names each cell again and again, so only what traded can be compared, not what was counted. */
function firstTradeDivergence(left: Outcome, right: Outcome): Divergence | null {
  const trades = ({ equity, ledger, log }: Outcome): Outcome => ({
    equity,
    log: { ...log, rejections: [], scaledBatches: [] },
    ledger: { ...ledger, totals: left.ledger.totals },
  });
  return firstDivergence(trades(left), trades(right));
}

function meanEquity({ equity }: Outcome): number {
  return equity.reduce((sum, value) => sum + value, 0) / equity.length;
}

function hasStops(matrix: InstructionMatrix, { stops }: RunConfig): boolean {
  return matrix.cellStops !== null || Object.values(stops).some((stop: number) => !Number.isNaN(stop));
}

function stopExits({ ledger: { totals } }: Outcome): number {
  return totals.stopLossExits + totals.trailingStopExits + totals.takeProfitExits;
}

/**
 * The class of exact parity with dense daily that a run belongs to; P4 = with dense hold only.
 *
 * P2: an event on every bar from the first on. P3: nothing can drift, since every row names all assets and holds at
 * most one, at weight 1, every cell was executed at once, and no stop, lot or loan intervened.
 */
function classOf(matrix: InstructionMatrix, config: RunConfig, run: Outcome, bars: Bars): 'P2' | 'P3' | 'P4' {
  const { rowBar } = matrix;
  if (rowBar.length > 0 && rowBar.length === bars.length - rowBar[0]!) return 'P2';
  const { totals } = run.ledger;
  const executed = totals.unexecuted === 0 && totals.rejected === 0;
  const plain =
    config.lotSize === 0 && config.minNotional === 0 && config.minSize <= 1e-8 && config.maxLeverage === 1;
  const calm = stopExits(run) === 0 && totals.ruinExits === 0;
  return executed && plain && calm && holdsOneAtMost(matrix, bars.symbols.length) ? 'P3' : 'P4';
}

function holdsOneAtMost(matrix: InstructionMatrix, assets: number): boolean {
  return matrix.rowBar.every((_, r) => {
    const weights = matrix.cellWeight.subarray(matrix.rowStart[r]!, matrix.rowStart[r + 1]!);
    const held = weights.filter((weight) => weight !== 0);
    return weights.length === assets && (held.length === 0 || (held.length === 1 && held[0] === 1));
  });
}
