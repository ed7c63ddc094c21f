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
  /** Room for the bar's line at this moment; default: no limit. */
  readonly width?: () => number;
  /** What the best objective so far is called; without it none is shown. */
  readonly bestName?: string;
}

/** A display of runs done, runs per second over the last 15 s, time left, failed runs, and the best objective so far. */
export function createProgress({ stream, style, now, width, bestName }: ProgressOptions): ProgressDisplay {
  const samples: { at: number; runs: number }[] = [];
  let lastLine = now();
  let drawn = false;

  return {
    update(progress) {
      const at = now();
      samples.push({ at, runs: progress.doneRuns });
      while (samples.length > 2 && samples[1]!.at <= at - WINDOW_MS) samples.shift();
      const parts = progressParts(progress, speedOf(samples), bestName);
      if (style === 'bar') {
        // A full line would wrap on some terminals.
        const line = fittingLine(
          barText(progress.doneRuns / progress.runs),
          parts,
          (width?.() ?? Number.POSITIVE_INFINITY) - 1,
        );
        stream.write(`${ERASE_LINE}${line}`);
        drawn = true;
      } else if (at - lastLine >= LINE_EVERY_MS) {
        stream.write(`${parts.join(', ')}\n`);
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

/** What is told, the most important first. */
function progressParts(progress: SweepProgress, speed: number, bestName: string | undefined): string[] {
  const { runs, doneRuns, failedRuns, phase, best } = progress;
  const parts = [`${count(doneRuns)} of ${plural(runs, 'run')} (${percent(doneRuns / runs, 0)})`];
  if (phase === 'aggregate') parts.push('making the leaderboard');
  else if (speed > 0) {
    parts.push(`${count(speed)} runs/s`, `${duration((runs - doneRuns) / speed)} left`);
  }
  if (failedRuns > 0) parts.push(`${count(failedRuns)} failed`);
  if (bestName !== undefined && best !== null && best !== undefined) {
    parts.push(`${bestName} ${Number(best.toPrecision(4))}`);
  }
  return parts;
}

/** The bar and all parts; on a narrow terminal first without the bar, then without the last parts. */
function fittingLine(bar: string, parts: readonly string[], room: number): string {
  const whole = `${bar} ${parts.join(', ')}`;
  if (whole.length <= room) return whole;
  let shown = parts;
  while (shown.length > 1 && shown.join(', ').length > room) shown = shown.slice(0, -1);
  return shown.join(', ').slice(0, Math.max(0, room));
}

function barText(share: number): string {
  const full = Math.floor(share * BAR_WIDTH);
  return `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)}`;
}
