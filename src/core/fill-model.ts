/** Each assumption of the simulation by name; the meaning of every value is in docs/semantics.md. */
export interface FillModel {
  readonly execution: 'next_open' | 'close';
  readonly sequence: 'sells_first' | 'column';
  readonly cash: 'scale' | 'partial' | 'reject';
  readonly intrabar: 'sl_first' | 'sl_first_even_after_tp_gap' | 'path';
  readonly tpGap: 'limit' | 'open';
  readonly tpFill: 'limit' | 'market';
  readonly trailingPeak: 'previous_bars' | 'this_bar';
  readonly stopFill: 'market' | 'limit';
  readonly stopBase: 'fill' | 'close';
  readonly onIncrease: 'average' | 'override' | 'keep';
  readonly rearm: boolean;
  readonly entryBar: 'open' | 'never';
  readonly onConflict: 'instruction' | 'both' | 'stop_only';
  readonly missingBar: 'defer' | 'skip';
  readonly ruin: 'close' | 'ignore';
  readonly drawdownFrom: 'initial_cash' | 'first_value';
}

/** The values each field may take, in the order in which they are documented. */
export const FILL_MODEL_VALUES = {
  execution: ['next_open', 'close'],
  sequence: ['sells_first', 'column'],
  cash: ['scale', 'partial', 'reject'],
  intrabar: ['sl_first', 'sl_first_even_after_tp_gap', 'path'],
  tpGap: ['limit', 'open'],
  tpFill: ['limit', 'market'],
  trailingPeak: ['previous_bars', 'this_bar'],
  stopFill: ['market', 'limit'],
  stopBase: ['fill', 'close'],
  onIncrease: ['average', 'override', 'keep'],
  rearm: [true, false],
  entryBar: ['open', 'never'],
  onConflict: ['instruction', 'both', 'stop_only'],
  missingBar: ['defer', 'skip'],
  ruin: ['close', 'ignore'],
  drawdownFrom: ['initial_cash', 'first_value'],
} as const satisfies { [K in keyof FillModel]: readonly FillModel[K][] };

export type FillPreset = 'realistic' | 'vectorbt' | 'nautilus';

/** The three sets of assumptions: ours, and those under which vectorbt and NautilusTrader give the same numbers. */
export const FILL_PRESETS: Readonly<Record<FillPreset, FillModel>> = {
  realistic: {
    execution: 'next_open',
    sequence: 'sells_first',
    cash: 'scale',
    intrabar: 'sl_first',
    tpGap: 'limit',
    tpFill: 'limit',
    trailingPeak: 'previous_bars',
    stopFill: 'market',
    stopBase: 'fill',
    onIncrease: 'average',
    rearm: true,
    entryBar: 'open',
    onConflict: 'instruction',
    missingBar: 'defer',
    ruin: 'close',
    drawdownFrom: 'initial_cash',
  },
  vectorbt: {
    execution: 'close',
    sequence: 'sells_first',
    cash: 'partial',
    intrabar: 'sl_first_even_after_tp_gap',
    tpGap: 'open',
    tpFill: 'limit',
    trailingPeak: 'previous_bars',
    stopFill: 'limit',
    stopBase: 'close',
    onIncrease: 'override',
    rearm: false,
    entryBar: 'never',
    onConflict: 'stop_only',
    missingBar: 'skip',
    ruin: 'ignore',
    drawdownFrom: 'first_value',
  },
  nautilus: {
    execution: 'close',
    sequence: 'column',
    cash: 'reject',
    intrabar: 'path',
    tpGap: 'limit',
    tpFill: 'limit',
    trailingPeak: 'this_bar',
    stopFill: 'market',
    stopBase: 'fill',
    onIncrease: 'average',
    rearm: false,
    entryBar: 'open',
    onConflict: 'both',
    missingBar: 'defer',
    ruin: 'ignore',
    drawdownFrom: 'initial_cash',
  },
};

/**
 * A preset with single fields set otherwise.
 *
 * The values come from the tables above, whatever strings the caller holds, so that comparing them in the engines
 * is comparing pointers. Unknown names are for the boundary to refuse; here they throw RangeError.
 */
export function fillModel(preset: FillPreset, fields: Partial<FillModel> = {}): FillModel {
  const model: Record<string, unknown> = { ...FILL_PRESETS[preset] };
  for (const [field, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const values: readonly unknown[] | undefined = FILL_MODEL_VALUES[field as keyof FillModel];
    const found = values?.indexOf(value) ?? -1;
    if (found < 0) throw new RangeError(`fill model: unknown ${field}: ${String(value)}`);
    model[field] = values![found];
  }
  return model as unknown as FillModel;
}
