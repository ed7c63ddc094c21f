import * as z from 'zod';
import { InvalidInputError } from '../../contracts/errors.ts';
import { canonicalJson, sha256Hex } from '../../formats/canonical-json.ts';
import { knownGeneration } from '../../sweep/generations.ts';
import { getJson, putJson } from '../../sweep/json-objects.ts';
import { specKey, usageKey } from '../../sweep/keys.ts';
import type { Store } from '../../sweep/ports.ts';
import { readResolvedSpec } from '../../sweep/sweep-content.ts';
import { type OpenedSweep, openSweep, type SweepPlaces } from './open-sweep.ts';

const placesSchema = z.strictObject({
  bars: z.string(),
  strategy: z.string().nullable(),
  instructions: z.record(z.string(), z.string()),
});

/** Notes where the content of a sweep lies on this machine, so that its id alone is enough to resume or replay it. */
export async function rememberPlaces(store: Store, { prepared, places }: OpenedSweep): Promise<void> {
  const name = `places-${sha256Hex(canonicalJson(places)).slice(0, 8)}.json`;
  await putJson(store, usageKey(prepared.plan.sweepId, name), places);
}

/**
 * Opens a sweep of a store from its id, from the places where its content lay when it ran.
 *
 * @throws InvalidInputError where the sweep is unknown, nothing is at any of these places any more, the dataset or
 *   strategy there is another one by now, or this version computes other numbers; says what to do
 */
export async function openStoredSweep(store: Store, sweepId: string): Promise<OpenedSweep> {
  await knownGeneration(store, sweepId);
  const spec = readResolvedSpec(await getJson(store, specKey(sweepId), z.unknown()));
  const noted: { key: string; modifiedMs: number }[] = [];
  for await (const object of store.list(usageKey(sweepId, 'places-'))) noted.push(object);
  noted.sort((a, b) => b.modifiedMs - a.modifiedMs);
  let problem = 'it did not run on this machine';
  for (const { key } of noted) {
    const places = (await getJson(store, key, placesSchema))!;
    const opened = await reopened(spec, places);
    if (typeof opened === 'string') problem = opened;
    else if (opened.prepared.plan.sweepId === sweepId) return opened;
    else problem = differenceOf(spec, opened, places);
  }
  throw new InvalidInputError(
    `sweep ${sweepId}: expected its bars and strategy where they were, but ${problem}; ` +
      'put them back, or use `backsweep run` with the sweep file',
  );
}

async function reopened(spec: ReturnType<typeof readResolvedSpec>, places: SweepPlaces) {
  try {
    return await openSweep(spec, places);
  } catch (error) {
    if (error instanceof InvalidInputError) return error.message;
    throw error;
  }
}

function differenceOf(
  spec: ReturnType<typeof readResolvedSpec>,
  opened: OpenedSweep,
  places: SweepPlaces,
): string {
  const found = opened.prepared.inputs.spec;
  if (found.bars !== spec.bars) return `${places.bars} holds dataset ${found.bars} now, not ${spec.bars}`;
  if (found.strategy.name !== spec.strategy.name) return `${places.strategy} was edited since`;
  if (canonicalJson(found.strategy.params) !== canonicalJson(spec.strategy.params)) {
    return 'a file of instructions was changed since';
  }
  return 'it was made by a version of backsweep with other code for strategies or engines';
}
