import type { OpenedSweep } from '../adapters/local/open-sweep.ts';
import { axisColumns } from '../contracts/result-row.ts';
import type { Store } from '../sweep/ports.ts';
import { type ExecuteOptions, executeSweep } from './execute-sweep.ts';
import { EXIT } from './failures.ts';
import { leadersJson } from './leaders.ts';
import { failureCauses, publishedLeaders } from './published.ts';
import { summaryText } from './summary-text.ts';
import { print, printJson } from './terminal.ts';

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
  if (incomplete) process.exitCode = summary.status === 'cancelled' ? EXIT.interrupted : EXIT.failedRuns;
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
  print(
    summaryText({
      name: inputs.spec.name,
      dir,
      summary,
      leaders,
      axes: axisColumns(engine.grid),
      causes,
      files: opened.places.instructions,
      measured: ranHere > 0 ? { seconds, runs: ranHere, threads } : null,
    }),
  );
}
