import { describe, expect, it } from 'vitest';
import { vectorbtCase } from '../support/vectorbt-cases.ts';
import { comparableBars } from '../support/vectorbt-match.ts';
import { outcomeOf } from '../support/vectorbt-outcome.ts';
import { expectedOutcome, shortOutcome, VECTORBT_RULES } from '../support/vectorbt-rules.ts';

describe('where the rules of docs/engines.md say that vectorbt does otherwise', () => {
  it.each(VECTORBT_RULES)('both engines do what $id says: $says', ({ input, ours, ourCash, id, theirs }) => {
    const given = vectorbtCase(input);
    const found = outcomeOf(given);
    const { orders, cash } = shortOutcome(found);
    expect({ orders, cash: cash.slice(0, 1) }).toEqual(expectedOutcome(ours, [ourCash]));
    // The comparison of random cases ends at the bar where the two part, and nowhere else.
    const parts = theirs.length !== ours.length || id === 'V2';
    expect(comparableBars(given, found).bars).toBe(parts ? 1 : given.bars.length);
  });
});
