import * as z from 'zod';
import type { ReportPlace } from '../report/report-data.ts';
import { DEFAULT_DEPLOYMENT } from '../sweep/estimate-cost.ts';
import { getJson } from '../sweep/json-objects.ts';
import { usagePrefix } from '../sweep/keys.ts';
import type { Store } from '../sweep/ports.ts';
import { measuredUsd, sweepUsage } from '../sweep/usage.ts';
import { plural } from './format.ts';
import { inDirectory } from './options.ts';

const localUsage = z.object({ seconds: z.number(), threads: z.number(), runs: z.number() });

/** What was measured of a sweep that ran on this machine, and how a run of it is replayed. */
export async function localPlace(store: Store, sweepId: string, dir: string): Promise<ReportPlace> {
  let [seconds, workerSeconds, most] = [0, 0, 0];
  for await (const { key } of store.list(`${usagePrefix(sweepId)}local-`)) {
    const usage = (await getJson(store, key, localUsage))!;
    seconds += usage.seconds;
    workerSeconds += usage.seconds * usage.threads;
    most = Math.max(most, usage.threads);
  }
  const noted = most > 0;
  return {
    seconds: noted ? seconds : null,
    workerSeconds: noted ? workerSeconds : null,
    costUsd: noted ? 0 : null,
    by: noted ? `${plural(most, 'thread')} of one machine` : null,
    replayCommand: `backsweep show RUN_ID${inDirectory(dir)}`,
  };
}

/** What was measured of a sweep in a bucket; the cost is that of its workers at list prices and the default memory. */
export async function bucketPlace(store: Store, sweepId: string): Promise<ReportPlace> {
  const usage = await sweepUsage(store, sweepId);
  const noted = usage.attempts > 0;
  return {
    seconds: null,
    workerSeconds: noted ? usage.workerSeconds : null,
    costUsd: noted ? measuredUsd(usage, DEFAULT_DEPLOYMENT) : null,
    by: noted ? `${plural(usage.attempts, 'invocation')} of the cloud` : null,
    replayCommand: 'backsweep show RUN_ID',
  };
}
