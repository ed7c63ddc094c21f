import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseSweepFile } from '../../src/formats/sweep-yaml.ts';
import { messageOf } from '../support/sweep-spec.ts';

const HEAD = 'bars: ./bars\nstrategy:\n  name: momentum\n';
const product = new URL('../../../shared/PRODUCT.md', import.meta.url);

describe('a sweep file', () => {
  it('reads YAML 1.2: dates and words stay text, comments go', () => {
    const spec = parseSweepFile(
      `${HEAD}  params:\n    rebalance: [week, month] # twice\n    on: yes\nperiod: {from: 2005-03-01, to: 2015-12-31}\n`,
      'sweep.yaml',
    );
    expect(spec.period).toEqual({ from: '2005-03-01', to: '2015-12-31' });
    expect(spec.strategy.params).toEqual({ rebalance: ['week', 'month'], on: 'yes' });
  });

  it('reads the same spec from JSON, however it is indented', () => {
    const raw = {
      bars: './bars',
      strategy: { name: 'momentum', params: { top: [1, 2], x: { from: 0, to: 1, step: 0.5 } } },
    };
    const spec = parseSweepFile(JSON.stringify(raw), 'a.json');
    expect(parseSweepFile(JSON.stringify(raw, null, '\t'), 'a.json')).toEqual(spec);
    expect(spec.strategy).toEqual(raw.strategy);
  });

  it.each([
    ['portfolio:\n  cash: -3\n', 's.yaml:5:9: portfolio.cash: expected a number above 0, found -3'],
    [
      'portfolio:\n  slipage: 1\n',
      's.yaml:5:3: portfolio.slipage: unknown field "slipage"; did you mean slippage?',
    ],
    ['universe:\n  - KO\n  - TRUE\n', 's.yaml:6:5: universe[1]: expected text, found true'],
    ['stops: {stopLoss: [null, x]}\n', 's.yaml:4:26: stops.stopLoss[1]: expected a number, found "x"'],
    [
      '  params:\n    a: {from: 1, to: 2}\n',
      's.yaml:5:8: strategy.params.a.step: expected a number, found nothing',
    ],
    ['bars: other\n', 's.yaml:4:1: expected each field once, found bars twice'],
    ['name: [a, b\n', 's.yaml:5:1: expected YAML or JSON: '],
    ['name: &x a\n', 's.yaml:4:10: expected no anchor, found &x'],
    ['name: *x\n', 's.yaml:4:7: expected a value, found the alias *x'],
    ['name: !foo a\n', 's.yaml:4:12: expected no tag, found !foo'],
    ['name: !!binary aaaa\n', 's.yaml:4:16: expected no tag, found tag:yaml.org,2002:binary'],
    ['? [a]\n: 1\n', 's.yaml:4:3: expected the name of a field'],
    ['<<: {name: a}\n', 's.yaml:4:1: <<: unknown field "<<"'],
    ['__proto__: {a: 1}\n', 's.yaml:4:1: __proto__: the name __proto__ is not allowed'],
    ['---\nname: b\n', 's.yaml:4:1: expected one document, found a second'],
  ])('points at the line and column of %j', (text, message) => {
    expect(messageOf(() => parseSweepFile(HEAD + text, 's.yaml'))).toContain(`InvalidInputError: ${message}`);
  });

  it('says what an empty or foreign document lacks', () => {
    expect(messageOf(() => parseSweepFile('', 's.yaml'))).toContain(
      's.yaml:1:1: the document: expected fields',
    );
    expect(messageOf(() => parseSweepFile('{}', 's.yaml'))).toContain('bars: expected text, found nothing');
  });

  it.each([
    ['open brackets', '['.repeat(130_000), 'expected at most 8 levels'],
    ['nested lists', '- '.repeat(130_000), 'expected at most 8 levels'],
    ['nested keys', '? '.repeat(130_000), 'expected at most 8 levels'],
    ['nested mappings', '{a: '.repeat(60_000), 'expected at most 8 levels'],
    ['many documents', '---\n'.repeat(60_000), 'expected one document, found a second'],
    ['many fields', Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join('\n'), 'unknown field "k0"'],
    ['more than 256 KiB', `name: ${'x'.repeat(256 * 1024)}`, 'expected at most 262144 bytes, found 262150'],
    [
      'more than 256 KiB of two-byte letters',
      `name: ${'é'.repeat(140_000)}`,
      'expected at most 262144 bytes, found 280006',
    ],
  ])('refuses %s without expanding them', (_, text, message) => {
    expect(messageOf(() => parseSweepFile(text, 's.yaml'))).toContain(message);
  });

  describe.runIf(existsSync(product))('of the product document', () => {
    it('is valid as printed', () => {
      const text = readFileSync(product, 'utf8').split('```yaml')[1]!.split('```')[0]!;
      expect(parseSweepFile(text, 'sweep.yaml')).toMatchObject({
        name: 'momentum-stops',
        universe: ['AAPL', 'MSFT', 'KO', 'XOM'],
        strategy: { name: 'momentum', params: { lookback: { from: 20, to: 240, step: 20 }, top: [1, 2, 3] } },
        stops: { stopLoss: [null, 0.03, 0.05, 0.08] },
        fill: { preset: 'realistic' },
        sample: { random: 5000, seed: 7 },
        constraints: ['orders >= 20'],
      });
    });
  });
});
