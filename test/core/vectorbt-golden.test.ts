import { describe, expect, it } from 'vitest';
import { digestOf, FAMILIES, inputsOf, readGolden, SOURCES } from '../support/vectorbt-agreement.ts';
import { vectorbtCase } from '../support/vectorbt-cases.ts';
import { comparableBars, relativeDifference } from '../support/vectorbt-match.ts';
import { outcomeOf } from '../support/vectorbt-outcome.ts';

/** Sums of many numbers, written with 13 digits. */
const TOLERANCE = 1e-9;

describe('under the vectorbt preset both engines do what vectorbt wrote into the golden files', () => {
  it.each(FAMILIES)('$name', { timeout: 600_000 }, async ({ family, source, name, isHere }) => {
    const { version, seeds, digests } = readGolden(name);
    expect([version, seeds, digests.length]).toEqual(['1.1.0', SOURCES[source].seeds, seeds[1]! - seeds[0]!]);
    if (!isHere) {
      console.warn(`${name}: the real bars are not on this machine, its ${digests.length} cases are not run`);
      return;
    }
    for (const [i, input] of (await inputsOf(family, source)).entries()) {
      const given = vectorbtCase(input);
      const ours = outcomeOf(given);
      const found = digestOf(given, ours, comparableBars(given, ours).bars);
      const worst = Math.max(
        ...found.map((value, k) => relativeDifference(value ?? Number.NaN, digests[i]![k] ?? Number.NaN)),
      );
      expect(worst, `${given.name}: ${found.join(' ')} ≠ ${digests[i]!.join(' ')}`).toBeLessThanOrEqual(
        TOLERANCE,
      );
    }
  });
});
