import { describe, expect, it } from 'vitest';
import type { RebalanceEvent } from '../../src/contracts/rebalance-event.ts';
import { resolveEvents } from '../../src/strategies/resolve-events.ts';
import { barsOfCloses } from './support.ts';

// 2015-03-02 to 2015-03-05, without the 4th.
const bars = barsOfCloses({ KO: [1, 2, 3] });
bars.times[2] = Date.UTC(2015, 2, 5);

const at = (date: string, instructions: RebalanceEvent['instructions'] = {}): RebalanceEvent => ({
  timestamp: Date.parse(date),
  instructions,
  checksum: '',
});

describe('resolveEvents', () => {
  it('finds the bar of each time and keeps weights and stops, whatever the order given', () => {
    const stops = { stopLoss: 0.1, takeProfit: null };
    const events = [
      at('2015-03-05', { KO: { weight: null } }),
      at('2015-03-02', { KO: { weight: 1, stops } }),
    ];
    expect(resolveEvents(events, bars)).toEqual([
      { bar: 0, weights: { KO: 1 }, stops: { KO: stops } },
      { bar: 2, weights: { KO: null } },
    ]);
  });

  it('takes the next bar only when it may snap', () => {
    expect(() => resolveEvents([at('2015-03-04')], bars)).toThrow(
      'event 0 (2015-03-04): expected the time of a bar, found none; nearest bars: 2015-03-03 before, ' +
        '2015-03-05 after; snap: next would take the next bar',
    );
    expect(resolveEvents([at('2015-03-04')], bars, { snap: 'next' })).toEqual([{ bar: 2, weights: {} }]);
    expect(resolveEvents([at('2001-01-01')], bars, { snap: 'next' })).toEqual([{ bar: 0, weights: {} }]);
  });

  it('has no bar for a time after the last one, snapping or not', () => {
    const message =
      'event 0 (2015-03-05T00:00:00.001Z): expected the time of a bar, found none; nearest bars: 2015-03-05 before, none after';
    expect(() => resolveEvents([at('2015-03-05T00:00:00.001Z')], bars)).toThrow(message);
    expect(() => resolveEvents([at('2015-03-05T00:00:00.001Z')], bars, { snap: 'next' })).toThrow(message);
    expect(() => resolveEvents([at('2015-03-01')], bars)).toThrow('none before, 2015-03-02 after');
  });

  it('refuses two events on one bar, naming both', () => {
    const twice = [at('2015-03-05'), at('2015-03-03'), at('2015-03-05')];
    expect(() => resolveEvents(twice, bars)).toThrow(
      'event 2 (2015-03-05): expected one event a bar, found event 0 (2015-03-05) on the bar of 2015-03-05 too',
    );
    const snapped = [at('2015-03-04'), at('2015-03-05')];
    expect(() => resolveEvents(snapped, bars, { snap: 'next' })).toThrow(
      'event 1 (2015-03-05): expected one event a bar, found event 0 (2015-03-04) on the bar of 2015-03-05 too',
    );
  });
});
