import type { SweepProgress } from '../sweep/ports.ts';
import { count, duration, percent, plural } from './format.ts';

const WINDOW_MS = 15_000;
const LINE_EVERY_MS = 5_000;
const BAR_WIDTH = 16; // with the text it fits into 80 columns
const ERASE_LINE = '\r\u001b[2K';

/** Shows how far a sweep is. */
export interface ProgressDisplay {
  update(progress: SweepProgress): void;
  /** Ends the display, so that what follows begins on a line of its own. */
  close(): void;
}

/** Where progress goes, and how. */
export interface ProgressOptions {
  readonly stream: { write(text: string): unknown };
  /** `bar`: one line drawn again and again; `lines`: a plain line every five seconds. */
  readonly style: 'bar' | 'lines';
  /** Milliseconds of a clock that only moves on. */
  readonly now: () => number;
}

/** A display of runs done, runs per second over the last 15 s, time left, and failed runs. */
export function createProgress({ stream, style, now }: ProgressOptions): ProgressDisplay {
  const samples: { at: number; runs: number }[] = [];
  let lastLine = now();
  let drawn = false;

  return {
    update(progress) {
      const at = now();
      samples.push({ at, runs: progress.doneRuns });
      while (samples.length > 2 && samples[1]!.at <= at - WINDOW_MS) samples.shift();
      const text = progressText(progress, speedOf(samples));
      if (style === 'bar') {
        stream.write(`${ERASE_LINE}${barText(progress.doneRuns / progress.runs)} ${text}`);
        drawn = true;
      } else if (at - lastLine >= LINE_EVERY_MS) {
        stream.write(`${text}\n`);
        lastLine = at;
      }
    },
    close() {
      if (drawn) stream.write(ERASE_LINE);
      drawn = false;
    },
  };
}

/** Runs per second between the first and the last sample; NaN where no time passed. */
function speedOf(samples: readonly { at: number; runs: number }[]): number {
  const [first, last] = [samples[0]!, samples.at(-1)!];
  return last.at > first.at ? ((last.runs - first.runs) / (last.at - first.at)) * 1000 : Number.NaN;
}

function progressText(progress: SweepProgress, speed: number): string {
  const { runs, doneRuns, failedRuns, phase } = progress;
  const parts = [`${count(doneRuns)} of ${plural(runs, 'run')} (${percent(doneRuns / runs, 0)})`];
  if (phase === 'aggregate') parts.push('making the leaderboard');
  else if (speed > 0) {
    parts.push(`${count(speed)} runs/s`, `${duration((runs - doneRuns) / speed)} left`);
  }
  if (failedRuns > 0) parts.push(`${count(failedRuns)} failed`);
  return parts.join(', ');
}

function barText(share: number): string {
  const full = Math.floor(share * BAR_WIDTH);
  return `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)}`;
}
