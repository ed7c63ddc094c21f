import type { RejectionCause } from '../execution/run-log.ts';
import type { Reason } from '../execution/stops.ts';

/** What happens during a run, in order. Assets are indices into `bars.symbols`; prices are those filled at. */
export type EngineEvent =
  | { readonly type: 'BarOpened'; readonly bar: number }
  | { readonly type: 'StopTriggered'; readonly bar: number; readonly asset: number; readonly reason: Reason }
  /** An instruction, or ruin, ended the time in which the asset stood stopped out. */
  | { readonly type: 'StopLifted'; readonly bar: number; readonly asset: number }
  | {
      readonly type: 'OrderFilled';
      readonly bar: number;
      readonly asset: number;
      readonly quantity: number;
      readonly price: number;
      readonly fee: number;
      readonly reason: Reason;
    }
  | {
      readonly type: 'PositionOpened' | 'PositionChanged' | 'PositionClosed';
      readonly bar: number;
      readonly asset: number;
      readonly position: number;
    }
  | {
      readonly type: 'OrderRejected';
      readonly bar: number;
      readonly asset: number;
      readonly cause: RejectionCause;
    }
  | {
      readonly type: 'RebalanceExecuted';
      readonly bar: number;
      readonly equity: number;
      readonly scale: number;
    }
  | { readonly type: 'EquityMarked'; readonly bar: number; readonly equity: number; readonly cash: number };

/** One instruction for one asset: NaN stops = none. */
export interface Cell {
  readonly asset: number;
  readonly weight: number;
  readonly stopLoss: number;
  readonly trailingStop: number;
  readonly takeProfit: number;
  /** False for a cell of a row that the legacy dense mode repeats. */
  readonly isEvent: boolean;
}

/** The portfolio as a rebalance handler sees it, at the close of the event's bar. */
export interface PortfolioView {
  readonly cash: number;
  position(asset: number): number;
  equity(): number;
}

export interface EventHandlers {
  onEvent?(event: EngineEvent): void;
  /**
   * Decides a rebalance event: called once for each row of the matrix, with the row's cells, and returns those to
   * execute. Default: the row's own.
   */
  onRebalance?(bar: number, cells: readonly Cell[], portfolio: PortfolioView): readonly Cell[];
}
