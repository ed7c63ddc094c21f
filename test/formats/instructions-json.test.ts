import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../src/contracts/errors.ts';
import { parseInstructionsJson } from '../../src/formats/instructions-json.ts';
import { instructionsSha256 } from '../../src/formats/rebalance-event-checksum.ts';

const parse = (value: unknown) => parseInstructionsJson(JSON.stringify(value), 'e.json');
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

// 2015-03-02T00:00:00Z
const MS = 1_425_254_400_000;
const ONE =
  '{"instructions":{"AAPL":{"stops":{"stopLoss":0.05,"takeProfit":null},"weight":0.6},"KO":{"weight":0}},"timestamp":1425254400000}';

describe('parseInstructionsJson', () => {
  it('reads times of any zone and computes the checksum of SEMANTICS.md', () => {
    const instructions = {
      KO: { weight: -0 },
      MSFT: { weight: null },
      AAPL: { weight: 0.6, stops: { takeProfit: null, stopLoss: 0.05 } },
    };
    for (const timestamp of [MS, '2015-03-02', '2015-03-02T00:00:00Z', '2015-03-02T01:00:00+01:00']) {
      const [event] = parse([{ timestamp, instructions, metadata: { model: 'x' } }]);
      expect(event).toEqual({
        timestamp: MS,
        instructions: { ...instructions, KO: { weight: 0 } },
        metadata: { model: 'x' },
        checksum: sha256(ONE),
      });
    }
  });

  it('accepts a checksum that fits and refuses one that does not, saying both', () => {
    const instructions = { AAPL: { weight: 0.1 }, KO: { weight: null } };
    const checksum = sha256('{"instructions":{"AAPL":{"weight":0.1}},"timestamp":1425254400000}');
    expect(parse([{ timestamp: MS, instructions, checksum }])[0]!.checksum).toBe(checksum);
    const changed = { ...instructions, AAPL: { weight: 0.11 } };
    expect(() => parse([{ timestamp: MS, instructions: changed, checksum }])).toThrow(
      /^e\.json: event 0 \(2015-03-02\): expected checksum [0-9a-f]{64} of this content, found [0-9a-f]{64}; the event was changed/,
    );
  });

  it('takes numbers as milliseconds, however small', () => {
    expect(parse([{ timestamp: 20_150_302, instructions: {} }])[0]!.timestamp).toBe(20_150_302);
  });

  it.each([
    ['no array', {}, 'e.json: expected an array of rebalance events, found an object'],
    [
      'a weight that is no number',
      [
        { timestamp: MS, instructions: {} },
        { timestamp: MS, instructions: { AAPL: { weight: 'x' } } },
      ],
      'e.json: event 1 (2015-03-02), asset AAPL, weight: expected a finite number, or null for maintain, found "x"',
    ],
    [
      'a bad stop',
      [{ timestamp: MS, instructions: { AAPL: { weight: 1, stops: { stopLoss: 1 } } } }],
      'e.json: event 0 (2015-03-02), asset AAPL, stops, stopLoss: expected a fraction in (0, 1) for a long, found 1',
    ],
    [
      'an impossible date',
      [{ timestamp: '2015-02-30', instructions: {} }],
      'e.json: event 0: expected timestamp as ISO date-time or epoch milliseconds, found "2015-02-30"',
    ],
    [
      'a time beyond all dates',
      [{ timestamp: 9e15, instructions: {} }],
      'e.json: event 0: expected timestamp as ISO date-time or epoch milliseconds, found 9000000000000000',
    ],
    ['no event', [null], 'e.json: event 0: expected a rebalance event'],
    [
      'a time of another type',
      [{ timestamp: true, instructions: {} }],
      'e.json: event 0, timestamp: expected an ISO date-time or epoch milliseconds, found true',
    ],
  ])('refuses %s', (_, value, message) => {
    expect(() => parse(value)).toThrow(InvalidInputError);
    expect(() => parse(value)).toThrow(message);
  });

  it.each([
    ['[\n {"timestamp": 1,,}]', 'e.json:2:18: expected JSON, found a syntax error: '],
    ['[\n\n{"timestamp": nope}]', 'e.json:3:15: expected JSON'],
    ['', 'e.json: expected JSON, found a syntax error: Unexpected end of JSON input'],
  ])('names line and column of the syntax error in %j', (text, message) => {
    expect(() => parseInstructionsJson(text, 'e.json')).toThrow(message);
    expect(() => parseInstructionsJson(text, 'e.json')).toThrow(InvalidInputError);
  });

  it('refuses a reserved name that JSON.parse would let through', () => {
    const text = '[{"timestamp": 0, "instructions": {"__proto__": {"weight": 1}}}]';
    expect(() => parseInstructionsJson(text, 'e.json')).toThrow(
      'e.json: event 0 (1970-01-01), asset __proto__: expected no such name of a member',
    );
  });

  it('passes over a byte order mark', () => {
    expect(parseInstructionsJson('\uFEFF[]', 'e.json')).toEqual([]);
  });
});

describe('instructionsSha256', () => {
  it('names the content, not the spelling', () => {
    const one = parse([{ timestamp: MS, instructions: { A: { weight: 1 }, B: { weight: null } } }]);
    const two = parse([{ metadata: {}, instructions: { A: { weight: 1.0 } }, timestamp: '2015-03-02' }]);
    const three = parse([{ timestamp: MS, instructions: { A: { weight: 0.5 } } }]);
    expect(instructionsSha256(one)).toBe(instructionsSha256(two));
    expect(instructionsSha256(one)).not.toBe(instructionsSha256(three));
    expect(instructionsSha256(one)).not.toBe(instructionsSha256([...one, ...one]));
  });
});
