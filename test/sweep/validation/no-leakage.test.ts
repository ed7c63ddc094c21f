// Nothing that is known, chosen or earned by some bar may depend on a later one.
import { describe, expect, it } from 'vitest';
import type { Bars } from '../../../src/core/bars.ts';
import { rebalanceEvents } from '../../../src/formats/instructions-json.ts';
import { cutBars } from '../../support/cut-bars.ts';
import { moduleSource, walkBars } from '../../support/real-sweep.ts';
import { type ValidatedSweep, validatedSweep } from '../../support/validated-sweep.ts';

const TIMES = walkBars(3, 300, 4).times;
const day = (bar: number) => new Date(TIMES[bar]!).toISOString();
const WINDOWS = { walkForward: { train: 80, test: 40, purge: 2, embargo: 3 } };
const base = {
  bars: './bars',
  portfolio: { feeRate: 0.001 },
  stops: { stopLoss: [null, 0.03] },
  shardRuns: 3,
};
const file = (strategy: object) => ({ ...base, strategy, validation: WINDOWS });

/** Other prices from a bar on: the old ones of the asset's mirror bar, scaled so that nothing stays as it was. */
function shifted(bars: Bars, from: number): Bars {
  const other = cutBars(bars, bars.length);
  const { length } = bars;
  for (let a = 0; a < bars.symbols.length; a++) {
    for (let t = from; t < length; t++) {
      const source = a * length + (length - 1 - (t - from));
      for (const name of ['open', 'high', 'low', 'close'] as const)
        other[name][a * length + t] = bars[name][source]! * 1.7;
    }
  }
  return cutBars(other, length);
}

/** By window: what each run measured, which was chosen, and the stitched account, as far as bars before `end` tell. */
function known({ runs, windows, equity }: ValidatedSweep, end: number) {
  const told = windows.filter((row) => String(row.test_to) < day(end));
  return {
    measured: told.map((_, k) => runs.map((row) => [row[`wf_train_00${k}`], row[`wf_test_00${k}`]])),
    // The next window has been trained, and chosen for, by the time its test begins.
    trained: windows
      .filter((row) => String(row.train_to) < day(end))
      .map((row, k) => [
        row.run_id,
        row.train_objective,
        row.candidates,
        runs.map((run) => run[`wf_train_00${k}`]),
      ]),
    chosen: told,
    equity: equity.filter((row) => (row.bar as number) < end),
  };
}

describe('bars from 210 on leave everything before them as it was', () => {
  const bars = walkBars(3, 300, 4);
  const other = shifted(bars, 210);

  it.each<[string, object]>([
    ['fixed-weights', { weights: { A0: 0.5, A1: 0.3 }, rebalance: ['week', 'month'] }],
    ['equal-weight', { rebalance: ['week', 20] }],
    ['momentum', { lookback: [10, 30], top: [1, 2], rebalance: 'week' }],
    ['inverse-volatility', { lookback: [10, 30], rebalance: 'week' }],
    ['sma-trend', { window: [20, 30], rebalance: [1, 'week'] }],
    ['breakout', { entry: [10, 20], exit: [5, 10] }],
    ['mean-reversion', { window: [10, 20], entry: [0.5, 1] }],
  ])('%s', async (name, params) => {
    const [one, two] = await Promise.all(
      [bars, other].map((each) => validatedSweep(file({ name, params }), each)),
    );
    const [before, after] = [known(one!, 210), known(two!, 210)];
    expect(before.chosen).toHaveLength(3); // tests 80-119, 120-159, 160-199
    expect(before.trained).toHaveLength(4);
    expect(before.equity).toHaveLength(130);
    expect(before.chosen.some(({ run_id }) => run_id !== null)).toBe(true);
    expect(after).toEqual(before);
    // The change is seen where it may be.
    expect(one!.equity.filter((row) => (row.bar as number) >= 210)).not.toEqual(
      two!.equity.filter((row) => (row.bar as number) >= 210),
    );
  });

  it('instructions', async () => {
    const events = [0, 40, 90, 130, 190, 215, 260].map((bar, i) => ({
      timestamp: TIMES[bar]!,
      instructions: { A0: { weight: i % 2 ? 0.2 : 0.6 }, A1: { weight: i % 3 ? 0.4 : null } },
    }));
    const files = new Map([
      ['a'.repeat(64), rebalanceEvents(events, 'a')],
      ['b'.repeat(64), rebalanceEvents(events.slice(0, 5), 'b')],
    ]);
    const source = { kind: 'instructions', files, snap: 'none' } as const;
    const strategy = { name: 'instructions', params: { file: [...files.keys()] } };
    const [one, two] = await Promise.all(
      [bars, other].map((each) => validatedSweep(file(strategy), each, source)),
    );
    expect(one!.equity).toHaveLength(220);
    expect(known(two!, 210)).toEqual(known(one!, 210));
  });

  it('a strategy of one’s own that looks back only', async () => {
    const strategy = { name: './own.ts', params: { share: [0.3, 0.6], every: [20, 35] } };
    const source = await moduleSource(PAST_ONLY);
    const [one, two] = await Promise.all(
      [bars, other].map((each) => validatedSweep(file(strategy), each, source)),
    );
    expect(known(two!, 210)).toEqual(known(one!, 210));
  });

  it('and a strategy that looks ahead is caught by the same comparison', async () => {
    const strategy = { name: './own.ts', params: { share: [0.3, 0.6], every: [20, 35] } };
    const source = await moduleSource(LOOKS_AHEAD);
    const [one, two] = await Promise.all(
      [bars, other].map((each) => validatedSweep(file(strategy), each, source)),
    );
    expect(known(two!, 210)).not.toEqual(known(one!, 210));
  });
});

const module = (weight: string) => `
  const params = { safeParse: (data) => ({ success: true, data }) };
  export default {
    name: 'own', description: 'Holds the first asset by turns.', params, warmup: () => 0,
    events(bars, { share, every }) {
      const events = [];
      for (let bar = 0; bar < bars.length; bar += every) {
        events.push({ bar, weights: { [bars.symbols[0]]: ${weight} } });
      }
      return events;
    },
  };
`;
const PAST_ONLY = module('(bar / every) % 2 ? share : 0.1');
const LOOKS_AHEAD = module('Math.min(0.9, bars.lastClose[bars.length - 1] / 1000 + share / 10)');

describe('a holdout', () => {
  const bars = walkBars(3, 300, 4);
  const momentum = { name: 'momentum', params: { lookback: [10, 30], top: [1, 2], rebalance: 'week' } };

  it('leaves the ranking as if its bars had never been loaded, and tests the leaders on them', async () => {
    const held = await validatedSweep({ ...base, strategy: momentum, validation: { holdout: '20%' } }, bars);
    const short = await validatedSweep({ ...base, strategy: momentum }, cutBars(bars, 240));
    expect(held.prepared.plan.bars).toBe(240);
    expect(held.runs).toEqual(short.runs);
    const own = ({ leaders }: ValidatedSweep) =>
      leaders.map((row) =>
        Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('holdout_'))),
      );
    expect(own(held)).toEqual(own(short));
    expect(
      short.leaders.every((row) => row.holdout_looks_ahead === null && Number.isNaN(row.holdout_sharpe)),
    ).toBe(true);

    // On the bars held back, a leader goes on as it would in a sweep over all of them.
    const whole = await validatedSweep(
      { ...base, strategy: momentum, validation: { walkForward: { train: 240, test: 60 } } },
      bars,
    );
    for (const leader of held.leaders) {
      const row = whole.runs.find(({ params }) => params === leader.params)!;
      expect(leader.holdout_looks_ahead).toBe(false);
      expect(leader.holdout_objective).toBe(row.wf_test_000);
      expect(leader.holdout_total_return).toBe(row.out_of_sample_total_return);
      expect(leader.holdout_max_drawdown).toBe(row.out_of_sample_max_drawdown);
    }
    const { holdout } = held.summary.validation!;
    expect(holdout).toMatchObject({ bars: 60, from: day(240), to: day(299), looksAhead: 0 });
    expect(holdout!.best!.objective).toBe(held.leaders[0]!.holdout_objective);
  });

  it('keeps windows and groups before it', async () => {
    const validation = { holdout: 60, ...WINDOWS, cpcv: { groups: 4, test: 1 } };
    const { prepared } = await validatedSweep({ ...base, strategy: momentum, validation }, bars);
    const { windows, cpcv } = prepared.plan.validation!;
    expect(Math.max(...windows.map(({ test }) => test[1]))).toBe(240);
    expect(cpcv!.bounds).toEqual([0, 60, 120, 180, 240]);
  });

  it('finds out a strategy that looks ahead, and gives no figure for it', async () => {
    const strategy = { name: './own.ts', params: { share: [0.3, 0.6], every: [20, 35] } };
    const tested = async (code: string) =>
      validatedSweep({ ...base, strategy, validation: { holdout: 60 } }, bars, await moduleSource(code));
    const bad = await tested(LOOKS_AHEAD);
    const caught = bad.leaders.filter((row) => row.holdout_looks_ahead === true);
    expect(caught.length).toBeGreaterThan(0);
    expect(caught.every((row) => Number.isNaN(row.holdout_total_return))).toBe(true);
    expect(bad.summary.validation!.holdout!.looksAhead).toBe(caught.length);
    expect((await tested(PAST_ONLY)).summary.validation!.holdout!.looksAhead).toBe(0);
  });
});
