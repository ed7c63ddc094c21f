import type { OpenedSweep } from '../adapters/local/open-sweep.ts';
import { InvalidInputError, OutsideError } from '../contracts/errors.ts';
import { axisColumns } from '../contracts/result-row.ts';
import type { Store } from '../sweep/ports.ts';
import { type ExecuteOptions, executeSweep } from './execute-sweep.ts';
import { exitCodeOf } from './failures.ts';
import { count, duration, plural, shortId } from './format.ts';
import { leadersJson } from './leaders.ts';
import { inDirectory } from './options.ts';
import { failureCauses, publishedLeaders } from './published.ts';
import { reportPath, writeReport } from './report-file.ts';
import { localPlace } from './report-place.ts';
import { summaryText } from './summary-text.ts';
import { note, printFitted, printJson } from './terminal.ts';

const LEADERS_SHOWN = 10;

/** Runs what a sweep lacks and prints what came of it; sets the exit code to 1 where runs have no result. */
export async function runAndReport(
  store: Store,
  opened: OpenedSweep,
  dir: string,
  options: ExecuteOptions & { readonly json: boolean; readonly report: boolean },
): Promise<void> {
  const { summary, seconds, ranHere, threads } = await executeSweep(store, opened, options);
  const { plan, aggregate, engine, inputs } = opened.prepared;
  const leaders = await publishedLeaders(store, summary, aggregate.columns, LEADERS_SHOWN);
  const incomplete = summary.failedRuns > 0 || summary.missingRuns > 0;
  const causes = incomplete ? await failureCauses(store, plan, summary.generation, aggregate.columns) : [];
  const report = options.report ? await reportOf(store, opened, dir) : null;
  process.exitCode = exitCodeOf(summary);
  if (options.json) {
    const measured = { seconds, runs: ranHere, threads };
    return printJson({
      sweepId: plan.sweepId,
      dir,
      summary,
      leaders: leadersJson(leaders),
      causes,
      report,
      measured,
    });
  }
  const id = shortId(plan.sweepId);
  const where = inDirectory(dir);
  const next = [`backsweep top ${id}${where}`];
  if (leaders.length > 0) next.push(`backsweep show ${shortId(String(leaders[0]!.run_id))}${where}`);
  if (report === null) next.push(`backsweep report ${id}${where}`);
  if (summary.status !== 'complete') next.push(`backsweep resume ${id}${where}`);
  printFitted(
    summaryText({
      name: inputs.spec.name,
      summary,
      leaders,
      axes: axisColumns(engine.grid),
      causes,
      files: opened.places.instructions,
      took: tookText(summary.runs, ranHere, seconds, threads),
      about: [['results', `${dir} (sweep ${id})`], ...(report === null ? [] : [['report', report] as const])],
      next,
    }),
  );
}

/** The file of the report; null where it could not be written, which fails no sweep: the results are there. */
async function reportOf(store: Store, { prepared }: OpenedSweep, dir: string): Promise<string | null> {
  const { sweepId } = prepared.plan;
  try {
    const place = await localPlace(store, sweepId, dir);
    const out = (name: string) => reportPath(dir, name, sweepId);
    return (await writeReport({ store, sweepId, inputs: prepared.inputs, place, out })).file;
  } catch (error) {
    if (!(error instanceof InvalidInputError || error instanceof OutsideError)) throw error;
    note(`warning: the sweep is done, but not its report: ${error.message}`);
    return null;
  }
}

function tookText(runs: number, ranHere: number, seconds: number, threads: number): string {
  if (ranHere === 0) return 'all were there already';
  const speed = `${count(ranHere / seconds)} runs/s on ${plural(threads, 'thread')}`;
  const share = ranHere === runs ? '' : `${plural(ranHere, 'run')} `;
  return `${share}in ${duration(seconds)} (${speed})`;
}
