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

/**
 * Puts a dataset into a store, its manifest last: where that is, all objects are. What is there already is not sent.
 *
 * @param read gives the bytes of an object of the manifest
 * @throws OutsideError for an object that is not the one of the manifest, here or in the store
 */
export async function pushDataset(
  store: Store,
  manifest: DatasetManifest,
  read: (object: string) => Promise<Uint8Array>,
  onObject: (bytes: number) => void = () => undefined,
): Promise<void> {
  const { datasetId, symbols } = manifest;
  if ((await store.size(manifestKey(datasetId))) !== null) return;
  await inLanes(symbols, Math.min(LANES, symbols.length), async ({ object, sha256 }) => {
    const bytes = await read(object);
    if (sha256Hex(bytes) !== sha256) {
      throw new OutsideError(
        `${object}: expected the object of the manifest, found other bytes; import the bars again`,
      );
    }
    await put(store, datasetObjectKey(datasetId, object), bytes);
    onObject(bytes.length);
  });
  await put(store, manifestKey(datasetId), encodeManifest(manifest));
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
