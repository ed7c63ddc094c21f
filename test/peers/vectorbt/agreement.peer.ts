import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  digestOf,
  FAMILIES,
  type GoldenFile,
  goldenPath,
  goldenText,
  inputsOf,
  readGolden,
  SOURCES,
} from '../../support/vectorbt-agreement.ts';
import { vectorbtCase, vectorbtOutcome } from '../../support/vectorbt-cases.ts';
import { comparableBars, differenceOf, firstBars, relativeDifference } from '../../support/vectorbt-match.ts';
import { outcomeOf } from '../../support/vectorbt-outcome.ts';
import { expectedOutcome, shortOutcome, VECTORBT_RULES } from '../../support/vectorbt-rules.ts';
import { runPython } from '../python.ts';
import { conformanceQuestions, expectConformance, INEXPRESSIBLE } from './conformance-questions.ts';
import { expectParadox, paradoxQuestions } from './paradox-questions.ts';

/** Set, what vectorbt says is written into the golden files instead of compared with them. */
const UPDATE = process.env.UPDATE_GOLDEN === '1';
const AGREEMENT = fileURLToPath(new URL('../../golden/vectorbt/agreement.json', import.meta.url));

/** What came of one family of cases. */
interface Agreement {
  readonly cases: number;
  readonly orders: number;
  readonly largestDifference: number;
  readonly where: string;
  /** Cases whose cash and positions are the same doubles after every bar that is compared. */
  readonly sameDoubles: number;
  /** Cases compared up to where a rule of ours parts the two, by rule. */
  readonly parted: Readonly<Record<string, number>>;
}
const agreements: Record<string, Agreement> = {};

const families = await Promise.all(
  FAMILIES.filter(({ isHere }) => isHere).map(
    async ({ name, family, source }) => [name, await inputsOf(family, source)] as const,
  ),
);
const inputsByFamily = new Map(families);
const conformance = conformanceQuestions();
const paradox = await paradoxQuestions();

/** What vectorbt said, by question. */
const answers = new Map<unknown, unknown>();
let versions: Record<string, string> = {};

/** One process for each function of vectorbt and all that is asked of it: each compiles anew for many seconds. */
beforeAll(async () => {
  const questions: { readonly kind: string }[] = [
    ...families.flatMap(([, inputs]) => inputs),
    ...conformance.expressible.map(([, input]) => input),
    ...paradox.inputs,
    ...VECTORBT_RULES.map(({ input }) => input),
  ];
  await Promise.all(
    ['from_orders', 'from_signals'].map(async (kind) => {
      const asked = questions.filter((question) => question.kind === kind);
      const said = JSON.parse(await runPython('vectorbt', 'run_cases.py', [], JSON.stringify(asked)));
      versions = said.versions;
      asked.forEach((question, i) => {
        answers.set(question, said.outcomes[i]);
      });
    }),
  );
});

describe('both engines agree with vectorbt to 1e-9', () => {
  it.each(FAMILIES)('$name', ({ source, name }) => {
    const inputs = inputsByFamily.get(name);
    if (!inputs) {
      console.warn(`${name}: the real bars are not on this machine, its cases are not run`);
      return;
    }
    const digests: GoldenFile['digests'] = [];
    const parted: Record<string, number> = {};
    let orders = 0;
    let sameDoubles = 0;
    let worst = { largest: 0, where: 'nowhere' };
    for (const input of inputs) {
      const given = vectorbtCase(input);
      const theirs = vectorbtOutcome(answers.get(input), given.name);
      const ours = outcomeOf(given);
      const { bars, rule } = comparableBars(given, ours);
      if (rule !== null) parted[rule] = (parted[rule] ?? 0) + 1;
      const difference = differenceOf(given, theirs, ours);
      expect(difference.largest, `${given.name}, ${difference.where}`).toBeLessThanOrEqual(1e-9);
      if (difference.largest > worst.largest) {
        worst = { ...difference, where: `${given.name}, ${difference.where}` };
      }
      const known = firstBars(theirs, bars);
      orders += known.orders.length;
      if (isDeepStrictEqual(known.simulated, firstBars(ours, bars).simulated)) sameDoubles++;
      digests.push(digestOf(given, theirs, bars));
    }
    agreements[name] = {
      cases: inputs.length,
      orders,
      largestDifference: worst.largest,
      where: worst.where,
      sameDoubles,
      parted,
    };
    const isParted = Object.values(parted).reduce((sum, count) => sum + count, 0);
    expect(isParted, 'cases that are compared in part').toBeLessThan(inputs.length / 20);
    if (UPDATE) writeGolden(name, { versions, seeds: [...SOURCES[source].seeds], digests });
    else expectSameDigests(readGolden(name).digests, digests);
  });

  it('leaves the numbers of the table in the documentation', () => {
    if (UPDATE) {
      // Families that were not run keep what they have.
      const kept = existsSync(AGREEMENT) ? JSON.parse(readFileSync(AGREEMENT, 'utf8')).families : {};
      const found = { engine: 'vectorbt 1.1.0', families: { ...kept, ...agreements } };
      writeFileSync(AGREEMENT, `${JSON.stringify(found, null, 2)}\n`);
    }
    const { families } = JSON.parse(readFileSync(AGREEMENT, 'utf8')) as { families: typeof agreements };
    for (const [name, { cases, orders, sameDoubles, parted }] of Object.entries(agreements)) {
      expect({ name, ...families[name] }).toMatchObject({ name, cases, orders, sameDoubles, parted });
    }
  });
});

it.each(VECTORBT_RULES)('differs from ours as rule $id of docs/engines.md says: $says', (rule) => {
  const found = shortOutcome(vectorbtOutcome(answers.get(rule.input), rule.id));
  expect(found).toEqual(expectedOutcome(rule.theirs, rule.theirCash));
});

it('vectorbt itself does what the cases of its preset in conformance/ expect, where it can express them', () => {
  for (const [one, input] of conformance.expressible) expectConformance(one, answers.get(input));
  const { cases, expressible, reasons } = conformance;
  expect([cases, expressible.length, reasons.size]).toEqual([65, 55, Object.keys(INEXPRESSIBLE).length]);
});

it('vectorbt buys back after each stop where entries stand on every bar, and knows no weights with stops', () => {
  expectParadox(
    paradox,
    versions,
    paradox.inputs.map((input) => answers.get(input)),
  );
});

function writeGolden(name: string, file: Pick<GoldenFile, 'versions' | 'seeds' | 'digests'>): void {
  const { engine, version, ...others } = file.versions;
  expect(engine).toBe('vectorbt');
  mkdirSync(dirname(goldenPath(name)), { recursive: true });
  writeFileSync(
    goldenPath(name),
    goldenText({
      engine: 'vectorbt',
      version: version!,
      generator: 'test/support/vectorbt-random.ts, run by test/peers/vectorbt/run_cases.py',
      ...file,
      versions: others,
    }),
  );
}

/** The golden files are what this vectorbt says today. */
function expectSameDigests(golden: GoldenFile['digests'], digests: GoldenFile['digests']): void {
  expect(digests.length).toBe(golden.length);
  digests.forEach((digest, i) => {
    digest.forEach((value, k) => {
      const difference = relativeDifference(value ?? Number.NaN, golden[i]![k] ?? Number.NaN);
      expect(difference, `case ${i}, number ${k}`).toBeLessThanOrEqual(1e-11);
    });
  });
}
