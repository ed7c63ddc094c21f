import type { Workspace } from './workspace.ts';

/**
 * Sorts the sequence of the batch by ascending key, ties by asset.
 *
 * Keys are spread over as many buckets as there are cells, which leaves them nearly sorted, and a stable insertion
 * sort does the rest: its branches are then mostly foreseen, which is what sorting costs at these sizes.
 */
export function sortSequence(ws: Workspace): void {
  const { dueCount } = ws;
  if (dueCount > 12) spread(ws);
  insertionSort(ws.sequence, ws.sortKey, dueCount);
}

function spread(ws: Workspace): void {
  const { sequence, dueCount, sortKey, bucket, scratchAsset, scratchKey } = ws;
  const lowest = ws.lowestKey;
  const highest = ws.highestKey;
  const perKey = (dueCount - 1) / (highest - lowest);
  if (!Number.isFinite(perKey)) return;
  for (let b = 0; b <= dueCount; b++) bucket[b] = 0;
  for (let k = 0; k < dueCount; k++) {
    const b = ((sortKey[k]! - lowest) * perKey) | 0;
    bucket[b + 1] = bucket[b + 1]! + 1;
  }
  for (let b = 1; b <= dueCount; b++) bucket[b] = bucket[b]! + bucket[b - 1]!;
  for (let k = 0; k < dueCount; k++) {
    scratchKey[k] = sortKey[k]!;
    scratchAsset[k] = sequence[k]!;
  }
  for (let k = 0; k < dueCount; k++) {
    const key = scratchKey[k]!;
    const b = ((key - lowest) * perKey) | 0;
    const at = bucket[b]!;
    bucket[b] = at + 1;
    sortKey[at] = key;
    sequence[at] = scratchAsset[k]!;
  }
}

function insertionSort(sequence: Int32Array, sortKey: Float64Array, count: number): void {
  for (let k = 1; k < count; k++) {
    const key = sortKey[k]!;
    if (sortKey[k - 1]! <= key) continue;
    const asset = sequence[k]!;
    let j = k - 1;
    while (j >= 0 && sortKey[j]! > key) {
      sortKey[j + 1] = sortKey[j]!;
      sequence[j + 1] = sequence[j]!;
      j--;
    }
    sortKey[j + 1] = key;
    sequence[j + 1] = asset;
  }
}
