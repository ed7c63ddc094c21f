import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { simulate } from '../src/sweep/simulate.ts';
import { barsOf } from './support/bars.ts';
import { type ConformanceCase, conformanceCases, titleOf } from './support/conformance.ts';
import { relativeDifference } from './support/vectorbt-match.ts';

const files = conformanceCases();
const schema = z.fromJSONSchema(
  JSON.parse(readFileSync(new URL('../conformance/case.schema.json', import.meta.url), 'utf8')),
);

/** The run of a case through what anyone would call: rebalance events by time, and a configuration. */
function simulated({ preset, fill, config, bars, events }: ConformanceCase, engine: 'window' | 'event') {
  const given = barsOf(bars);
  return simulate({
    bars: given,
    events: events.map(({ bar, instructions }) => ({ timestamp: given.times[bar]!, instructions })),
    config: { ...config, cash: 10_000, fill: { preset, ...fill }, engine },
  });
}

describe.each(files)('conformance/cases/$file', ({ cases }) => {
  it('is what the schema says, each case once', () => {
    expect(schema.safeParse(cases).error?.message).toBeUndefined();
    expect(new Set(cases.map(titleOf)).size).toBe(cases.length);
  });

  describe.each(['window', 'event'] as const)('the %s engine', (engine) => {
    it.each(cases.map((one) => [titleOf(one), one] as const))('%s', (_, one) => {
      const { orders, equity } = simulated(one, engine);
      const places = orders.map(({ bar, asset, reason }) => [bar, asset, reason]);
      expect(places, one.why).toEqual(one.orders.map(([bar, asset, , , reason]) => [bar, asset, reason]));
      orders.forEach(({ side, quantity, price }, i) => {
        expect(
          relativeDifference(side === 'buy' ? quantity : -quantity, one.orders[i]![2]),
        ).toBeLessThanOrEqual(1e-9);
        expect(relativeDifference(price, one.orders[i]![3])).toBeLessThanOrEqual(1e-9);
      });
      expect(equity.length).toBe(one.equity.length);
      equity.forEach((value, t) => {
        expect(relativeDifference(value, one.equity[t]!), `equity on bar ${t}`).toBeLessThanOrEqual(1e-9);
      });
    });
  });
});

it('covers every preset with every kind of exit', () => {
  const cases = files.flatMap((file) => file.cases);
  expect(cases.length).toBeGreaterThanOrEqual(200);
  for (const preset of ['realistic', 'vectorbt', 'nautilus'] as const) {
    const reasons = cases
      .filter((one) => one.preset === preset)
      .flatMap((one) => one.orders.map((order) => order[4]));
    const missing = ['rebalance', 'flatten', 'stop_loss', 'trailing_stop', 'take_profit'].filter(
      (reason) => !reasons.includes(reason),
    );
    expect([preset, missing]).toEqual([preset, []]);
  }
});
