import { basename } from 'node:path';
import type { AxisColumn } from '../contracts/result-row.ts';
import type { Summary } from '../contracts/summary.ts';
import { bytes, count, percent, plural, shortId } from './format.ts';
import { leadersTable, type RunRow } from './leaders.ts';
import type { FailureCause } from './published.ts';
import { colorsOf, printable, widthOf, wrapped } from './terminal.ts';
import { validationLines } from './validation-text.ts';

/** Causes of failures that are shown; the rest is counted. */
const CAUSES_SHOWN = 5;

/** What there is to tell at the end of a sweep. */
export interface FinishedSweep {
  readonly name: string;
  readonly summary: Summary;
  readonly leaders: readonly RunRow[];
  readonly axes: readonly Pick<AxisColumn, 'column'>[];
  readonly causes: readonly FailureCause[];
  /** Files of instructions by the sha256 that stands for them in rows. */
  readonly files: Readonly<Record<string, string>>;
  /** What it took, for the first line. */
  readonly took: string;
  /** Further lines: where the results are, what they cost. */
  readonly about: readonly (readonly [name: string, text: string])[];
  /** Commands to go on with. */
  readonly next: readonly string[];
}

/** The end of a sweep for a person: leaders, validation, parity, memory, re-entries, failures, and how to go on. */
export function summaryText(finished: FinishedSweep): string {
  const { summary, leaders, axes, causes, about, next } = finished;
  const { bold, dim } = colorsOf(process.stdout);
  const { objective, acceptedRuns } = summary;
  const lines = [headline(finished), ''];
  if (leaders.length === 0) lines.push(nobody(summary));
  else {
    const robust = objective.robust ? ' with its neighbours' : '';
    const rank = `${objective.direction === 'higher' ? 'highest' : 'lowest'} ${objective.metric}${robust}`;
    lines.push(bold(`Leaderboard: ${rank} of ${plural(acceptedRuns, 'run')}`));
    lines.push(leadersTable(leaders, axes, objective.metric));
  }
  const validation = validationLines(summary, field);
  if (validation.length > 0) lines.push(...validation, '');
  lines.push(
    field('parity', parityText(summary)),
    field('memory', memoryText(summary)),
    field('re-entries', reentriesText(summary)),
  );
  if (summary.zeroTradeRuns > 0) {
    lines.push(field('no trades', `${plural(summary.zeroTradeRuns, 'run')} placed no order`));
  }
  if (causes.length > 0) lines.push('', ...failureLines(causes, summary));
  for (const [sha256, file] of Object.entries(finished.files)) {
    lines.push(field('file', `${shortId(sha256)} is ${printable(basename(file))}`));
  }
  if (summary.verdict.length > 0) lines.push('', ...verdictLines(summary.verdict));
  lines.push('', ...about.map(([name, text]) => field(name, text)));
  lines.push(field('go on with', next.join(dim('  ·  '))));
  return lines.join('\n');
}

/** Lines of a verdict are no longer than this, however wide the terminal. */
const READABLE = 110;

/** The verdict, a sentence a paragraph with a dash before it, wrapped for a terminal. */
export function verdictLines(sentences: readonly string[]): string[] {
  const { bold } = colorsOf(process.stdout);
  const width = Math.min(READABLE, widthOf(process.stdout));
  return [
    bold('Is the best run real?'),
    ...sentences.map((sentence) => wrapped(`- ${printable(sentence)}`, width, 2)),
  ];
}

const field = (name: string, text: string) => `${name.padEnd(11)} ${text}`;

function headline({ name, summary, took }: FinishedSweep): string {
  const { bold, green, yellow, red } = colorsOf(process.stdout);
  const { okRuns, failedRuns, missingRuns, runs, status } = summary;
  const paint = status !== 'complete' ? red : failedRuns > 0 ? yellow : green;
  const words = {
    complete: 'complete',
    complete_with_failures: 'ended with failures',
    cancelled: 'cancelled',
  };
  const parts = [`${count(okRuns)} of ${plural(runs, 'run')} ok`];
  if (failedRuns > 0) parts.push(`${count(failedRuns)} failed`);
  if (missingRuns > 0) parts.push(`${count(missingRuns)} not run`);
  parts.push(took);
  return `${bold(printable(name))}: ${paint(words[status])}, ${parts.join(', ')}`;
}

function nobody({ okRuns, objective }: Summary): string {
  return okRuns === 0
    ? 'No run succeeded: there is no leaderboard.'
    : `No run meets the constraints with a ${objective.metric}: loosen \`constraints\`, or look at all runs with --no-constraints.`;
}

function parityText({ parity }: Summary): string {
  const { red, green } = colorsOf(process.stdout);
  const { identical, diverged, notChecked, firstDiverged } = parity;
  const checked = identical + diverged;
  if (checked === 0) return 'not checked';
  const rest = notChecked > 0 ? `, ${count(notChecked)} not checked` : '';
  if (diverged === 0)
    return `${plural(checked, 'run')} checked, ${green('all bit-identical')} in both engines${rest}`;
  const first = firstDiverged ? `; first: run ${firstDiverged.run_id}: ${firstDiverged.detail}` : '';
  return `${plural(checked, 'run')} checked, ${red(`${count(diverged)} diverged`)}${rest}${first}`;
}

function memoryText({ memory }: Summary): string {
  if (memory.saving === null) return 'no instructions';
  return `instructions ${bytes(memory.sparseBytes)} sparse, ${bytes(memory.denseBytes)} dense: ${percent(memory.saving, 1)} saved`;
}

function reentriesText({ reentriesDense, reentries, parity }: Summary): string {
  const checked = parity.identical + parity.diverged;
  return `${count(reentries)}; the dense mode would have re-entered ${plural(reentriesDense, 'time')} after a stop in the ${plural(checked, 'checked run')}`;
}

function failureLines(causes: readonly FailureCause[], { failedRuns, missingRuns }: Summary): string[] {
  const { red } = colorsOf(process.stdout);
  const lines = causes.slice(0, CAUSES_SHOWN).map(({ error, runs, runId }) => {
    const example = runId === null ? '' : ` (run ${shortId(runId)})`;
    return `  ${count(runs)} × ${printable(error)}${example}`;
  });
  const rest = causes.length - CAUSES_SHOWN;
  if (rest > 0) lines.push(`  and ${plural(rest, 'other cause')}`);
  return [red(`${plural(failedRuns + missingRuns, 'run')} without a result, by cause:`), ...lines];
}
