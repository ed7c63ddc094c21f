import { afterEach, describe, expect, it, vi } from 'vitest';
import { Interrupted, reportFailure } from '../../src/cli/failures.ts';
import { InvalidInputError, OutsideError } from '../../src/contracts/errors.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

function report(error: unknown, json = false) {
  let written = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written += String(text);
    return true;
  });
  return { code: reportFailure(error, json), written };
}

describe('reportFailure', () => {
  it.each([
    [new InvalidInputError('bad'), 2, 'error: bad\n', 'invalid_input'],
    [new OutsideError('full'), 3, 'error: full\n', 'outside'],
    [new Interrupted('stopped'), 130, 'stopped\n', 'interrupted'],
  ])('tells %s', (error, exitCode, text, kind) => {
    expect(report(error)).toEqual({ code: exitCode, written: text });
    const { written } = report(error, true);
    expect(JSON.parse(written)).toEqual({ error: { kind, message: error.message, exitCode } });
  });

  it('asks to report what was not foreseen, and shows the stack with its causes only under BACKSWEEP_DEBUG', () => {
    const error = new TypeError('x is undefined', { cause: new Error('deeper') });
    const plain = report(error);
    expect(plain.code).toBe(3);
    expect(plain.written).toMatch(
      /^unexpected error: x is undefined\n.*please report it.*\nBACKSWEEP_DEBUG=1/,
    );
    expect(plain.written).not.toContain('    at ');
    vi.stubEnv('BACKSWEEP_DEBUG', '1');
    expect(report(error).written).toMatch(/ {4}at .*\ncaused by Error: deeper\n/s);
    expect(report('thrown text').written).toContain('unexpected error: thrown text');
  });
});
