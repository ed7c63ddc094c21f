import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rangesOf, rangesText } from '../../src/sweep/shard-ranges.ts';

describe('ranges of shards', () => {
  it.each([
    [[], ''],
    [[4], '4'],
    [[0, 1, 2, 5, 7, 8], '0-2,5,7-8'],
  ])('%j are written as %j', (numbers, text) => {
    expect(rangesText(numbers)).toBe(text);
  });

  it('come back from their text', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(60)), (drawn) => {
        const numbers = drawn.sort((a, b) => a - b);
        expect(rangesOf(rangesText(numbers), 61)).toEqual(numbers);
      }),
    );
  });

  it.each(['x', '1-', '2,1', '1,1', '3-2', '0-10', '-1', '1;2', '1-999999999'])(
    'are not read from %j',
    (text) => {
      expect(rangesOf(text, 10)).toBeNull();
    },
  );
});
