import { control } from './layout';

/** The configuration of the present run, read from the control block; names as in run-config.ts and fill-model.ts. */
export let initialCash: f64 = 0;
export let feeRate: f64 = 0;
export let fixedFee: f64 = 0;
export let slippage: f64 = 0;
export let maxLeverage: f64 = 0;
export let lotSize: f64 = 0;
export let minSize: f64 = 0;
export let minNotional: f64 = 0;
export let runStopLoss: f64 = 0;
export let runTrailingStop: f64 = 0;
export let runTakeProfit: f64 = 0;

/** Fields of the fill model. */
export let atClose: bool = false;
export let sellsFirst: bool = false;
export let cashMode: i32 = 0;
export let intrabar: i32 = 0;
export let tpGapAtOpen: bool = false;
export let tpAtMarket: bool = false;
export let peakOfThisBar: bool = false;
export let stopAtMarket: bool = false;
export let baseIsClose: bool = false;
export let onIncrease: i32 = 0;
export let rearm: bool = false;
export let entryBarNever: bool = false;
export let onConflict: i32 = 0;
export let defers: bool = false;
export let closesRuined: bool = false;
export let compoundsDrawdown: bool = false;

/** Values of fields with more than two, in the order of FILL_MODEL_VALUES. */
export const SCALE = 0;
export const PARTIAL = 1;
export const SL_FIRST_AFTER_TP_GAP = 1;
export const PATH = 2;
export const AVERAGE = 0;
export const OVERRIDE = 1;
export const INSTRUCTION = 0;
export const STOP_ONLY = 2;

/** Does any cell or the run's default arm a stop? Set by the run. */
export let usesStops: bool = false;

function number(index: i32): f64 {
  return load<f64>(control + <usize>index * 8);
}

/** The fields of the fill model follow the numbers, each as the place of its value in FILL_MODEL_VALUES. */
function choice(field: i32): i32 {
  return <i32>number(11 + field);
}

export function readConfig(cellsBringStops: bool): void {
  initialCash = number(0);
  feeRate = number(1);
  fixedFee = number(2);
  slippage = number(3);
  maxLeverage = number(4);
  lotSize = number(5);
  minSize = number(6);
  minNotional = number(7);
  runStopLoss = number(8);
  runTrailingStop = number(9);
  runTakeProfit = number(10);
  atClose = choice(0) === 1;
  sellsFirst = choice(1) === 0;
  cashMode = choice(2);
  intrabar = choice(3);
  tpGapAtOpen = choice(4) === 1;
  tpAtMarket = choice(5) === 1;
  peakOfThisBar = choice(6) === 1;
  stopAtMarket = choice(7) === 0;
  baseIsClose = choice(8) === 1;
  onIncrease = choice(9);
  rearm = choice(10) === 0;
  entryBarNever = choice(11) === 1;
  onConflict = choice(12);
  defers = choice(13) === 0;
  closesRuined = choice(14) === 0;
  compoundsDrawdown = choice(15) === 1;
  usesStops = cellsBringStops || !(isNaN(runStopLoss) && isNaN(runTrailingStop) && isNaN(runTakeProfit));
}
