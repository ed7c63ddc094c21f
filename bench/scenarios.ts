import { allocateBars, type Bars, finishBars } from '../src/core/bars.ts';
import { fillModel } from '../src/core/fill-model.ts';
import { type InstructionMatrix, type InstructionRow, instructionMatrix } from '../src/core/instructions.ts';
import type { RunConfig, StopRule } from '../src/core/run-config.ts';
import { randomStream } from '../test/support/random.ts';
import { randomSignals, type Signals, signalMatrix } from './signals.ts';

/** One workload: bars, instructions and the configurations that are run over them. */
export interface Scenario {
  readonly name: string;
  readonly bars: Bars;
  readonly matrix: InstructionMatrix;
  readonly config: RunConfig;
  /** What the instructions were decided from, where it was signals. */
  readonly signals?: Signals;
}

function randomBars(assets: number, length: number, volatility: number, stepMs: number, seed: number): Bars {
  const random = randomStream(seed);
  const bars = allocateBars(
    Array.from({ length: assets }, (_, a) => `A${a}`),
    length,
  );
  for (let t = 0; t < length; t++) bars.times[t] = Date.UTC(2000, 0, 3) + t * stepMs;
  // A sum of uniforms is near enough to a normal and the same on every machine.
  const normal = () => random() + random() + random() + random() - 2;
  for (let a = 0; a < assets; a++) {
    let price = 20 + 180 * random();
    for (let t = 0; t < length; t++) {
      const i = a * length + t;
      const open = price;
      const close = open * (1 + volatility * 1.7 * normal());
      bars.open[i] = open;
      bars.close[i] = close;
      bars.high[i] = Math.max(open, close) * (1 + volatility * 0.5 * random());
      bars.low[i] = Math.min(open, close) * (1 - volatility * 0.5 * random());
      price = close;
    }
  }
  return finishBars(bars);
}

/** A row each `every` bars with random weights that add up to 1, over all assets or a rotating share of them. */
function randomRows(bars: Bars, every: number, share: number, seed: number): InstructionRow[] {
  const random = randomStream(seed);
  const assets = bars.symbols.length;
  const rows = [];
  for (let bar = 0; bar < bars.length; bar += every) {
    const weights = Float64Array.from({ length: assets }, () => (random() < share ? 0.2 + random() : 0));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    rows.push({ bar, weights: weights.map((weight) => (sum > 0 ? weight / sum : 0)) });
  }
  return rows;
}

function randomMatrix(bars: Bars, every: number, share: number, seed: number): InstructionMatrix {
  return instructionMatrix(randomRows(bars, every, share, seed));
}

const NONE: StopRule = { stopLoss: Number.NaN, trailingStop: Number.NaN, takeProfit: Number.NaN };

function config(barsPerYear: number, stops: StopRule): RunConfig {
  return {
    cash: 1_000_000,
    feeRate: 0.0005,
    fixedFee: 0,
    slippage: 0.0002,
    maxLeverage: 1,
    lotSize: 0,
    minSize: 1e-8,
    minNotional: 0,
    stops,
    fill: fillModel('realistic'),
    barsPerYear,
    riskFreeRate: 0,
  };
}

const DAY = 86_400_000;
const MINUTE = 60_000;

/** C: signals with a trailing stop and a take-profit, one account for all assets, under the fill model of vectorbt. */
function signalScenario(bars: Bars): Scenario {
  const stops = { stopLoss: Number.NaN, trailingStop: 0.1, takeProfit: 0.2 };
  const signalConfig = { ...config(252, stops), fill: fillModel('vectorbt') };
  const signals = randomSignals(bars, signalConfig.cash, 9);
  return {
    name: 'C, signals with stops',
    bars,
    matrix: signalMatrix(bars, signals, signalConfig),
    config: signalConfig,
    signals,
  };
}

/** The workloads of the field: A and B daily, C signals, D minutes, R a rotation of a fifth of the assets. */
export function scenarios(): Scenario[] {
  const daily = randomBars(50, 2_520, 0.015, DAY, 1);
  const minute = randomBars(10, 98_280, 0.0006, MINUTE, 2);
  const monthly = randomMatrix(daily, 21, 1, 3);
  const sessions = randomMatrix(minute, 390, 1, 4);
  // Wide stops act in 10 % (A) and 31 % (D) of the cells, tight ones in 61 % and 68 %: the shares of which goals are set.
  const wideA = { stopLoss: 0.156, trailingStop: 0.195, takeProfit: 0.325 };
  const tightA = { stopLoss: 0.06, trailingStop: 0.075, takeProfit: 0.125 };
  const wideD = { stopLoss: 0.0166, trailingStop: 0.0208, takeProfit: 0.0332 };
  const tightD = { stopLoss: 0.0101, trailingStop: 0.0127, takeProfit: 0.0203 };
  return [
    { name: 'A, no stops', bars: daily, matrix: monthly, config: config(252, NONE) },
    { name: 'A, wide stops', bars: daily, matrix: monthly, config: config(252, wideA) },
    { name: 'A, tight stops', bars: daily, matrix: monthly, config: config(252, tightA) },
    {
      name: 'B, a row on every bar',
      bars: daily,
      matrix: randomMatrix(daily, 1, 1, 5),
      config: config(252, NONE),
    },
    signalScenario(daily),
    {
      name: 'R, a fifth held',
      bars: daily,
      matrix: randomMatrix(daily, 21, 0.2, 6),
      config: config(252, NONE),
    },
    { name: 'D, no stops', bars: minute, matrix: sessions, config: config(252 * 390, NONE) },
    { name: 'D, wide stops', bars: minute, matrix: sessions, config: config(252 * 390, wideD) },
    { name: 'D, tight stops', bars: minute, matrix: sessions, config: config(252 * 390, tightD) },
  ];
}

/** Scenario A, without stops or with wide ones, of another size. */
export function sizedScenario(assets: number, length: number, stops: boolean): Scenario {
  const bars = randomBars(assets, length, 0.015, DAY, 1);
  const wide = { stopLoss: 0.156, trailingStop: 0.195, takeProfit: 0.325 };
  return {
    name: `${assets} × ${length}`,
    bars,
    matrix: randomMatrix(bars, 21, 1, 3),
    config: config(252, stops ? wide : NONE),
  };
}

/** 50 assets over 200,000 five-minute bars, rebalanced every 1,000: long enough for a schedule to weigh something. */
export function longBacktest(): { bars: Bars; rows: InstructionRow[]; config: RunConfig } {
  const bars = randomBars(50, 200_000, 0.001, 5 * MINUTE, 7);
  return { bars, rows: randomRows(bars, 1_000, 1, 8), config: config(252 * 78, NONE) };
}
