import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../src/contracts/errors.ts';
import * as keys from '../../src/sweep/keys.ts';

const id = '0123456789abcdef'.repeat(2);
const sha = 'ab'.repeat(32);

describe('keys', () => {
  it('are those of the protocol', () => {
    expect([
      keys.manifestKey(sha),
      keys.instructionsKey(sha),
      keys.specKey(id),
      keys.planKey(id),
      keys.activeKey(id),
      keys.controlKey(id, 2, 'start'),
      keys.controlKey(id, 0, 'requeue-3'),
      keys.resultKey(id, 42),
      keys.failureKey(id, 1, 42),
      keys.tableKey('parity_metrics', id, 0),
      keys.sweepsTableKey(id, 12),
      keys.usageKey(id, 'g0/worker-1.json'),
      keys.summaryKey(id, 0),
    ]).toEqual([
      `datasets/${sha}/manifest.json`,
      `instructions/${sha}.parquet`,
      `sweeps/${id}/spec.json`,
      `sweeps/${id}/plan.json`,
      `active/${id}`,
      `control/${id}/g2/start.json`,
      `control/${id}/g0/requeue-3.json`,
      `results/sweep_id=${id}/shard-00042.parquet`,
      `failures/${id}/g1/shard-00042.json`,
      `tables/parity_metrics/sweep_id=${id}/g0.parquet`,
      `tables/sweeps/${id}-g12.parquet`,
      `usage/${id}/g0/worker-1.json`,
      `final/${id}/g0/summary.json`,
    ]);
  });

  it('may all name an object, and give shard and generation back', () => {
    fc.assert(
      fc.property(fc.nat(9_999), fc.nat(999), (shard, generation) => {
        for (const key of [keys.resultKey(id, shard), keys.failureKey(id, generation, shard)]) {
          expect(keys.checkKey(key)).toBe(key);
          expect(keys.shardOfKey(key)).toBe(shard);
        }
        expect(keys.resultKey(id, shard).startsWith(keys.resultPrefix(id))).toBe(true);
        expect(keys.generationOfKey(keys.controlKey(id, generation, 'cancel'))).toBe(generation);
      }),
    );
  });

  it.each([
    ['a path', '../../../etc/passwd'],
    ['upper case', 'A'.repeat(32)],
    ['too few digits', 'a'.repeat(31)],
    ['a line break after it', `${'a'.repeat(32)}\n`],
    ['nothing', ''],
  ])('are not made from %s as sweep id', (_, wrong) => {
    for (const key of [keys.specKey, keys.activeKey, keys.resultPrefix, keys.controlPrefix]) {
      expect(() => key(wrong)).toThrow(InvalidInputError);
    }
  });

  it('are not made from shards and generations that cannot be', () => {
    for (const wrong of [-1, 0.5, 10_000, Number.NaN])
      expect(() => keys.resultKey(id, wrong)).toThrow(InvalidInputError);
    expect(() => keys.summaryKey(id, 1_000)).toThrow(InvalidInputError);
    expect(() => keys.usageKey(id, '../x')).toThrow(InvalidInputError);
    expect(() => keys.manifestKey('../x')).toThrow(InvalidInputError);
  });

  it('of other objects name no shard', () => {
    expect(keys.shardOfKey(keys.specKey(id))).toBeNull();
    expect(keys.shardOfKey(`results/sweep_id=${id}/shard-1.parquet`)).toBeNull();
    expect(keys.generationOfKey(keys.specKey(id))).toBeNull();
  });
});
