import { describe, expect, it } from 'vitest';
import { rebalanceEventSchema } from '../../src/contracts/rebalance-event.ts';

const event = (instructions: unknown, more: object = {}) => ({
  timestamp: '2015-03-02',
  instructions,
  ...more,
});

function firstIssue(value: unknown): [string, string] | null {
  const { success, error } = rebalanceEventSchema.safeParse(value);
  return success ? null : [error.issues[0]!.path.join('.'), error.issues[0]!.message];
}

describe('rebalanceEventSchema', () => {
  it.each([
    ['nothing to do', event({})],
    [
      'epoch milliseconds, metadata and a checksum',
      event({}, { timestamp: 0, metadata: { a: [1] }, checksum: 'a'.repeat(64) }),
    ],
    [
      'maintain, flatten, long and short',
      event({ A: { weight: null }, B: { weight: 0 }, C: { weight: 1 }, D: { weight: -2 } }),
    ],
    ['stops, one of them none', event({ A: { weight: 0.5, stops: { stopLoss: 0.05, trailingStop: null } } })],
    ['stops of a short beyond 1', event({ A: { weight: -0.5, stops: { stopLoss: 1.5 } } })],
    ['a take-profit of a long beyond 1', event({ A: { weight: 0.5, stops: { takeProfit: 3 } } })],
    ['no stops stated beside a flatten', event({ A: { weight: 0, stops: {} } })],
  ])('admits %s', (_, value) => {
    expect(firstIssue(value)).toBe(null);
    expect(rebalanceEventSchema.parse(value)).toEqual(value);
  });

  it.each([
    [
      'a text weight',
      event({ A: { weight: '1' } }),
      'instructions.A.weight',
      'expected a finite number, or null for maintain, found "1"',
    ],
    [
      'an infinite weight',
      event({ A: { weight: Number.NEGATIVE_INFINITY } }),
      'instructions.A.weight',
      'expected a finite number, or null for maintain, found -Infinity',
    ],
    [
      'a missing weight',
      event({ A: {} }),
      'instructions.A.weight',
      'expected a finite number, or null for maintain, found nothing',
    ],
    [
      'a bare number as cell',
      event({ A: 0.5 }),
      'instructions.A',
      'expected an instruction {weight, stops?}, found 0.5',
    ],
    [
      'an unknown field of a cell',
      event({ A: { weight: 1, size: 2 } }),
      'instructions.A',
      'expected an instruction {weight, stops?}, found the unknown field "size"',
    ],
    [
      'an unknown stop',
      event({ A: { weight: 1, stops: { stop_loss: 0.1 } } }),
      'instructions.A.stops',
      'expected stops {stopLoss?, trailingStop?, takeProfit?}, found the unknown field "stop_loss"',
    ],
    [
      'an unknown field of an event',
      event({}, { note: 1 }),
      '',
      'expected a rebalance event {timestamp, instructions, metadata?, checksum?}, found the unknown field "note"',
    ],
    [
      'a stop of zero',
      event({ A: { weight: 1, stops: { stopLoss: 0 } } }),
      'instructions.A.stops.stopLoss',
      'expected a fraction > 0, or null for none, found 0',
    ],
    [
      'an infinite stop',
      event({ A: { weight: 1, stops: { takeProfit: Number.POSITIVE_INFINITY } } }),
      'instructions.A.stops.takeProfit',
      'expected a fraction > 0, or null for none, found Infinity',
    ],
    [
      'a trailing stop of a long at 1',
      event({ A: { weight: 1, stops: { trailingStop: 1 } } }),
      'instructions.A.stops.trailingStop',
      'expected a fraction in (0, 1) for a long, found 1',
    ],
    [
      'stops of a maintained asset',
      event({ A: { weight: null, stops: { stopLoss: 0.1 } } }),
      'instructions.A.stops.stopLoss',
      'expected no stops beside weight null, found 0.1',
    ],
    [
      'stops of a flattened asset',
      event({ A: { weight: -0, stops: { stopLoss: null } } }),
      'instructions.A.stops.stopLoss',
      'expected no stops beside weight 0, found null',
    ],
    [
      'an asset called __proto__',
      event(JSON.parse('{"__proto__": {"weight": 1}}')),
      'instructions.__proto__',
      'expected no such name of a member',
    ],
    [
      'an asset called constructor',
      event({ constructor: { weight: 1 } }),
      'instructions.constructor',
      'expected no such name of a member',
    ],
    [
      'a reserved name deep in the metadata',
      event({}, { metadata: JSON.parse('{"a": [{"__proto__": 1}]}') }),
      'metadata.a.0.__proto__',
      'expected no such name of a member',
    ],
    [
      'nesting that could exhaust the stack',
      event({}, { metadata: JSON.parse(`{"a": ${'['.repeat(5000)}${']'.repeat(5000)}}`) }),
      'metadata.a.0.0.0.0.0.0.0',
      'expected at most 8 levels of nesting, found more',
    ],
    [
      'no instructions',
      { timestamp: 1 },
      'instructions',
      'expected an object of asset → {weight, stops?}, found nothing',
    ],
    [
      'instructions in a list',
      event([]),
      'instructions',
      'expected an object of asset → {weight, stops?}, found an array of 0',
    ],
    [
      'half a millisecond',
      event({}, { timestamp: 0.5 }),
      'timestamp',
      'expected an ISO date-time or epoch milliseconds, found 0.5',
    ],
    [
      'no event',
      null,
      '',
      'expected a rebalance event {timestamp, instructions, metadata?, checksum?}, found null',
    ],
    [
      'a checksum of another kind',
      event({}, { checksum: 'abc' }),
      'checksum',
      'expected a sha256 in lower-case hex, found "abc"',
    ],
  ])('refuses %s, saying where', (_, value, path, message) => {
    expect(firstIssue(value)).toEqual([path, message]);
  });
});
