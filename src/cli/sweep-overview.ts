import * as z from 'zod';
import { getJson } from '../sweep/json-objects.ts';
import { resultPrefix, specKey } from '../sweep/keys.ts';
import type { Store } from '../sweep/ports.ts';
import { type SweepStatus, sweepStatus } from '../sweep/status.ts';

/** What is told about a sweep in one line. */
export interface SweepOverview extends SweepStatus {
  readonly name: string;
  /** When its latest result was written, epoch milliseconds; null without any. */
  readonly latestResultMs: number | null;
}

const named = z.object({ name: z.string() });

/** Where a sweep of a store stands, with its name. */
export async function sweepOverview(store: Store, sweepId: string): Promise<SweepOverview> {
  const status = await sweepStatus(store, sweepId);
  const spec = await getJson(store, specKey(sweepId), named);
  let latestResultMs: number | null = null;
  for await (const { modifiedMs } of store.list(resultPrefix(sweepId))) {
    latestResultMs = Math.max(latestResultMs ?? 0, modifiedMs);
  }
  return { ...status, name: spec?.name ?? '', latestResultMs };
}

/** The state in words: nobody can tell from outside whether a process is still at a sweep, only when it last was. */
export function stateText({ state, latestResultMs }: SweepOverview, nowMs: number): string {
  if (state === 'complete_with_failures') return 'ended with failures';
  if (state !== 'running') return state;
  if (latestResultMs === null) return 'unfinished';
  const seconds = Math.max(0, Math.round((nowMs - latestResultMs) / 1000));
  const ago = seconds < 120 ? `${seconds} s` : seconds < 7200 ? `${Math.round(seconds / 60)} min` : null;
  return ago === null ? 'unfinished' : `unfinished, latest result ${ago} ago`;
}
