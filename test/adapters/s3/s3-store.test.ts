import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { s3Client } from '../../../src/adapters/s3/s3-client.ts';
import { openS3Store } from '../../../src/adapters/s3/s3-store.ts';
import { OutsideError } from '../../../src/contracts/errors.ts';
import { storeContract } from '../../contract/store-contract.ts';
import { type Emulator, startEmulator } from '../../support/emulator.ts';
import type { Fault } from '../../support/emulator-proxy.ts';

const QUICK = { attempts: 4, baseMs: 1, capMs: 2 };
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (found: Uint8Array | null) => (found === null ? null : new TextDecoder().decode(found));

let emulator: Emulator;
let buckets = 0;

beforeAll(async () => {
  emulator = await startEmulator();
  for (const [name, value] of Object.entries(emulator.environment)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await emulator.stop();
});
beforeEach(() => {
  emulator.faults.choose = () => null;
});

function freshBucket() {
  const name = `bucket-${buckets++}`;
  emulator.server.createBucket(name);
  return name;
}
const client = () => s3Client({ silenceMs: 2_000 });
const open = async () => openS3Store(client(), freshBucket(), QUICK);

/** The first requests of an operation go wrong, as listed; the rest goes well. */
function faults(operation: string, ...list: Fault[]) {
  const left = [...list];
  const seen: string[] = [];
  emulator.faults.choose = (asked) => {
    seen.push(asked.operation);
    return asked.operation === operation ? (left.shift() ?? null) : null;
  };
  return seen;
}

storeContract('a bucket', open);

describe('a put', () => {
  it.each<Fault>(['slow_down', 'internal', 'conflict', 'reset', 'hang'])(
    'is tried again after %s, three times',
    async (fault) => {
      const store = await open();
      const seen = faults('PUT', fault, fault, fault);
      expect(await store.putOnce('results/a', bytes('one'))).toBe('created');
      expect(seen).toEqual(['PUT', 'PUT', 'PUT', 'PUT']);
      expect(text(await store.get('results/a'))).toBe('one');
    },
  );

  it('whose answer gets lost finds its own object and calls it the same', async () => {
    const store = await open();
    const seen = faults('PUT', 'lost');
    expect(await store.putOnce('results/a', bytes('one'))).toBe('same');
    expect(seen).toEqual(['PUT', 'PUT', 'HEAD']);
    expect(await store.putOnce('results/a', bytes('two'))).toBe('different');
  });

  it('gives up after the attempts that it has, as a failure of the outside that names the key', async () => {
    const store = await open();
    emulator.faults.choose = ({ operation }) => (operation === 'PUT' ? 'slow_down' : null);
    const put = store.putOnce('results/a', bytes('one'));
    await expect(put).rejects.toThrow(OutsideError);
    await expect(put).rejects.toThrow(/results\/a.*503 SlowDown/);
  });

  it('that is denied is not tried again', async () => {
    const store = await open();
    const seen = faults('PUT', 'denied', 'denied');
    await expect(store.putOnce('results/a', bytes('one'))).rejects.toThrow(/access denied.*policy/);
    expect(seen).toEqual(['PUT']);
  });

  it('into a bucket that does not exist says so', async () => {
    const store = openS3Store(client(), 'no-such-bucket', QUICK);
    await expect(store.putOnce('a', bytes('x'))).rejects.toThrow(/no such bucket/);
    await expect(store.get('a')).rejects.toThrow(/no such bucket/);
  });

  it('compares an object that states no digest by its bytes', async () => {
    const bucket = freshBucket();
    const s3 = client();
    const store = openS3Store(s3, bucket, QUICK);
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'a', Body: 'one', IfNoneMatch: '*' }));
    expect(await store.putOnce('a', bytes('one'))).toBe('same');
    expect(await store.putOnce('a', bytes('two'))).toBe('different');
  });

  it('succeeds where the marker that was in its way vanishes before it is looked at', async () => {
    const store = await open();
    await store.putOnce('active/a', bytes('old'));
    let deleted: Promise<void> | undefined;
    emulator.faults.choose = ({ operation }) => {
      if (operation !== 'HEAD' || deleted) return null;
      deleted = store.delete('active/a');
      return 'slow_down';
    };
    const outcome = await openS3Store(client(), `bucket-${buckets - 1}`, {
      ...QUICK,
      baseMs: 200,
      capMs: 200,
    }).putOnce('active/a', bytes('new'));
    await deleted;
    expect(['created', 'different']).toContain(outcome); // by which of the two came first
    expect(text(await store.get('active/a'))).toBe(outcome === 'created' ? 'new' : null);
  });
});

describe('a get', () => {
  it.each<Fault>(['truncated', 'reset', 'lost', 'internal', 'hang'])(
    'is whole in spite of %s',
    async (fault) => {
      const store = await open();
      await store.putOnce('a', bytes('0123456789'));
      faults('GET', fault, fault);
      expect(text(await store.get('a'))).toBe('0123456789');
      faults('GET', fault);
      expect(text(await store.getRange('a', 3, 6))).toBe('345');
    },
  );

  it('refuses bytes that are not those whose digest the object states', async () => {
    const bucket = freshBucket();
    const s3 = client();
    const Metadata = { sha256: 'f'.repeat(64) };
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'a', Body: 'x', IfNoneMatch: '*', Metadata }));
    await expect(openS3Store(s3, bucket, QUICK).get('a')).rejects.toThrow(/sha256 that its metadata states/);
  });
});

describe('a list', () => {
  it('goes on from the page that failed', async () => {
    const store = await open();
    const names = Array.from({ length: 1_005 }, (_, i) => `r/${String(i).padStart(4, '0')}`);
    for (let i = 0; i < names.length; i += 100) {
      await Promise.all(names.slice(i, i + 100).map((name) => store.putOnce(name, bytes(''))));
    }
    const seen = faults('LIST', 'slow_down', 'truncated', 'reset');
    const found: string[] = [];
    for await (const { key } of store.list('r/')) found.push(key);
    expect(found).toEqual(names);
    expect(seen).toHaveLength(5);
  });

  it('tells the time of the store, not of this machine', async () => {
    const store = await open();
    expect(store.timeMs()).toBe(0);
    await store.putOnce('a', bytes('x'));
    const before = store.timeMs();
    expect(before % 1_000).toBe(0);
    expect(before).toBeGreaterThan(Date.UTC(2020, 0, 1));
    for await (const { modifiedMs } of store.list('')) {
      expect(Math.abs(store.timeMs() - modifiedMs)).toBeLessThan(60_000);
    }
  });
});
