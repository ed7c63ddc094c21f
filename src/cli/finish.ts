import type { OpenedSweep } from '../adapters/local/open-sweep.ts';
import { axisColumns } from '../contracts/result-row.ts';
import type { Store } from '../sweep/ports.ts';
import { type ExecuteOptions, executeSweep } from './execute-sweep.ts';
import { exitCodeOf } from './failures.ts';
import { count, duration, plural, shortId } from './format.ts';
import { leadersJson } from './leaders.ts';
import { inDirectory } from './options.ts';
import { failureCauses, publishedLeaders } from './published.ts';
import { summaryText } from './summary-text.ts';
import { printFitted, printJson } from './terminal.ts';

const LEADERS_SHOWN = 10;

/** Runs what a sweep lacks and prints what came of it; sets the exit code to 1 where runs have no result. */
export async function runAndReport(
  store: Store,
  opened: OpenedSweep,
  dir: string,
  options: ExecuteOptions & { readonly json: boolean },
): Promise<void> {
  const { summary, seconds, ranHere, threads } = await executeSweep(store, opened, options);
  const { plan, aggregate, engine, inputs } = opened.prepared;
  const leaders = await publishedLeaders(store, summary, aggregate.columns, LEADERS_SHOWN);
  const incomplete = summary.failedRuns > 0 || summary.missingRuns > 0;
  const causes = incomplete ? await failureCauses(store, plan, summary.generation, aggregate.columns) : [];
  process.exitCode = exitCodeOf(summary);
  if (options.json) {
    const measured = { seconds, runs: ranHere, threads };
    return printJson({
      sweepId: plan.sweepId,
      dir,
      summary,
      leaders: leadersJson(leaders),
      causes,
      measured,
    });
  }
  const id = shortId(plan.sweepId);
  const where = inDirectory(dir);
  const next = [`backsweep top ${id}${where}`];
  if (leaders.length > 0) next.push(`backsweep show ${shortId(String(leaders[0]!.run_id))}${where}`);
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
      about: [['results', `${dir} (sweep ${id})`]],
      next,
    }),
  );
}

function tookText(runs: number, ranHere: number, seconds: number, threads: number): string {
  if (ranHere === 0) return 'all were there already';
  const speed = `${count(ranHere / seconds)} runs/s on ${plural(threads, 'thread')}`;
  const share = ranHere === runs ? '' : `${plural(ranHere, 'run')} `;
  return `${share}in ${duration(seconds)} (${speed})`;
}
