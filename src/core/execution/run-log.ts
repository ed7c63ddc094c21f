/**
 * What one run did, in columns that grow: for replays, parity and single backtests. Sweeps run without it.
 */
export interface RunLog {
  /** Number of fills; the columns are longer. */
  fills: number;
  bar: Int32Array;
  asset: Int32Array;
  /** Signed: > 0 buys. */
  quantity: Float64Array;
  /** Before slippage. */
  price: Float64Array;
  fillPrice: Float64Array;
  fee: Float64Array;
  /** Index into REASONS. */
  reason: Uint8Array;
  /** After the fill; the orders of a batch settle at once. */
  cash: Float64Array;
  position: Float64Array;
  /** 1 = entered an asset after its stop exit and before the next event that names it. */
  reentry: Uint8Array;
  readonly rejections: Rejection[];
  readonly scaledBatches: ScaledBatch[];
}

export type RejectionCause = 'no_equity' | 'no_cash';

/** A cell whose order was refused. */
export interface Rejection {
  readonly bar: number;
  readonly asset: number;
  readonly cause: RejectionCause;
}

/** A batch whose buys were scaled because cash was short. */
export interface ScaledBatch {
  readonly bar: number;
  /** λ in [0, 1). */
  readonly factor: number;
}

/** An empty log. */
export function createRunLog(): RunLog {
  return {
    fills: 0,
    bar: new Int32Array(256),
    asset: new Int32Array(256),
    quantity: new Float64Array(256),
    price: new Float64Array(256),
    fillPrice: new Float64Array(256),
    fee: new Float64Array(256),
    reason: new Uint8Array(256),
    cash: new Float64Array(256),
    position: new Float64Array(256),
    reentry: new Uint8Array(256),
    rejections: [],
    scaledBatches: [],
  };
}

/** Doubles the room for fills. */
export function growRunLog(log: RunLog): void {
  const length = log.bar.length * 2;
  const floats = (from: Float64Array) => {
    const to = new Float64Array(length);
    to.set(from);
    return to;
  };
  const integers = (from: Int32Array) => {
    const to = new Int32Array(length);
    to.set(from);
    return to;
  };
  const bytes = (from: Uint8Array) => {
    const to = new Uint8Array(length);
    to.set(from);
    return to;
  };
  log.bar = integers(log.bar);
  log.asset = integers(log.asset);
  log.quantity = floats(log.quantity);
  log.price = floats(log.price);
  log.fillPrice = floats(log.fillPrice);
  log.fee = floats(log.fee);
  log.cash = floats(log.cash);
  log.position = floats(log.position);
  log.reason = bytes(log.reason);
  log.reentry = bytes(log.reentry);
}
