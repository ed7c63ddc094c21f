import { describe, expect, it } from 'vitest';
import { createProgress } from '../../src/cli/progress.ts';
import type { SweepProgress } from '../../src/sweep/ports.ts';

function display(style: 'bar' | 'lines') {
  const written: string[] = [];
  let ms = 0;
  const progress = createProgress({ stream: { write: (text) => written.push(text) }, style, now: () => ms });
  const at = (seconds: number, doneRuns: number, fields: Partial<SweepProgress> = {}) => {
    ms = seconds * 1000;
    progress.update({
      phase: 'shards',
      runs: 1000,
      doneRuns,
      failedRuns: 0,
      shards: 10,
      doneShards: 0,
      ...fields,
    });
  };
  return { written, at, progress };
}

describe('progress', () => {
  it('writes a plain line at most every five seconds', () => {
    const { written, at } = display('lines');
    at(0, 400); // there already: no measure of the speed
    at(4, 440);
    at(6, 460, { failedRuns: 3 });
    at(7, 470);
    expect(written).toEqual(['460 of 1,000 runs (46 %), 10 runs/s, 54 s left, 3 failed\n']);
  });

  it('measures the speed over the last quarter of a minute', () => {
    const { written, at } = display('lines');
    at(0, 0);
    at(10, 10);
    at(20, 20);
    at(30, 320); // since second 10: 310 runs in 20 s
    expect(written.at(-1)).toBe('320 of 1,000 runs (32 %), 16 runs/s, 44 s left\n');
  });

  it('draws one line on a terminal, again and again, and wipes it at the end', () => {
    const { written, at, progress } = display('bar');
    at(0, 0);
    at(1, 500);
    at(2, 1000, { phase: 'aggregate' });
    progress.close();
    expect(written).toEqual([
      '\r\u001b[2K░░░░░░░░░░░░░░░░ 0 of 1,000 runs (0 %)',
      '\r\u001b[2K████████░░░░░░░░ 500 of 1,000 runs (50 %), 500 runs/s, 1.0 s left',
      '\r\u001b[2K████████████████ 1,000 of 1,000 runs (100 %), making the leaderboard',
      '\r\u001b[2K',
    ]);
  });
});
