import { describe, expect, it } from 'vitest';
import { NOT_APPLICABLE, readVectorbtCase, vectorbtCaseNames } from '../support/vectorbt-cases.ts';
import { differenceOf } from '../support/vectorbt-match.ts';
import { outcomeOf } from '../support/vectorbt-outcome.ts';

const names = vectorbtCaseNames();

describe.runIf(names.length > 0)('under the vectorbt preset', () => {
  it.each(names.filter((name) => !(name in NOT_APPLICABLE)))(
    'both engines do what vectorbt did: %s',
    (name) => {
      const { given, expected } = readVectorbtCase(name);
      const { largest, where } = differenceOf(given, expected, outcomeOf(given));
      expect(largest, where).toBeLessThanOrEqual(1e-9);
    },
  );

  it('leaves no case out but those listed with a reason, all of which are there', () => {
    expect(Object.keys(NOT_APPLICABLE).filter((name) => !names.includes(name))).toEqual([]);
    expect(names.length - Object.keys(NOT_APPLICABLE).length).toBeGreaterThanOrEqual(101);
  });
});
