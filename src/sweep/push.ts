import type { DatasetManifest } from '../contracts/dataset-manifest.ts';
import { OutsideError } from '../contracts/errors.ts';
import type { RebalanceEvent } from '../contracts/rebalance-event.ts';
import { sha256Hex } from '../formats/canonical-json.ts';
import { encodeManifest } from '../formats/dataset-id.ts';
import { instructionsParquet } from '../formats/instructions-parquet.ts';
import { instructionsSha256 } from '../formats/rebalance-event-checksum.ts';
import { datasetObjectKey, instructionsKey, manifestKey } from './keys.ts';
import { inLanes } from './lanes.ts';
import type { Store } from './ports.ts';

const LANES = 16;

/** What a push sent. */
export interface Pushed {
  readonly objects: number;
  readonly bytes: number;
}

/**
 * Puts a dataset into a store, its manifest last: where that is, all objects are. What is there already is not sent;
 * gives what was.
 *
 * @param read gives the bytes of an object of the manifest
 * @throws OutsideError for an object that is not the one of the manifest, here or in the store
 */
export async function pushDataset(
  store: Store,
  manifest: DatasetManifest,
  read: (object: string) => Promise<Uint8Array>,
): Promise<Pushed> {
  const { datasetId, symbols } = manifest;
  const pushed = { objects: 0, bytes: 0 };
  if ((await store.size(manifestKey(datasetId))) !== null) return pushed;
  const there = new Map<string, number>(); // of a push that was interrupted
  for await (const { key, bytes } of store.list(`datasets/${datasetId}/`)) there.set(key, bytes);
  const send = async (key: string, bytes: Uint8Array) => {
    await put(store, key, bytes);
    pushed.objects++;
    pushed.bytes += bytes.length;
  };
  const missing = symbols.filter(
    ({ object, bytes }) => there.get(datasetObjectKey(datasetId, object)) !== bytes,
  );
  await inLanes(missing, Math.min(LANES, missing.length), async ({ object, sha256 }) => {
    const bytes = await read(object);
    if (sha256Hex(bytes) !== sha256) {
      throw new OutsideError(
        `${object}: expected the object of the manifest, found other bytes; import the bars again`,
      );
    }
    await send(datasetObjectKey(datasetId, object), bytes);
  });
  await send(manifestKey(datasetId), encodeManifest(manifest));
  return pushed;
}

/** Puts instructions into a store under the digest of their content, which it gives. */
export async function pushInstructions(store: Store, events: readonly RebalanceEvent[]): Promise<string> {
  const sha256 = instructionsSha256(events);
  await put(store, instructionsKey(sha256), instructionsParquet(events));
  return sha256;
}

async function put(store: Store, key: string, bytes: Uint8Array): Promise<void> {
  if ((await store.putOnce(key, bytes)) !== 'different') return;
  throw new OutsideError(`${key}: expected nothing, or the same object, found another one; it is kept`);
}
