import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/adapters/memory/memory-store.ts';
import { OutsideError } from '../../src/contracts/errors.ts';
import { encodeDataset } from '../../src/formats/dataset-id.ts';
import { parseInstructions } from '../../src/formats/instructions.ts';
import { parseInstructionsParquet } from '../../src/formats/instructions-parquet.ts';
import { synthBars } from '../../src/formats/synth-bars.ts';
import { instructionsKey, manifestKey } from '../../src/sweep/keys.ts';
import { pushDataset, pushInstructions } from '../../src/sweep/push.ts';
import { readManifest } from '../../src/sweep/stored-sweep.ts';
import { contents, watched } from '../support/stores.ts';

const dataset = () =>
  encodeDataset(
    synthBars({
      assets: 3,
      bars: 20,
      seed: 1,
      correlation: 0,
      gapProbability: 0,
      interval: 'day',
      start: Date.UTC(2015, 0, 5),
    }),
  );

describe('pushing a dataset', () => {
  it('puts every object and the manifest, once', async () => {
    const store = memoryStore();
    const { manifest, objects } = dataset();
    const read = async (object: string) => objects.get(object)!;
    expect((await pushDataset(store, manifest, read)).objects).toBe(4);
    expect(Object.keys(await contents(store))).toHaveLength(4);
    expect(await readManifest(store, manifest.datasetId)).toEqual(manifest);
    const again = await pushDataset(store, manifest, () => Promise.reject(new Error('not needed')));
    expect(again).toEqual({ objects: 0, bytes: 0 });
  });

  it('puts the manifest last, so that a dataset that is there is whole', async () => {
    const { manifest, objects } = dataset();
    const store = memoryStore();
    let puts = 0;
    const dying = watched(store, (operation) => {
      if (operation === 'putOnce' && ++puts === 3) throw new Error('killed');
    });
    const read = async (object: string) => objects.get(object)!;
    await expect(pushDataset(dying, manifest, read)).rejects.toThrow('killed');
    expect(await store.size(manifestKey(manifest.datasetId))).toBeNull();
    // Of three objects one was not put: it and the manifest are what is left to send.
    expect((await pushDataset(store, manifest, read)).objects).toBe(2);
    expect(await readManifest(store, manifest.datasetId)).toEqual(manifest);
  });

  it('refuses an object that is not the one of the manifest', async () => {
    const { manifest } = dataset();
    const push = pushDataset(memoryStore(), manifest, async () => new Uint8Array([1]));
    await expect(push).rejects.toThrow(OutsideError);
    await expect(push).rejects.toThrow(/bars-SYN001.*import the bars again/);
  });
});

describe('pushing instructions', () => {
  it('names them by their content, whatever file they came from, and gives them back', async () => {
    const store = memoryStore();
    const csv = 'timestamp,asset,weight,stop_loss\n2020-01-01,A,0.5,none\n2020-01-01,B,,\n2020-02-01,A,0,\n';
    const events = await parseInstructions(new TextEncoder().encode(csv), 'events.csv');
    const sha256 = await pushInstructions(store, events);
    expect(await pushInstructions(store, events)).toBe(sha256);
    const bytes = (await store.get(instructionsKey(sha256)))!;
    expect((await parseInstructionsParquet(bytes, 'pushed')).map(({ checksum }) => checksum)).toEqual(
      events.map(({ checksum }) => checksum),
    );
  });
});
