import { describe, expect, it } from 'vitest';
import { axisColumns } from '../../src/contracts/result-row.ts';
import { runEvents } from '../../src/core/event-engine.ts';
import { METRICS } from '../../src/core/metrics/catalog.ts';
import { createReturnStats, returnStats } from '../../src/core/metrics/return-stats.ts';
import { decodeResults, type ResultValues } from '../../src/formats/results-parquet.ts';
import { compileEvents } from '../../src/strategies/compile-events.ts';
import { gridOf, parametersAt } from '../../src/sweep/grid.ts';
import { parityChosen, shardRange } from '../../src/sweep/plan.ts';
import type { PreparedSweep } from '../../src/sweep/prepare-sweep.ts';
import { resultColumns } from '../../src/sweep/result-columns.ts';
import { createSimulator } from '../../src/sweep/simulate-run.ts';
import { MOMENTUM, moduleSource, realSweep, walkBars } from '../support/real-sweep.ts';

const builtin = { kind: 'builtin', name: 'momentum' } as const;

/** All rows of a sweep by column, from the bytes of its shards. */
async function rowsOf({ plan, engine, inputs }: PreparedSweep): Promise<Record<string, unknown[]>> {
  const columns = resultColumns(gridOf(inputs.spec));
  const all: Record<string, unknown[]> = {};
  for (let shard = 0; shard < plan.shards; shard++) {
    const { bytes } = engine.runShard(shard);
    const rows: ReadonlyMap<string, ResultValues> = await decodeResults(
      bytes,
      columns,
      shardRange(plan, shard).count,
      'x',
    );
    for (const [name, values] of rows) all[name] = [...(all[name] ?? []), ...values];
  }
  return all;
}

/** A module whose run fails as `mode` says; each parameter set of `n` has one event that buys the first asset. */
const FAILING = `
  const params = { safeParse: (data) => ({ success: true, data }) };
  const buy = (bars, bar) => ({ bar, weights: { [bars.symbols[0]]: 1 } });
  export default {
    name: 'failing', description: 'Fails on purpose.', params, warmup: () => 0,
    events(bars, { mode }) {
      if (mode === 'throws') throw new Error('boom ' + bars.length);
      if (mode === 'throws text') throw 'plain text';
      if (mode === 'nonsense') return 42;
      if (mode === 'NaN bar') return [buy(bars, NaN)];
      if (mode === 'unknown asset') return [{ bar: 0, weights: { NOPE: 1 } }];
      if (mode === 'leverage') return [{ bar: 0, weights: { [bars.symbols[0]]: 1, [bars.symbols[1]]: 1 } }];
      if (mode === 'nothing') return [];
      return [buy(bars, 3)];
    },
  };
`;

describe('a shard', () => {
  it('has for every run what the reference engine, run alone on fresh memory, gives bit for bit', async () => {
    const { prepared, bars, strategy } = await realSweep(
      { ...MOMENTUM, shardRuns: 7 },
      walkBars(4, 250),
      builtin,
    );
    const rows = await rowsOf(prepared);
    const { spec } = prepared.inputs;
    const grid = gridOf(spec);
    expect(rows.run_index).toEqual(Array.from({ length: 48 }, (_, i) => i));
    for (let run = 0; run < 48; run++) {
      const set = parametersAt(grid, run);
      const events = strategy.events(bars, strategy.params.parse(set.params));
      const matrix = compileEvents(events, bars, set.portfolio);
      const simulator = createSimulator({ bars, strategy, barsPerYear: 365, riskFreeRate: 0 });
      const config = simulator.config(set);
      const reference = runEvents(bars, matrix, config);
      const stats = createReturnStats();
      const scratch = new Float64Array(bars.length);
      returnStats(reference.equity, bars.length, config.cash, config.fill.drawdownFrom, scratch, stats);
      const input = { returns: stats, totals: reference.ledger.totals, config };
      for (const { name, value } of METRICS) {
        const expected = value(input);
        const found = rows[name]![run] as number;
        expect(found, `${name} of run ${run}`).toBe(Number.isFinite(expected) ? expected + 0 : Number.NaN);
      }
      expect(rows.block_sum_15![run]).toBe(stats.blockSum[15]);
      expect(rows.sum_fourths![run]).toBe(stats.sumFourths);
    }
  });

  it('states the axes of each run in typed columns and all parameters as JSON, defaults included', async () => {
    const file = {
      ...MOMENTUM,
      fill: ['realistic', 'vectorbt'],
      strategy: { name: 'momentum', params: { lookback: [20, 40], rebalance: ['week', 'month'] } },
    };
    const { prepared } = await realSweep(file, walkBars(3, 120), builtin);
    const rows = await rowsOf(prepared);
    const grid = gridOf(prepared.inputs.spec);
    expect(axisColumns(grid).map(({ column }) => column)).toEqual([
      'p_lookback',
      'p_rebalance',
      'p_stopLoss',
      'p_trailingStop',
      'p_slippage',
      'p_preset',
    ]);
    for (const run of [0, 13, 31, 63]) {
      const params = JSON.parse(rows.params![run] as string) as Record<string, Record<string, unknown>>;
      expect(rows.p_lookback![run]).toBe(params.params!.lookback);
      expect(rows.p_rebalance![run]).toBe(params.params!.rebalance);
      expect(rows.p_stopLoss![run]).toBe(params.stops!.stopLoss ?? Number.NaN);
      expect(rows.p_slippage![run]).toBe(params.portfolio!.slippage);
      expect(rows.p_preset![run]).toBe(params.fill!.execution === 'close' ? 'vectorbt' : 'realistic');
      expect(params.params).toMatchObject({ top: 3, skip: 0, budget: 1 });
      expect(Object.keys(params)).toEqual(['fill', 'params', 'portfolio', 'stops']);
    }
  });

  it('checks the parity of exactly the runs that the plan draws', async () => {
    const { prepared } = await realSweep({ ...MOMENTUM, parity: { sample: 0.3 } }, walkBars(3, 120), builtin);
    const rows = await rowsOf(prepared);
    const expected = Array.from({ length: 48 }, (_, run) =>
      parityChosen(run, 0.3) ? 'identical' : 'not_checked',
    );
    expect(new Set(expected).size).toBe(2);
    expect(rows.parity_status).toEqual(expected);
    expect(rows.dense_class!.map((name) => name !== null)).toEqual(
      expected.map((status) => status === 'identical'),
    );
  });

  it('keeps the rows of runs that fail, with the cause, beside those of the others', async () => {
    const modes = [
      'works',
      'throws',
      'throws text',
      'nonsense',
      'NaN bar',
      'unknown asset',
      'leverage',
      'nothing',
      'works too',
    ];
    const source = await moduleSource(FAILING);
    const file = { bars: './b', strategy: { name: './failing.ts', params: { mode: modes } } };
    const { prepared } = await realSweep(file, walkBars(2, 30), source);
    const rows = await rowsOf(prepared);
    const by = (mode: string) => rows.p_mode!.indexOf(mode);
    expect(modes.map((mode) => rows.status![by(mode)])).toEqual([
      'ok',
      'failed',
      'failed',
      'failed',
      'failed',
      'failed',
      'failed',
      'ok',
      'ok',
    ]);
    expect(rows.error![by('throws')]).toBe('boom 30');
    expect(rows.error![by('throws text')]).toBe('plain text');
    expect(rows.error![by('unknown asset')]).toMatch(/NOPE/);
    expect(rows.error![by('leverage')]).toMatch(/maxLeverage/);
    expect(rows.error![by('works')]).toBeNull();
    expect(rows.orders![by('works')]).toBe(1);
    expect(rows.orders![by('nothing')]).toBe(0);
    expect(rows.orders![by('throws')]).toBeNaN();
    expect(new Set(rows.run_id).size).toBe(modes.length);
  });

  it('fails the runs whose parameters the strategy refuses, naming the parameter', async () => {
    const file = { bars: './b', strategy: { name: 'momentum', params: { top: [1, 0, 2] } } };
    const { prepared } = await realSweep(file, walkBars(2, 30), builtin);
    const rows = await rowsOf(prepared);
    expect(rows.status).toEqual(['ok', 'failed', 'ok']);
    expect(rows.error![1]).toMatch(/^strategy momentum, params\.top: /);
  });

  it('has the runs that conditions leave, wherever its shard begins', async () => {
    const file = { ...MOMENTUM, conditions: ['params.top != 2 || stops.stopLoss != null'] };
    const whole = await rowsOf(
      (await realSweep({ ...file, shardRuns: 48 }, walkBars(3, 80), builtin)).prepared,
    );
    const { prepared } = await realSweep({ ...file, shardRuns: 3 }, walkBars(3, 80), builtin);
    const cut = await rowsOf(prepared);
    expect(prepared.plan.runs).toBe(40); // 48 less 2 lookbacks · 2 trailing stops · 2 slippages
    expect(cut.run_id).toEqual(whole.run_id);
    expect(cut.p_top!.some((top, i) => top === 2 && Number.isNaN(cut.p_stopLoss![i]))).toBe(false);
  });
});

describe('the id of a run', () => {
  async function idsOf(file: object, bars = walkBars(2, 60)) {
    const rows = await rowsOf((await realSweep(file, bars, builtin)).prepared);
    return new Map(rows.params!.map((params, i) => [params as string, rows.run_id![i] as string]));
  }
  const base = { bars: './b', strategy: { name: 'momentum', params: { lookback: [10, 20], top: 1 } } };

  it('is the same in another sweep that has the same run, whatever steers only the sweep', async () => {
    const first = await idsOf(base);
    const other = await idsOf({
      ...base,
      name: 'another',
      strategy: { name: 'momentum', params: { lookback: [20, 30], top: [2, 1], rebalance: 'month' } },
      objective: 'cagr',
      constraints: ['orders > 1'],
      parity: 'none',
      shardRuns: 1,
      maxCostUsd: 1,
      sample: { random: 4, seed: 3 },
    });
    const shared = [...first.keys()].filter((params) => other.has(params));
    expect(shared).toHaveLength(1);
    expect(other.get(shared[0]!)).toBe(first.get(shared[0]!));
  });

  it('differs with every parameter, with the bars in use and with annualisation', async () => {
    const ids = [...(await idsOf(base)).values()];
    const others = [
      ...(await idsOf({ ...base, stops: { stopLoss: 0.1 } })).values(),
      ...(await idsOf({ ...base, portfolio: { cash: 1 } })).values(),
      ...(await idsOf({ ...base, fill: { preset: 'realistic', ruin: 'ignore' } })).values(),
      ...(await idsOf({ ...base, barsPerYear: 252 })).values(),
      ...(await idsOf({ ...base, riskFreeRate: 0.01 })).values(),
      ...(await idsOf(base, walkBars(2, 59))).values(),
      ...(await idsOf(base, walkBars(3, 60))).values(),
    ];
    expect(new Set([...ids, ...others]).size).toBe(ids.length + others.length);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('the id of a sweep', () => {
  const idOf = async (file: object, code?: string) =>
    (await realSweep(file, walkBars(2, 60), code ? await moduleSource(code) : builtin)).prepared.plan.sweepId;
  const base = { bars: './b', strategy: { name: 'momentum', params: { lookback: [10, 20] } } };

  it('does not depend on paths, spelling or guards, but on everything that decides its results', async () => {
    const id = await idOf(base);
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(await idOf({ strategy: base.strategy, bars: '/elsewhere/b', maxCostUsd: 99, maxRuns: 7 })).toBe(
      id,
    );
    const others = [
      { ...base, objective: 'cagr' },
      { ...base, parity: 'all' },
      { ...base, shardRuns: 1 },
      { ...base, constraints: ['orders > 0'] },
      { ...base, stops: { stopLoss: 0.1 } },
      { ...base, strategy: { name: 'momentum', params: { lookback: [20, 10] } } },
    ];
    const ids = await Promise.all(others.map((file) => idOf(file)));
    expect(new Set([id, ...ids]).size).toBe(others.length + 1);
  });

  it('changes when the code of a strategy of one’s own does, not with the name of its file', async () => {
    const file = (name: string) => ({ bars: './b', strategy: { name, params: { mode: 'works' } } });
    const id = await idOf(file('./a.ts'), FAILING);
    expect(await idOf(file('./b.ts'), FAILING)).toBe(id);
    expect(await idOf(file('./a.ts'), `${FAILING}\n`)).not.toBe(id);
  });
});
