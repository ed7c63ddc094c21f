import { allocateBars, type Bars, finishBars } from '../../src/core/bars.ts';
import {
  FILL_MODEL_VALUES,
  FILL_PRESETS,
  type FillModel,
  type FillPreset,
  fillModel,
} from '../../src/core/fill-model.ts';
import { type InstructionMatrix, instructionMatrix } from '../../src/core/instructions.ts';
import type { RunConfig } from '../../src/core/run-config.ts';
import { randomStream } from './random.ts';

export interface RandomRun {
  readonly bars: Bars;
  readonly matrix: InstructionMatrix;
  readonly config: RunConfig;
}

/**
 * One random run: bars with gaps and missing bars, rows with NaN, zeros and shorts, stops of all kinds, costs, any
 * preset and single fields of it. A pure function of the seed.
 */
export function randomRun(seed: number): RandomRun {
  const random = randomStream(seed);
  const chance = (p: number) => random() < p;
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const assets = 1 + Math.floor(random() * (chance(0.2) ? 20 : 5));
  // Some are long and seldom traded: their windows are told block by block.
  const long = chance(0.08);
  const length = long ? 130 + Math.floor(random() * pick([500, 500, 1500])) : 2 + Math.floor(random() * 80);
  const bars = randomBars(random, assets, length, long && chance(0.6) ? 0.003 : chance(0.3) ? 0.15 : 0.02);
  const maxLeverage = pick([1, 1, 1, 1.5, 2]);
  const shorts = chance(0.4);
  const density = long ? pick([0.008, 0.002]) : chance(0.2) ? 1 : random() * 0.5;
  const matrix = randomMatrix(random, assets, length, density, maxLeverage, shorts);
  const stop = (p: number, from: number, to: number) =>
    chance(p) ? from + random() * (to - from) : Number.NaN;
  const stops = chance(0.75)
    ? {
        stopLoss: stop(0.6, 0.005, 0.1),
        trailingStop: stop(0.5, 0.005, 0.1),
        takeProfit: stop(0.5, 0.005, 0.15),
      }
    : { stopLoss: Number.NaN, trailingStop: Number.NaN, takeProfit: Number.NaN };
  const fill = randomFill(random);
  return {
    bars,
    matrix,
    config: {
      cash: pick([100, 10_000, 1_000_000]),
      feeRate: pick([0, 0, 0.001, 0.02]),
      fixedFee: pick([0, 0, 0, 1, 25]),
      slippage: pick([0, 0, 0.0005, 0.02]),
      maxLeverage,
      lotSize: pick([0, 0, 0, 1, 0.1]),
      minSize: pick([1e-8, 1e-8, 0.5]),
      minNotional: pick([0, 0, 50]),
      stops,
      fill,
      barsPerYear: 252,
      riskFreeRate: pick([0, 0.02]),
    },
  };
}

function randomFill(random: () => number): FillModel {
  const names = Object.keys(FILL_PRESETS) as FillPreset[];
  const preset = names[Math.floor(random() * names.length)]!;
  const fields: Record<string, unknown> = {};
  if (random() < 0.6) {
    for (const [field, values] of Object.entries(FILL_MODEL_VALUES)) {
      if (random() < 0.25) fields[field] = values[Math.floor(random() * values.length)];
    }
  }
  const fill = fillModel(preset, fields);
  // The one combination that the contract refuses.
  if (fill.stopBase === 'close' && fill.execution === 'next_open') {
    return fillModel(preset, { ...fields, entryBar: 'never' });
  }
  return fill;
}

/** @param wild how far a price moves at most in a bar, as a fraction */
function randomBars(random: () => number, assets: number, length: number, wild: number): Bars {
  const bars = allocateBars(
    Array.from({ length: assets }, (_, a) => `A${a}`),
    length,
  );
  for (let t = 0; t < length; t++) bars.times[t] = Date.UTC(2020, 0, 1) + t * 86_400_000;
  const missing = random() < 0.5 ? 0.15 : 0;
  const coarse = random() < 0.3;
  for (let a = 0; a < assets; a++) {
    let price = 5 + random() * 200;
    const starts = random() < 0.2 ? Math.floor(random() * length * 0.5) : 0;
    for (let t = 0; t < length; t++) {
      const move = () => 1 + (random() - 0.5) * 2 * wild;
      const open = round(random() < 0.3 ? price * move() : price, coarse);
      const close = round(open * move(), coarse);
      const high = round(Math.max(open, close) * (1 + random() * wild), coarse);
      const low = round(Math.min(open, close) * (1 - random() * wild), coarse);
      price = close;
      if (t < starts || random() < missing) continue;
      const i = a * length + t;
      bars.open[i] = open;
      bars.close[i] = close;
      bars.high[i] = Math.max(high, open, close);
      bars.low[i] = Math.min(low, open, close);
    }
  }
  return finishBars(bars);
}

/** Coarse prices make ties and exact touches frequent. */
function round(price: number, coarse: boolean): number {
  return coarse ? Math.max(1, Math.round(price)) : Math.max(0.01, price);
}

function randomMatrix(
  random: () => number,
  assets: number,
  length: number,
  density: number,
  maxLeverage: number,
  shorts: boolean,
): InstructionMatrix {
  const absent = random() < 0.5 ? 0.4 : 0;
  const zero = random() < 0.5 ? 0.25 : 0;
  const ownStops = random() < 0.3;
  const rows = [];
  for (let bar = 0; bar < length; bar++) {
    if (random() > density) continue;
    const weights = new Float64Array(assets);
    for (let a = 0; a < assets; a++) {
      if (random() < absent) weights[a] = Number.NaN;
      else if (random() >= zero) weights[a] = random() * (shorts && random() < 0.5 ? -1 : 1);
    }
    const gross = weights.reduce((sum, w) => sum + (Number.isNaN(w) ? 0 : Math.abs(w)), 0);
    const target = random() < 0.4 ? maxLeverage : maxLeverage * random();
    if (gross > 0) for (let a = 0; a < assets; a++) weights[a] = (weights[a]! / gross) * target;
    const stop = (): Float64Array =>
      weights.map((w) => {
        if (Number.isNaN(w) || w === 0 || random() < 0.5) return Number.NaN;
        return random() < 0.2 ? Number.POSITIVE_INFINITY : 0.005 + random() * 0.1;
      });
    rows.push({
      bar,
      weights,
      ...(ownStops ? { stops: { stopLoss: stop(), trailingStop: stop(), takeProfit: stop() } } : {}),
    });
  }
  return instructionMatrix(rows);
}
