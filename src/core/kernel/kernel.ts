import { BARS_START, type Bars } from '../bars.ts';
import type { RunTotals } from '../execution/ledger.ts';
import { FILL_MODEL_VALUES, type FillModel } from '../fill-model.ts';
import type { InstructionMatrix } from '../instructions.ts';
import { BLOCKS, createReturnStats, type ReturnStats } from '../metrics/return-stats.ts';
import type { RunConfig } from '../run-config.ts';
import { KERNEL_MODULE } from './kernel-module.ts';
import { type SharedMemory, webAssembly } from './web-assembly.ts';

/**
 * The window engine compiled to WebAssembly, over the bars of one thread: a whole run and its statistics in one call.
 *
 * The arrays and objects are those of the latest run over these bars on this thread.
 */
export interface Kernel {
  /** At each close; [T]. */
  readonly equity: Float64Array;
  /** Return of each bar; [T]. */
  readonly returns: Float64Array;
  readonly stats: ReturnStats;
  readonly totals: RunTotals;
  /** Shares held at the end; [N]. */
  readonly position: Float64Array;
  /** Cash at the end. */
  readonly cash: number;
  /**
   * Where the latest run re-entered, of a matrix with rows that the dense mode repeats: bar and asset in turn, ascending, of the
   * first 1,000; null where there was no memory to note it.
   */
  readonly reentries: Int32Array | null;
  /**
   * One run, bit for bit `runWindow` and `returnStats`.
   *
   * @returns false where nothing was run because memory has no room for the matrix
   */
  run(matrix: InstructionMatrix, config: RunConfig): boolean;
}

/** What the compiled module exports; pointers are bytes from the start of memory. */
interface KernelExports {
  open(bars: number, assets: number, length: number): number;
  reserveMatrix(rows: number, cells: number, withStops: number, withCarried: number): number;
  prepare(): void;
  run(): void;
  equityPointer(): number;
  returnsPointer(): number;
  positionPointer(): number;
  reentriesPointer(): number;
  rowBarPointer(): number;
  rowStartPointer(): number;
  cellAssetPointer(): number;
  cellWeightPointer(): number;
  cellCarriedPointer(): number;
  cellStopsPointer(kind: number): number;
}

/** Places in the control block, in numbers of 8 bytes. */
const FILL_AT = 11;
const TOTALS_AT = 32;
const STATS_AT = 64;
const BLOCKS_AT = STATS_AT + 15;
const CONTROL_LENGTH = 128;
/** As in assembly/reentries.ts. */
const MOST_REENTRIES = 1_000;

/** In the order in which the module writes them. */
const TOTALS = [
  'orders',
  'roundTrips',
  'wins',
  'grossProfit',
  'grossLoss',
  'tradedValue',
  'fees',
  'slippagePaid',
  'stopLossExits',
  'trailingStopExits',
  'takeProfitExits',
  'ruinExits',
  'unexecuted',
  'rejected',
  'barsStopped',
  'batchesScaled',
  'smallestScale',
  'maxGrossLeverage',
  'barsExposed',
  'reentries',
] as const satisfies readonly (keyof RunTotals)[];
const STATS = [
  'n',
  'start',
  'end',
  'equitySum',
  'mean',
  'squares',
  'cubes',
  'fourths',
  'downsideSquares',
  'gains',
  'losses',
  'maxDrawdown',
  'maxDrawdownBars',
  'sumCubes',
  'sumFourths',
] as const satisfies readonly (keyof ReturnStats)[];

const FILL_FIELDS = Object.entries(FILL_MODEL_VALUES) as [keyof FillModel, readonly unknown[]][];

const kernels = new WeakMap<Bars, Kernel>();
let compiled: object | null | undefined;

/**
 * The kernel of these bars on this thread, the same at each call; null where there is no SIMD, no shared memory or no
 * room in it, which leaves the runs to `runWindow`.
 */
export function kernelOf(bars: Bars): Kernel | null {
  const known = kernels.get(bars);
  if (known) return known;
  const kernel = openKernel(bars);
  if (kernel) kernels.set(bars, kernel);
  return kernel;
}

/** The compiled module, once a thread; null where the runtime cannot compile it. */
function compiledModule(): object | null {
  if (compiled !== undefined) return compiled;
  const bytes = Uint8Array.from(atob(KERNEL_MODULE), (character) => character.charCodeAt(0));
  compiled = webAssembly?.validate(bytes) ? new webAssembly.Module(bytes) : null;
  return compiled;
}

function openKernel(bars: Bars): Kernel | null {
  const { memory, length, symbols } = bars;
  const module = compiledModule();
  if (module === null || memory instanceof SharedArrayBuffer) return null;
  const instance = new webAssembly!.Instance(module, { env: { memory } });
  const exports = instance.exports as KernelExports;
  const at = exports.open(BARS_START, symbols.length, length) >>> 0;
  return at === 0 ? null : kernelOver(exports, memory, at, bars);
}

function kernelOver(exports: KernelExports, memory: SharedMemory, at: number, bars: Bars): Kernel {
  const floats = (pointer: number, count: number) => new Float64Array(memory.buffer, pointer >>> 0, count);
  const control = floats(at, CONTROL_LENGTH);
  const stats: ReturnStats = {
    ...createReturnStats(),
    blockSum: control.subarray(BLOCKS_AT, BLOCKS_AT + BLOCKS),
    blockSquares: control.subarray(BLOCKS_AT + BLOCKS, BLOCKS_AT + 2 * BLOCKS),
  };
  const totals = Object.fromEntries(TOTALS.map((name) => [name, 0])) as Record<keyof RunTotals, number>;
  let loaded: InstructionMatrix | null = null;
  let execution: FillModel['execution'] | null = null;
  let fill: FillModel | null = null;

  /** Makes a matrix the present one; false where memory has no room for it. */
  function load(matrix: InstructionMatrix, config: RunConfig): boolean {
    if (loaded !== matrix) {
      loaded = execution = null;
      if (!copyMatrix(exports, memory, matrix, bars.symbols.length)) return false;
      loaded = matrix;
    }
    if (execution !== config.fill.execution) {
      exports.prepare();
      execution = config.fill.execution;
    }
    return true;
  }

  function run(matrix: InstructionMatrix, config: RunConfig): boolean {
    writeConfig(control, config, config.fill === fill);
    fill = config.fill;
    if (!load(matrix, config)) return false;
    exports.run();
    for (let k = 0; k < TOTALS.length; k++) totals[TOTALS[k]!] = control[TOTALS_AT + k]!;
    for (let k = 0; k < STATS.length; k++) stats[STATS[k]!] = control[STATS_AT + k]!;
    return true;
  }

  return {
    equity: floats(exports.equityPointer(), bars.length),
    returns: floats(exports.returnsPointer(), bars.length),
    position: floats(exports.positionPointer(), bars.symbols.length),
    stats,
    totals,
    get cash() {
      return control[TOTALS_AT + TOTALS.length]!;
    },
    get reentries() {
      const at = exports.reentriesPointer() >>> 0;
      const count = Math.min(totals.reentries, MOST_REENTRIES);
      return at === 0 ? null : new Int32Array(memory.buffer, at, 2 * count);
    },
    run,
  };
}

function writeConfig(control: Float64Array, config: RunConfig, sameFill: boolean): void {
  const { stops } = config;
  control[0] = config.cash;
  control[1] = config.feeRate;
  control[2] = config.fixedFee;
  control[3] = config.slippage;
  control[4] = config.maxLeverage;
  control[5] = config.lotSize;
  control[6] = config.minSize;
  control[7] = config.minNotional;
  control[8] = stops.stopLoss;
  control[9] = stops.trailingStop;
  control[10] = stops.takeProfit;
  if (sameFill) return;
  for (let k = 0; k < FILL_FIELDS.length; k++) {
    const [field, values] = FILL_FIELDS[k]!;
    control[FILL_AT + k] = values.indexOf(config.fill[field]);
  }
}

/** Room that the module takes for a matrix at most, so that 32 bits never overflow where it adds up. */
const MAX_MATRIX_BYTES = 2 ** 31;

function copyMatrix(
  exports: KernelExports,
  memory: SharedMemory,
  matrix: InstructionMatrix,
  assets: number,
): boolean {
  const { rowBar, rowStart, cellAsset, cellWeight, cellStops, carried } = matrix;
  const bytes = 72 * (rowBar.length + 1) * (assets + 2) + 41 * cellAsset.length + 2 ** 28;
  if (bytes > MAX_MATRIX_BYTES) return false;
  const reserved = exports.reserveMatrix(rowBar.length, cellAsset.length, cellStops ? 1 : 0, carried ? 1 : 0);
  if (reserved === 0) return false;
  const { buffer } = memory; // longer than before, if memory grew
  new Int32Array(buffer, exports.rowBarPointer() >>> 0, rowBar.length).set(rowBar);
  new Int32Array(buffer, exports.rowStartPointer() >>> 0, rowStart.length).set(rowStart);
  new Int32Array(buffer, exports.cellAssetPointer() >>> 0, cellAsset.length).set(cellAsset);
  new Float64Array(buffer, exports.cellWeightPointer() >>> 0, cellWeight.length).set(cellWeight);
  if (carried !== null) {
    const flags = new Uint8Array(buffer, exports.cellCarriedPointer() >>> 0, cellAsset.length);
    for (let r = 0; r < carried.length; r++) flags.fill(carried[r]!, rowStart[r]!, rowStart[r + 1]!);
  }
  if (cellStops === null) return true;
  const stops = [cellStops.stopLoss, cellStops.trailingStop, cellStops.takeProfit];
  for (const [kind, column] of stops.entries()) {
    new Float64Array(buffer, exports.cellStopsPointer(kind) >>> 0, column.length).set(column);
  }
  return true;
}
