import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from 'vitest';
import { paradoxCases, resultOf, weightsWithStop } from '../../support/paradox.ts';
import { PARADOX_GOLDEN, PARADOX_PICTURE, readParadoxGolden } from '../../support/paradox-golden.ts';
import { paradoxPicture } from '../../support/paradox-picture.ts';
import { vectorbtOutcome } from '../../support/vectorbt-cases.ts';

/** What vectorbt is asked for docs/paradox.md: its runs, and target weights with a stop, which it refuses. */
export async function paradoxQuestions() {
  const cases = await paradoxCases();
  const names = Object.keys(cases);
  return { cases, inputs: [...names.map((name) => cases[name]!.input), weightsWithStop(cases[names[0]!]!)] };
}

/** Fails where vectorbt's answers are not the numbers and the picture of the page; writes them where that is asked for. */
export function expectParadox(
  { cases }: Awaited<ReturnType<typeof paradoxQuestions>>,
  versions: Readonly<Record<string, string>>,
  outcomes: readonly unknown[],
): void {
  const names = Object.keys(cases);
  const theirs = names.map((name, i) => [name, vectorbtOutcome(outcomes[i], name)] as const);
  const found = {
    engine: 'vectorbt',
    version: versions.version!,
    generator: 'test/support/paradox.ts, run by test/peers/vectorbt/run_cases.py',
    results: Object.fromEntries(theirs.map(([name, outcome]) => [name, resultOf(cases[name]!, outcome)])),
    refusal: (outcomes.at(-1) as { error: string }).error,
  };
  const ordersOf = (wanted: string) => theirs.find(([name]) => name === wanted)![1].orders;
  const picture = paradoxPicture(
    cases['AAPL, entry on events']!.bars,
    ordersOf('AAPL, entry on every bar'),
    ordersOf('AAPL, entry on events'),
  );
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(dirname(PARADOX_GOLDEN), { recursive: true });
    writeFileSync(PARADOX_GOLDEN, `${JSON.stringify(found, null, 2)}\n`);
    writeFileSync(PARADOX_PICTURE, picture);
  }
  const golden = readParadoxGolden();
  expect(found.refusal).toBe(golden.refusal);
  expect(found.version).toBe(golden.version);
  for (const [name, result] of Object.entries(golden.results)) {
    for (const [field, value] of Object.entries(result)) {
      expect(found.results[name]![field as keyof typeof result], `${name}: ${field}`).toBeCloseTo(value, 6);
    }
  }
  expect(readFileSync(PARADOX_PICTURE, 'utf8')).toBe(picture);
}
