import { describe, expect, it } from 'vitest';
import { bytes, count, duration, fixed, metricText, percent, plural } from '../../src/cli/format.ts';
import { commandLine } from '../../src/cli/options.ts';

describe('numbers for people', () => {
  it.each([
    [fixed(1234567.891, 2), '1,234,567.89'],
    [fixed(-1234.5, 1), '-1,234.5'],
    [fixed(-123, 0), '-123'],
    [fixed(1e21, 2), '1e+21'],
    [fixed(null, 2), ''],
    [fixed(Number.NaN, 2), ''],
    [count(999), '999'],
    [count(1000), '1,000'],
    [percent(-0.1234), '-12.34 %'],
    [percent(null), ''],
    [percent(-0.000001), '0.00 %'],
    [fixed(-0.4, 0), '0'],
    [fixed(-0.05, 1), '-0.1'],
    [plural(1, 'run'), '1 run'],
    [plural(2000, 'run'), '2,000 runs'],
    [bytes(999), '999 B'],
    [bytes(1000), '1.0 kB'],
    [bytes(999_960), '1.0 MB'],
    [bytes(34_000_000), '34.0 MB'],
    [bytes(5e15), '5,000.0 TB'],
    [duration(0.4), '0.40 s'],
    [duration(0.996), '1.0 s'],
    [duration(9.96), '10 s'],
    [duration(59.6), '1 min 0 s'],
    [duration(200), '3 min 20 s'],
    [duration(3599.7), '1 h 0 min'],
    [duration(7500), '2 h 5 min'],
    [metricText('fraction', 0.05), '5.00 %'],
    [metricText('ratio', 1.23456), '1.235'],
    [metricText('count', 12), '12'],
    [metricText('money', null), ''],
  ])('%s', (found, expected) => {
    expect(found).toBe(expected);
  });

  it('quotes words of a command line only where a shell needs it', () => {
    expect(commandLine('backsweep', 'run', './a-b.yaml')).toBe('backsweep run ./a-b.yaml');
    expect(commandLine('run', "my sweep's.yaml")).toBe(`run 'my sweep'\\''s.yaml'`);
  });
});
