import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { paradoxCases, resultOf } from './support/paradox.ts';
import { PARADOX_PICTURE, readParadoxGolden } from './support/paradox-golden.ts';
import { vectorbtCase } from './support/vectorbt-cases.ts';
import { relativeDifference } from './support/vectorbt-match.ts';
import { outcomeOf } from './support/vectorbt-outcome.ts';

const golden = readParadoxGolden();
const page = readFileSync(new URL('../docs/paradox.md', import.meta.url), 'utf8');

it('both engines do under the vectorbt preset what vectorbt did in the cases of docs/paradox.md', async () => {
  const cases = await paradoxCases();
  expect(Object.keys(cases)).toEqual(Object.keys(golden.results));
  for (const [name, one] of Object.entries(cases)) {
    const found = resultOf(one, outcomeOf(vectorbtCase(one.input)));
    for (const [field, value] of Object.entries(golden.results[name]!)) {
      const difference = relativeDifference(found[field as keyof typeof found], value);
      expect(difference, `${name}: ${field}`).toBeLessThanOrEqual(1e-9);
    }
  }
});

it('docs/paradox.md states the numbers and the error of vectorbt', () => {
  const money = (value: number) =>
    value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  for (const [name, { orders, boughtBetweenEvents, fees, endValue }] of Object.entries(golden.results)) {
    expect(page).toContain(
      `| ${name} | ${orders.toLocaleString('en-US')} | ${boughtBetweenEvents.toLocaleString('en-US')} | ${money(fees)} | ${money(endValue)} |`,
    );
  }
  expect(page).toContain(golden.refusal);
  expect(page).toContain(`vectorbt ${golden.version}`);
});

it('an entry on every bar buys back between events, an entry on events never does', () => {
  const between = (name: string) => golden.results[name]!.boughtBetweenEvents;
  expect(between('AAPL, entry on every bar')).toBeGreaterThan(5);
  expect(between('five bars, entry on every bar')).toBe(1);
  expect(between('AAPL, entry on events') + between('five bars, entry on the event')).toBe(0);
  expect(readFileSync(PARADOX_PICTURE, 'utf8')).toContain('Entry on every bar');
});
