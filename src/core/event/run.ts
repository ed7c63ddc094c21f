import type { Bars } from '../bars.ts';
import type { Ledger } from '../execution/ledger.ts';
import type { RejectionCause, RunLog } from '../execution/run-log.ts';
import { REASONS, type StopExit, type StopLevels } from '../execution/stops.ts';
import type { RunConfig } from '../run-config.ts';
import type { Cell, EngineEvent } from './engine-event.ts';

/** Everything one run of the event engine carries from step to step. */
export interface Run {
  readonly bars: Bars;
  readonly config: RunConfig;
  readonly ledger: Ledger;
  readonly log: RunLog;
  /** undefined where nobody listens: then no event is made. */
  readonly emit: ((event: EngineEvent) => void) | undefined;
  /** Index of the present bar. */
  t: number;
  /** The present bar of every asset, taken out of the columns where a batch executes on it. */
  readonly now: BarOfAssets;
  /** Cells that wait for their asset's next bar (`missingBar: defer`). */
  readonly waiting: Map<number, Cell>;
  /** Assets that a stop sold on the present bar. */
  readonly stoppedNow: Set<number>;
  /** Assets whose position was opened at the present bar's open. */
  readonly openedNow: Set<number>;
  readonly levels: StopLevels;
  readonly exit: StopExit;
}

/** Prices of one bar, by asset; NaN where an asset has none, but for its last close. */
export interface BarOfAssets {
  readonly open: Float64Array;
  readonly close: Float64Array;
  readonly lastClose: Float64Array;
}

export function createBarOfAssets(assets: number): BarOfAssets {
  const column = () => new Float64Array(assets);
  return { open: column(), close: column(), lastClose: column() };
}

/** Takes the present bar out of the columns, which hold asset after asset. */
export function takeBar({ now, bars, t }: Run): void {
  const { open, close, lastClose } = now;
  for (let asset = 0, i = t; asset < open.length; asset++, i += bars.length) {
    open[asset] = bars.open[i]!;
    close[asset] = bars.close[i]!;
    lastClose[asset] = bars.lastClose[i]!;
  }
}

/** Has the asset a bar now? */
export const hasBar = ({ bars, t }: Run, asset: number) => !Number.isNaN(bars.close[asset * bars.length + t]);

/** An instruction or ruin ends the time in which the asset stood stopped out. */
export function liftStop({ ledger, emit }: Run, t: number, asset: number): void {
  if (ledger.stopped[asset] === 1) emit?.({ type: 'StopLifted', bar: t, asset });
  ledger.stopped[asset] = 0;
}

/** Notes that an order or a cell was refused. */
export function reject(run: Run, t: number, asset: number, cause: RejectionCause): void {
  run.ledger.totals.rejected++;
  run.log.rejections.push({ bar: t, asset, cause });
  run.emit?.({ type: 'OrderRejected', bar: t, asset, cause });
}

/** Tells of the asset's latest fill and what it made of the position. */
export function emitFill(run: Run, t: number, asset: number, reason: number): void {
  const { ledger, log, emit } = run;
  if (emit === undefined) return;
  const position = ledger.position[asset]!;
  emit({
    type: 'OrderFilled',
    bar: t,
    asset,
    quantity: ledger.quantity[asset]!,
    price: ledger.fillPrice[asset]!,
    fee: log.fee[log.fills - 1]!,
    reason: REASONS[reason]!,
  });
  const opened = ledger.before[asset] === 0;
  emit({
    type: position === 0 ? 'PositionClosed' : opened ? 'PositionOpened' : 'PositionChanged',
    bar: t,
    asset,
    position,
  });
}
