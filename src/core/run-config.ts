import type { FillModel } from './fill-model.ts';

/** Stop distances as fractions > 0 of their base or peak; NaN = none. */
export interface StopRule {
  readonly stopLoss: number;
  readonly trailingStop: number;
  readonly takeProfit: number;
}

export const NO_STOPS: StopRule = { stopLoss: Number.NaN, trailingStop: Number.NaN, takeProfit: Number.NaN };

/** Everything besides bars and instructions that decides one run. Validated at the boundary, never in here. */
export interface RunConfig {
  /** Initial cash, > 0. */
  readonly cash: number;
  /** Fee as a fraction of the traded value. */
  readonly feeRate: number;
  /** Fee per fill, in money. */
  readonly fixedFee: number;
  /** Fraction by which a market fill is worse than the price. */
  readonly slippage: number;
  /** Highest Σ|w| of a row; under `cash: scale` also how far cash may go below zero, as a multiple of equity. */
  readonly maxLeverage: number;
  /** Quantities are whole multiples of it; 0 = no lots. */
  readonly lotSize: number;
  /** Smaller orders are not sent (a full exit always is). */
  readonly minSize: number;
  /** Orders of a smaller value at the execution price are not sent (a full exit always is); 0 = no minimum. */
  readonly minNotional: number;
  /** The run's default stops. */
  readonly stops: StopRule;
  readonly fill: FillModel;
  readonly barsPerYear: number;
  /** Per year. */
  readonly riskFreeRate: number;
}
