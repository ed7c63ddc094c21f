import * as z from 'zod';
import { activeSweeps } from './active-marker.ts';
import { getJson } from './json-objects.ts';
import { specKey } from './keys.ts';
import { inLanes } from './lanes.ts';
import type { Store } from './ports.ts';

/** A sweep of a store in one line; where it stands in full is `sweepStatus`. */
export interface ListedSweep {
  readonly sweepId: string;
  readonly name: string;
  /** When it was first submitted, by the clock of the store; epoch milliseconds. */
  readonly submittedMs: number;
  /** Whether something of it is under way. */
  readonly active: boolean;
  /** How many of its generations were published. */
  readonly published: number;
}

const named = z.object({ name: z.string() });

/** The sweeps of a store, the latest first, at most `limit`. */
export async function listSweeps(store: Store, limit: number): Promise<ListedSweep[]> {
  const submitted = new Map<string, number>();
  for await (const { key, modifiedMs } of store.list('sweeps/')) {
    const sweepId = /^sweeps\/([0-9a-f]{32})\/spec\.json$/.exec(key)?.[1];
    if (sweepId !== undefined) submitted.set(sweepId, modifiedMs);
  }
  const active = new Set(await activeSweeps(store));
  const published = new Map<string, number>();
  for await (const { key } of store.list('final/')) {
    const sweepId = key.split('/')[1]!;
    published.set(sweepId, (published.get(sweepId) ?? 0) + 1);
  }
  const latest = [...submitted]
    .sort(([a, atMs], [b, btMs]) => btMs - atMs || (a < b ? -1 : 1))
    .slice(0, limit);
  const names = new Map<string, string>();
  await inLanes(latest, Math.min(16, latest.length), async ([sweepId]) => {
    names.set(sweepId, (await getJson(store, specKey(sweepId), named))?.name ?? '');
  });
  return latest.map(([sweepId, submittedMs]) => ({
    sweepId,
    name: names.get(sweepId)!,
    submittedMs,
    active: active.has(sweepId),
    published: published.get(sweepId) ?? 0,
  }));
}
