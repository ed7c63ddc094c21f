import { describe, expect, it } from 'vitest';
import { conformanceCases, titleOf } from '../../support/conformance.ts';
import { relativeDifference } from '../../support/vectorbt-match.ts';
import { runPython } from '../python.ts';

type Outcome = {
  readonly orders: readonly (readonly (string | number)[])[];
  readonly equity: readonly number[];
};

describe('what conformance/ expects is what exact arithmetic makes of the text of the semantics', () => {
  it.each(conformanceCases())('$file', async ({ cases }) => {
    const outcomes: Outcome[] = JSON.parse(
      await runPython('reference', 'reference.py', [], JSON.stringify(cases)),
    );
    expect(outcomes.length).toBe(cases.length);
    for (const [i, one] of cases.entries()) {
      const { orders, equity } = outcomes[i]!;
      expect(orders.length, titleOf(one)).toBe(one.orders.length);
      const pairs = [...orders.flat(), ...equity].map((found, k) => [
        found,
        [...one.orders.flat(), ...one.equity][k]!,
      ]);
      for (const [found, expected] of pairs) {
        if (typeof found === 'string' || typeof expected === 'string')
          expect(found, titleOf(one)).toBe(expected);
        else expect(relativeDifference(found!, expected!), titleOf(one)).toBeLessThanOrEqual(1e-12);
      }
    }
  });
});
