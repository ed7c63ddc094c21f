import type { Bars } from '../core/bars.ts';
import type { FillModel } from '../core/fill-model.ts';
import { FILL_PRESETS } from '../core/fill-model.ts';
import type { InstructionMatrix } from '../core/instructions.ts';
import type { RunConfig } from '../core/run-config.ts';

/** The engines that a run can be exported to. */
export const EXPORT_TARGETS = ['vectorbt', 'nautilus'] as const;
export type ExportTarget = (typeof EXPORT_TARGETS)[number];

/** What another engine makes of a run. */
export interface ExportLimits {
  /** Why the run cannot be expressed there at all; null where it can. */
  readonly refusal: string | null;
  /** Assumptions of the run that the engine does not share: where they matter its result differs. */
  readonly departures: readonly string[];
}

interface Run {
  readonly bars: Bars;
  readonly matrix: InstructionMatrix;
  readonly config: RunConfig;
}

/** What of a run the engine cannot express, or does otherwise. */
export function exportLimits(target: ExportTarget, run: Run): ExportLimits {
  return target === 'vectorbt' ? vectorbtLimits(run) : nautilusLimits(run);
}

/** Whether stops may act: through `from_signals` in vectorbt, else through `from_orders`. */
export function hasStops({ matrix, config }: Pick<Run, 'matrix' | 'config'>): boolean {
  return matrix.cellStops !== null || Object.values(config.stops).some((stop: number) => !Number.isNaN(stop));
}

function vectorbtLimits(run: Run): ExportLimits {
  const { config, bars } = run;
  const stops = hasStops(run);
  const refusal = stops ? stopRefusal(run) : null;
  const fields: (keyof FillModel)[] = ['cash'];
  if (hasMissingBars(bars)) fields.push('missingBar');
  if (config.fill.ruin !== 'ignore') fields.push('ruin');
  if (stops) fields.push('intrabar', 'tpGap', 'trailingPeak', 'onConflict', 'rearm');
  const departures = differingFields(config.fill, fields, 'vectorbt');
  const { stopFill, tpFill, execution, entryBar } = config.fill;
  if (stops && stopFill !== tpFill) {
    departures.push(
      `fill.stopFill ${stopFill} with tpFill ${tpFill}: vectorbt has one of them for both, the script takes stopFill's`,
    );
  }
  if (stops && execution === 'next_open' && entryBar === 'open') {
    departures.push('fill.entryBar open: vectorbt tests no stop on the bar of an entry');
  }
  if (execution === 'next_open' && hasMissingBars(bars)) {
    departures.push(
      'bars that are missing: at an open vectorbt values such an asset at its latest open, not its latest close',
    );
  }
  if (config.minNotional > 0) departures.push('minNotional: vectorbt knows no minimum value of an order');
  if (config.lotSize > 0) {
    departures.push(
      'lotSize: of cash that whole lots leave, less than a billionth becomes 0 here and stays in what vectorbt reports',
    );
  }
  if (config.fixedFee > 0) departures.push('fixedFee: vectorbt refuses a sell worth less than it');
  return { refusal, departures };
}

/** from_signals enters and leaves with all cash: one asset, weights 1 and 0, one kind of stop below the price. */
function stopRefusal({ matrix, config }: Run): string | null {
  if (new Set(matrix.cellAsset).size > 1) {
    return 'target weights of several assets together with stops: from_orders has no stops, and from_signals refuses target weights';
  }
  if (matrix.cellStops !== null)
    return 'stops that single instructions bring: from_signals takes those of an entry only';
  if (matrix.cellWeight.some((weight) => weight !== 0 && weight !== 1)) {
    return 'weights other than 0 and 1 together with stops: from_signals enters and leaves, it does not resize a position';
  }
  const { stopLoss, trailingStop } = config.stops;
  if (!Number.isNaN(stopLoss) && !Number.isNaN(trailingStop)) {
    return 'stop-loss and trailing stop together: sl_stop is one or the other';
  }
  return null;
}

function nautilusLimits(run: Run): ExportLimits {
  const { config, bars } = run;
  const { fill } = config;
  const fields: (keyof FillModel)[] = [
    'execution',
    'sequence',
    'cash',
    'intrabar',
    'tpGap',
    'tpFill',
    'trailingPeak',
  ];
  fields.push('stopFill', 'stopBase', 'onIncrease', 'rearm', 'onConflict', 'ruin');
  if (hasMissingBars(bars)) fields.push('missingBar');
  const departures = differingFields(fill, fields, 'nautilus');
  departures.push(
    `quantities: NautilusTrader truncates them to the decimals of the instrument (sizePrecision ${sizePrecision(config.lotSize)} in config.json)`,
  );
  if (config.lotSize > 0 && !isPowerOfTen(config.lotSize)) {
    departures.push(`lotSize ${config.lotSize}: NautilusTrader knows decimals only`);
  }
  if (config.minNotional > 0) departures.push('minNotional: the script knows no minimum value of an order');
  if (accountOf(run) === 'cash' && config.feeRate + config.fixedFee + config.slippage > 0) {
    departures.push(
      'costs: a cash account that an order with its costs takes below zero ends the backtest there; weights that leave room never do',
    );
  }
  return { refusal: null, departures };
}

/** Shorts and debts need a margin account, the script's has no margin requirements; everything else is a cash account. */
export function accountOf({ matrix, config }: Pick<Run, 'matrix' | 'config'>): 'cash' | 'margin' {
  return matrix.cellWeight.some((weight) => weight < 0) || config.maxLeverage > 1 ? 'margin' : 'cash';
}

/** Decimals that whole lots have; without lots as many as keep a quantity to a part in a billion of one share. */
export function sizePrecision(lotSize: number): number {
  return lotSize > 0 ? Math.max(0, Math.ceil(-Math.log10(lotSize))) : 9;
}

const isPowerOfTen = (lotSize: number) => lotSize === Number(`1e${-sizePrecision(lotSize)}`);

function differingFields(
  fill: FillModel,
  fields: readonly (keyof FillModel)[],
  preset: 'vectorbt' | 'nautilus',
) {
  const theirs = FILL_PRESETS[preset];
  return fields
    .filter((field) => fill[field] !== theirs[field])
    .map((field) => `fill.${field} ${fill[field]}: ${preset} does as ${theirs[field]}`);
}

const hasMissingBars = ({ close }: Bars) => close.some(Number.isNaN);
