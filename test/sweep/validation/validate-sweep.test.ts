// A whole sweep against a slow version that shares nothing with it but the reference engine: for every window it simulates
// each run anew on bars that end with the window, keeps its returns in arrays of their own, and follows its own choices.
import { beforeAll, describe, expect, it } from 'vitest';
import type { Bars } from '../../../src/core/bars.ts';
import { runEvents } from '../../../src/core/event-engine.ts';
import { strategyByName } from '../../../src/strategies/catalog.ts';
import { compileEvents } from '../../../src/strategies/compile-events.ts';
import { gridOf, parametersAt } from '../../../src/sweep/grid.ts';
import { createSimulator } from '../../../src/sweep/simulate-run.ts';
import { cutBars } from '../../support/cut-bars.ts';
import { close, plainMetrics } from '../../support/plain-metrics.ts';
import { walkBars } from '../../support/real-sweep.ts';
import { type ValidatedSweep, validatedSweep } from '../../support/validated-sweep.ts';

const BARS = 330;
const ANNUAL = 365; // bars on every day of the week
const TRAIN = 90;
const TEST = 60;
const PURGE = 3;
const EMBARGO = 4;
const FILE = {
  bars: './bars',
  strategy: { name: 'momentum', params: { lookback: [10, 25, 60], top: [1, 2], rebalance: 'week' } },
  stops: { stopLoss: [null, 0.04] },
  portfolio: { feeRate: 0.002, slippage: 0.001 },
  constraints: ['max_drawdown > -0.35', 'orders >= 1'],
  objective: 'sortino',
  shardRuns: 5,
  validation: {
    walkForward: { train: TRAIN, test: TEST, purge: PURGE, embargo: EMBARGO },
    cpcv: { groups: 5, test: 2, purge: PURGE, embargo: EMBARGO },
  },
};

/** One run simulated from the first bar to the last one given, by the reference engine. */
function simulated(bars: Bars, index: number, sweep: ValidatedSweep) {
  const set = parametersAt(gridOf(sweep.prepared.inputs.spec), index);
  const strategy = strategyByName('momentum');
  const events = strategy.events(bars, strategy.params.parse(set.params));
  const matrix = compileEvents(events, bars, set.portfolio);
  const config = createSimulator({ bars, strategy, barsPerYear: ANNUAL, riskFreeRate: 0 }).config(set);
  const { equity, log } = runEvents(bars, matrix, config);
  const returns = [...equity].slice(0, bars.length).map((e, t, all) => e / (all[t - 1] ?? 100_000) - 1);
  const weightsAt = (bar: number) =>
    bars.symbols.map((_, a) => {
      let held = 0;
      for (let i = 0; i < log.fills; i++) {
        if (log.bar[i]! <= bar && log.asset[i] === a) held = log.position[i]!;
      }
      return held === 0 ? 0 : (held * bars.lastClose[a * bars.length + bar]!) / equity[bar]!;
    });
  return { returns, weightsAt };
}

describe('a sweep with walk-forward and cross-validation', () => {
  const bars = walkBars(4, BARS, 9);
  let sweep: ValidatedSweep;
  const count = 12;
  const all = Array.from({ length: count }, (_, i) => i);
  const windows = [0, 1, 2].map((k) => ({
    start: k * TEST,
    test: k * TEST + TRAIN,
    end: k * TEST + TRAIN + TEST,
  }));
  beforeAll(async () => {
    sweep = await validatedSweep(FILE, bars);
  });

  /** Bars that train in window k, one by one. */
  const trains = (k: number) => {
    const { start, test } = windows[k]!;
    return Array.from({ length: test - PURGE - start }, (_, i) => start + i).filter(
      (t) => !windows.slice(0, k).some(({ end }) => t >= end && t < end + EMBARGO),
    );
  };
  const meets = (returns: number[]) => plainMetrics(returns, ANNUAL).max_drawdown! > -0.35;

  /** The first run whose value in a column, checked against the slow version, is the highest but for rounding. */
  const bestOf = (column: string) => {
    const values = sweep.runs.map((row) => row[column] as number);
    const highest = Math.max(...values.filter((value) => !Number.isNaN(value)));
    return values.findIndex((value) => close(value, highest, 1e-12));
  };

  it('ranks, chooses and follows as the slow version does, window by window', () => {
    expect(sweep.windows).toHaveLength(4); // the fourth test has half of its 60 bars
    let before: { index: number; weights: (bar: number) => number[] } | null = null;
    let level = 1;
    const levels: number[] = [];
    for (const [k, { test, end }] of [...windows, { test: 270, end: 330 }].entries()) {
      if (k === 3) break;
      const cut = cutBars(bars, end);
      const runs = all.map((index) => simulated(cut, index, sweep));
      const train = runs.map(({ returns }) => trains(k).map((t) => returns[t]!));
      const trained = train.map((returns) =>
        meets(returns) ? plainMetrics(returns, ANNUAL).sortino! : Number.NaN,
      );
      const tested = runs.map(({ returns }) => plainMetrics(returns.slice(test, end), ANNUAL).sortino!);
      for (const index of all) {
        expect(
          close(sweep.runs[index]![`wf_train_00${k}`] as number, trained[index]!),
          `train ${k}/${index}`,
        ).toBe(true);
        expect(
          close(sweep.runs[index]![`wf_test_00${k}`] as number, tested[index]!),
          `test ${k}/${index}`,
        ).toBe(true);
      }
      const chosen = bestOf(`wf_train_00${k}`);
      const row = sweep.windows[k]!;
      expect([row.run_index, row.candidates, row.train_bars]).toEqual([
        chosen,
        trained.filter((value) => !Number.isNaN(value)).length,
        trains(k).length,
      ]);
      expect(
        close(row.best_test_objective as number, Math.max(...tested.filter((x) => !Number.isNaN(x)))),
      ).toBe(true);
      // Follow the choice, paying for the way from the weights of the last one to its own.
      const now = runs[chosen]!;
      const from = before && before.index !== chosen ? before.weights(test - 1) : null;
      const held = before?.index === chosen ? null : now.weightsAt(test - 1);
      const traded = held?.reduce((sum, w, a) => sum + Math.abs(w - (from?.[a] ?? 0)), 0) ?? 0;
      const cost = traded * (0.002 + 0.001);
      expect(close(row.switch_cost as number, cost)).toBe(true);
      level *= 1 - cost;
      for (let t = test; t < end; t++) {
        level *= 1 + now.returns[t]!;
        levels.push(level);
      }
      expect(close(row.equity as number, level)).toBe(true);
      before = {
        index: chosen,
        weights: (bar) => simulated(cutBars(bars, 330), chosen, sweep).weightsAt(bar),
      };
    }
    for (const [i, value] of levels.entries())
      expect(close(sweep.equity[i]!.equity as number, value)).toBe(true);
    expect(sweep.equity[0]).toMatchObject({ fold: 0, bar: 90, ts: new Date(bars.times[90]!).toISOString() });
  });

  it('has out-of-sample metrics of each run over all test bars, which follow one another', () => {
    for (const index of all) {
      const { returns } = simulated(bars, index, sweep);
      const expected = plainMetrics(returns.slice(TRAIN), ANNUAL);
      const row = sweep.runs[index]!;
      expect(close(row.out_of_sample_objective as number, expected.sortino!)).toBe(true);
      expect(close(row.out_of_sample_sharpe as number, expected.sharpe!)).toBe(true);
      expect(close(row.out_of_sample_total_return as number, expected.total_return!)).toBe(true);
      expect(close(row.out_of_sample_max_drawdown as number, expected.max_drawdown!)).toBe(true);
      const defined = [0, 1, 2, 3]
        .map((k) => row[`wf_train_00${k}`] as number)
        .filter((x) => !Number.isNaN(x));
      const mean = defined.reduce((a, b) => a + b, 0) / defined.length;
      expect(close(row.in_sample_objective as number, mean)).toBe(true);
    }
  });

  it('cross-validates as a loop over all choices of groups does', () => {
    const runs = all.map((index) => simulated(bars, index, sweep).returns);
    const group = (t: number) => Math.floor(((t + 1) * 5 - 1) / BARS); // 66 bars each
    const pairs = all.flatMap((a) => all.map((b) => [a, b] as const)).filter(([a, b]) => a < b && b < 5);
    const chosen = pairs.map((pair, split) => {
      const tested = (t: number) => t >= 0 && t < BARS && pair.includes(group(t));
      const training = Array.from({ length: BARS }, (_, t) => t).filter(
        (t) =>
          !tested(t) && ![1, 2, 3].some((d) => tested(t + d)) && ![1, 2, 3, 4].some((d) => tested(t - d)),
      );
      const values = runs.map((returns) => {
        const own = training.map((t) => returns[t]!);
        return meets(own) ? plainMetrics(own, ANNUAL).sortino! : Number.NaN;
      });
      const name = `cpcv_train_${String(split).padStart(3, '0')}`;
      for (const index of all) {
        expect(close(sweep.runs[index]![name] as number, values[index]!), `${name}/${index}`).toBe(true);
      }
      return bestOf(name);
    });
    // Path j takes in every group the j-th pair that has it.
    const paths = [0, 1, 2, 3].map((j) => {
      const returns = Array.from({ length: BARS }, (_, t) => {
        const pairsOf = pairs
          .map((pair, i) => [pair, i] as const)
          .filter(([pair]) => pair.includes(group(t)));
        const run = chosen[pairsOf[j]![1]]!;
        return run < 0 ? 0 : runs[run]![t]!;
      });
      return plainMetrics(returns, ANNUAL).sortino!;
    });
    const { cpcv } = sweep.summary.validation!;
    expect([cpcv!.splits, cpcv!.paths, cpcv!.groups, cpcv!.testGroups]).toEqual([10, 4, 5, 2]);
    for (const [j, objective] of cpcv!.objectives!.entries()) expect(close(objective, paths[j]!)).toBe(true);
    const sorted = [...paths].sort((a, b) => a - b);
    expect(close(cpcv!.median, (sorted[1]! + sorted[2]!) / 2)).toBe(true);
    expect(close(cpcv!.min, sorted[0]!)).toBe(true);
  });

  it('replays each run that was chosen once', () => {
    const { followed, summary, windows } = sweep;
    expect(new Set(followed).size).toBe(followed.length);
    for (const { params } of windows) expect(followed).toContain(params);
    expect(followed.length).toBeLessThanOrEqual(
      summary.validation!.walkForward!.distinctRuns + summary.validation!.cpcv!.distinctRuns,
    );
  });

  it('says in its summary what the tables say, and which constraint windows do not know', () => {
    const { walkForward } = sweep.summary.validation!;
    const { windows } = sweep;
    expect(
      walkForward!.folds.map(({ run_id, trainObjective, testObjective }) => [
        run_id,
        trainObjective,
        testObjective,
      ]),
    ).toEqual(windows.map((row) => [row.run_id, row.train_objective, row.test_objective]));
    expect(walkForward!.constraintsNotApplied).toEqual(['orders >= 1']);
    const returns = sweep.equity.map((row) => row.return as number);
    const expected = plainMetrics(returns, ANNUAL);
    expect(close(walkForward!.stitched!.objective, expected.sortino!)).toBe(true);
    expect(close(walkForward!.stitched!.max_drawdown, expected.max_drawdown!)).toBe(true);
    expect(walkForward!.changes).toBe(windows.filter(({ changed }) => changed === true).length);
    const chosen = windows.map(
      (row) => (JSON.parse(row.params as string) as { params: { lookback: number } }).params.lookback,
    );
    const lookback = walkForward!.axes.find(({ axis }) => axis === 'lookback')!;
    for (const { value, windows: times } of lookback.values) {
      expect(times).toBe(chosen.filter((one) => one === value).length);
    }
    expect(lookback.changes).toBe(chosen.filter((one, k) => k > 0 && one !== chosen[k - 1]).length);
    expect(walkForward!.hindsight!.run_id).toBe(sweep.leaders[0]!.run_id);
  });
});

describe('a sweep without a validation', () => {
  it('has empty tables, null columns, and nothing of it in plan and summary', async () => {
    const { validation: _, ...plain } = FILE;
    const { summary, prepared, windows, equity, runs, followed } = await validatedSweep(
      plain,
      walkBars(3, 200),
    );
    expect([summary.validation, prepared.plan.validation, windows, equity, followed]).toEqual([
      undefined,
      undefined,
      [],
      [],
      [],
    ]);
    expect(new Set(runs.map((row) => row.out_of_sample_objective))).toEqual(new Set([Number.NaN]));
  });
});
