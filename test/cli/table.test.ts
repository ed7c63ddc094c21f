import { describe, expect, it } from 'vitest';
import { table } from '../../src/cli/table.ts';

describe('table', () => {
  it('puts numbers to the right and text to the left, without frame, colour or trailing blanks', () => {
    expect(
      table(
        ['name', 'runs', 'share'],
        [
          ['a', 5, '1.5 %'],
          ['long', 1200, null],
        ],
      ),
    ).toBe('name  runs  share\na        5  1.5 %\nlong  1200\n');
  });

  it('shows control characters as codes, so that a name cannot move the cursor', () => {
    expect(table(['x'], [['A\u001b[2J\n']])).toBe('x\nA\\u001b[2J\\u000a\n');
  });

  it('is its head alone when there are no rows', () => {
    expect(table(['a', 'b'], [])).toBe('a  b\n');
  });
});
