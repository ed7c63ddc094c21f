import { availableParallelism } from 'node:os';
import { collectGarbage, keepYoungHeaps } from '../adapters/local/heap.ts';
import type { OpenedSweep } from '../adapters/local/open-sweep.ts';
import { runOpenedSweep } from '../adapters/local/run-opened-sweep.ts';
import { processRunner } from '../adapters/process/process-runner.ts';
import type { Plan } from '../contracts/plan.ts';
import type { Summary } from '../contracts/summary.ts';
import { shardSets } from '../sweep/complete.ts';
import { putJson } from '../sweep/json-objects.ts';
import { usageKey } from '../sweep/keys.ts';
import { coreSeconds, shardRange } from '../sweep/plan.ts';
import type { Store, SweepProgress } from '../sweep/ports.ts';
import { MANY_RUNS } from '../sweep/run-sweep.ts';
import { EXIT, Interrupted } from './failures.ts';
import { count, plural } from './format.ts';
import { createProgress } from './progress.ts';
import { isFancy, note, widthOf } from './terminal.ts';

/** How a sweep is run on this machine. */
export interface ExecuteOptions {
  readonly threads?: number | undefined;
  /** No progress, since a program reads what is written. */
  readonly quiet: boolean;
  /** The command that goes on after an interruption, for the message about it. */
  readonly again: string;
}

/** What running a sweep came to; seconds and runs are those of this process. */
export interface Executed {
  readonly summary: Summary;
  readonly seconds: number;
  readonly ranHere: number;
  readonly threads: number;
}

/** Threads take about 0.3 s to start: a sweep that is done in less runs in this process. */
const FEWEST_THREAD_SECONDS = 0.5;
/** After so many runs every heap has grown to what a run needs. */
const SETTLED_RUNS = 10_000;

/**
 * Runs what a sweep still lacks, shows how far it is, and notes under usage/ how long it took.
 *
 * SIGINT and SIGTERM stop it with what is finished kept: rejects with Interrupted. A second signal ends the process
 * at once, which loses no more: every object of the store is whole or not there.
 */
export async function executeSweep(
  store: Store,
  opened: OpenedSweep,
  { threads: wanted, quiet, again }: ExecuteOptions,
): Promise<Executed> {
  const { sweepId } = opened.prepared.plan;
  const inProcess = wanted === undefined && isSmall(opened);
  const threads = inProcess ? 1 : (wanted ?? availableParallelism());
  const startedAt = Date.now();
  const started = performance.now();
  const style = isFancy(process.stderr) ? 'bar' : 'lines';
  const before = await progressBefore(store, opened.prepared.plan);
  const display = quiet
    ? null
    : createProgress({
        stream: process.stderr,
        style,
        now: () => performance.now(),
        width: () => widthOf(process.stderr),
        bestName: `best ${opened.prepared.aggregate.ranking.metric}`,
      });
  let doneRuns = before.doneRuns;
  display?.update(before);
  const stop = stopOnSignals(() => display?.close());
  try {
    const summary = await runOpenedSweep(store, opened, {
      threads,
      ...(inProcess && { runner: processRunner(async () => opened.prepared.engine) }),
      signal: stop.signal,
      onProgress(progress) {
        doneRuns = progress.doneRuns;
        if (doneRuns - before.doneRuns >= SETTLED_RUNS) keepYoungHeaps();
        display?.update(progress);
      },
      onNondeterministic(shard) {
        note(`warning: shard ${shard} was there with other numbers: the strategy is not deterministic`);
      },
    });
    if (summary.runs >= MANY_RUNS) collectGarbage();
    const seconds = (performance.now() - started) / 1000;
    const ranHere = doneRuns - before.doneRuns;
    if (ranHere > 0) {
      const usage = { v: 1, startedAt, seconds, threads, runs: ranHere, node: process.version };
      await putJson(store, usageKey(sweepId, `local-${startedAt}-${process.pid}.json`), usage);
    }
    return { summary, seconds, ranHere, threads };
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    const { runs } = before;
    throw new Interrupted(
      `interrupted: ${count(doneRuns)} of ${plural(runs, 'run')} kept; to go on: ${again}`,
    );
  } finally {
    display?.close();
    stop.release();
  }
}

/** A strategy of one's own may end its process or never return, and then a thread of its own is worth its start. */
const isSmall = ({ prepared, source }: OpenedSweep) =>
  source.kind !== 'module' && coreSeconds(prepared.plan) < FEWEST_THREAD_SECONDS;

/** How far the sweep is before this process begins. */
async function progressBefore(store: Store, plan: Plan): Promise<SweepProgress> {
  const { results } = await shardSets(store, plan.sweepId, 0, plan.shards);
  const doneRuns = [...results].reduce((sum, shard) => sum + shardRange(plan, shard).count, 0);
  return {
    phase: 'shards',
    runs: plan.runs,
    doneRuns,
    failedRuns: 0,
    shards: plan.shards,
    doneShards: results.size,
  };
}

/** A signal of abortion for the first SIGINT or SIGTERM; the second ends the process. */
function stopOnSignals(beforeNote: () => void) {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    beforeNote();
    note('stopping: what is finished is kept (again to stop at once)');
    controller.abort(new Error('stopped by a signal'));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    release() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
