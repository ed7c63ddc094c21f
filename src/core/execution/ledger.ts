/** What one run adds up while it trades; counters of fills unless said otherwise. */
export interface RunTotals {
  orders: number;
  /** Positions from flat to flat per asset; a flip ends one and begins another. */
  roundTrips: number;
  wins: number;
  /** Sum of the results after fees of round trips that won, in money; ≥ 0. */
  grossProfit: number;
  /** Sum of the results of those that lost, as a positive number. */
  grossLoss: number;
  /** Σ quantity · fill price over all fills, in money. */
  tradedValue: number;
  fees: number;
  /** Σ quantity · |fill price − unslipped price|, in money. */
  slippagePaid: number;
  stopLossExits: number;
  trailingStopExits: number;
  takeProfitExits: number;
  ruinExits: number;
  /** Instructions dropped, skipped, replaced while they waited, or never due. */
  unexecuted: number;
  /** Orders or cells refused: no equity, no cash. */
  rejected: number;
  /** Σ over bars of the assets that stand stopped out at the close. */
  barsStopped: number;
  /** Batches whose buys were scaled by λ < 1. */
  batchesScaled: number;
  /** Smallest λ of the run; 1 where none was below. */
  smallestScale: number;
  /** Highest Σ|position · last close| / equity at a close. */
  maxGrossLeverage: number;
  /** Bars with a position at the close. */
  barsExposed: number;
  /** Entry fills of an asset after its stop exit and before the next event that names it. */
  reentries: number;
}
