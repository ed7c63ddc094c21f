import { describe, expect, it } from 'vitest';
import { nearestName } from '../../src/contracts/nearest-name.ts';

describe('nearestName', () => {
  it.each([
    ['APPL', ['MSFT', 'AAPL'], 'AAPL'],
    ['momentm', ['sma-trend', 'momentum'], 'momentum'],
    ['msft', ['MST', 'MSFT'], 'MSFT'],
    ['ab', ['xb', 'ax'], 'xb'],
    ['lookback', ['top', 'rebalance'], undefined],
    ['x', [], undefined],
    ['', ['abc'], undefined],
  ])('finds for %j among %j: %j', (name, candidates, expected) => {
    expect(nearestName(name, candidates)).toBe(expected);
  });
});
