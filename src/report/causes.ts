import type { ReportCause } from './report-data.ts';

export type Causes = readonly ReportCause[];

/** Causes kept apart; a strategy that puts a number into each message would fill the page. */
const MOST_CAUSES = 100;
const OTHER = 'other causes';

/** Counts runs by cause, each with its first run; the most frequent comes first. */
export function causeCounter() {
  const found = new Map<string, { runs: number; runId: string | null }>();
  return {
    add(cause: string, runId: string | null, runs = 1): void {
      const name = found.size < MOST_CAUSES || found.has(cause) ? cause : OTHER;
      const entry = found.get(name);
      if (entry) entry.runs += runs;
      else found.set(name, { runs, runId });
    },
    causes: (): Causes =>
      [...found]
        .map(([cause, entry]) => ({ cause, ...entry }))
        .sort((a, b) => b.runs - a.runs || (a.cause < b.cause ? -1 : 1)),
  };
}

/** Bytes of a matrix without any row: the end of its only list of row starts. */
const EMPTY_MATRIX_BYTES = 4;

/** Why a run placed no order, as far as its row tells. */
export function zeroTradeCause(value: (name: 'rejected' | 'unexecuted' | 'sparse_bytes') => number): string {
  if (value('sparse_bytes') <= EMPTY_MATRIX_BYTES) {
    return 'the strategy gave no instruction: its lookback may be longer than the bars, or its signal never came';
  }
  if (value('rejected') > 0) return 'orders were refused for want of cash or equity';
  if (value('unexecuted') > 0) {
    return 'instructions were never due: decided on the last bar, or dropped for missing bars';
  }
  return 'instructions asked for nothing: weights of 0 or none, or orders below the smallest size';
}
