import { describe, expect, it } from 'vitest';
import { createProgress, type ProgressOptions } from '../../src/cli/progress.ts';
import type { SweepProgress } from '../../src/sweep/ports.ts';

function display(style: 'bar' | 'lines', more: Partial<ProgressOptions> = {}) {
  const written: string[] = [];
  let ms = 0;
  const progress = createProgress({
    stream: { write: (text) => written.push(text) },
    style,
    now: () => ms,
    ...more,
  });
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

  it('tells the best objective so far, once there is one', () => {
    const { written, at } = display('lines', { bestName: 'best sharpe' });
    at(0, 0, { best: null });
    at(6, 60, { best: null });
    at(12, 120, { best: 1.23456, failedRuns: 2 });
    expect(written).toEqual([
      '60 of 1,000 runs (6 %), 10 runs/s, 1 min 34 s left\n',
      '120 of 1,000 runs (12 %), 10 runs/s, 1 min 28 s left, 2 failed, best sharpe 1.235\n',
    ]);
  });

  it('never draws a line that a narrow terminal would wrap: the bar goes first, then what matters least', () => {
    const line = (columns: number) => {
      const { written, at } = display('bar', { bestName: 'best sharpe', width: () => columns });
      at(0, 0);
      at(1, 500, { best: 1.5, failedRuns: 1 });
      return written.at(-1)!.replace('\r\u001b[2K', '');
    };
    expect(line(100)).toBe(
      '████████░░░░░░░░ 500 of 1,000 runs (50 %), 500 runs/s, 1.0 s left, 1 failed, best sharpe 1.5',
    );
    expect(line(80)).toBe('500 of 1,000 runs (50 %), 500 runs/s, 1.0 s left, 1 failed, best sharpe 1.5');
    expect(line(60)).toBe('500 of 1,000 runs (50 %), 500 runs/s, 1.0 s left, 1 failed');
    expect(line(20)).toHaveLength(19);
  });
});
