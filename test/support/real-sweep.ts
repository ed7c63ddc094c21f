import { sweepSpec } from '../../src/contracts/sweep-spec.ts';
import { allocateBars, type Bars, finishBars } from '../../src/core/bars.ts';
import { importStrategy } from '../../src/strategies/import-strategy.ts';
import type { Strategy } from '../../src/strategies/strategy.ts';
import { type PreparedSweep, prepareSweep } from '../../src/sweep/prepare-sweep.ts';
import { type StrategySource, strategyCodeOf, strategyOf } from '../../src/sweep/strategy-source.ts';

/** Daily bars of random walks by a seeded linear congruential generator, some bars missing. */
export function walkBars(assets: number, length: number, seed = 1): Bars {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const bars = allocateBars(
    Array.from({ length: assets }, (_, a) => `A${a}`),
    length,
  );
  for (let t = 0; t < length; t++) bars.times[t] = Date.UTC(2010, 0, 1) + t * 86_400_000;
  for (let a = 0; a < assets; a++) {
    let price = 50 + 100 * random();
    for (let i = a * length; i < (a + 1) * length; i++) {
      const open = price * (1 + 0.01 * (random() - 0.5));
      price = open * (1 + 0.06 * (random() - 0.49));
      if (random() < 0.02) continue;
      bars.open[i] = open;
      bars.close[i] = price;
      bars.high[i] = Math.max(open, price) * (1 + 0.01 * random());
      bars.low[i] = Math.min(open, price) * (1 - 0.01 * random());
    }
  }
  return finishBars(bars);
}

/** The sweep file of the tests, as its reader would leave it: 48 runs of momentum with stops. */
export const MOMENTUM = {
  name: 'momentum-stops',
  bars: './bars',
  strategy: { name: 'momentum', params: { lookback: [20, 40], top: { from: 1, to: 3, step: 1 } } },
  stops: { stopLoss: [null, 0.03], trailingStop: [null, 0.1] },
  portfolio: { cash: 100_000, feeRate: 0.001, slippage: [0, 0.0005] },
  constraints: ['orders >= 1'],
};

export const DATASET = 'd'.repeat(64);

/** A sweep prepared from a sweep file, with its bars and the source of its strategy. */
export async function realSweep(
  file: object,
  bars: Bars,
  source: StrategySource,
): Promise<{ prepared: PreparedSweep; source: StrategySource; strategy: Strategy; bars: Bars }> {
  const strategy = await strategyOf(source);
  const files = source.kind === 'instructions' ? [...source.files.keys()] : [];
  const instructions = new Map(files.map((sha256) => [sha256, sha256]));
  const content = { datasetId: DATASET, strategyCode: strategyCodeOf(source), instructions };
  const prepared = prepareSweep(sweepSpec.parse(file), content, { bars, strategy });
  return { prepared, source, strategy, bars };
}

/** The source of a strategy of one's own, from the text of a module that needs no imports. */
export async function moduleSource(code: string): Promise<StrategySource> {
  await importStrategy(code, 'a strategy of the tests');
  const { createHash } = await import('node:crypto');
  return { kind: 'module', code, codeSha256: createHash('sha256').update(code).digest('hex') };
}
