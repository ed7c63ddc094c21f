import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { InvalidInputError, OutsideError } from '../../contracts/errors.ts';
import { sha256Hex } from '../../formats/canonical-json.ts';
import { checkKey, checkPrefix } from '../../sweep/keys.ts';
import type { PutOutcome, Store, StoredObject } from '../../sweep/ports.ts';
import { type RetryOptions, retrying } from '../../sweep/retry.ts';
import { failureOf, isMissing, mayPass, s3Failure } from './s3-errors.ts';

/** A bucket as a store, which also tells the time. */
export interface S3Store extends Store {
  /** Epoch milliseconds by the clock of S3, as its latest answer had it, to whole seconds; 0 before any answer. */
  timeMs(): number;
}

/**
 * A store over an S3 bucket.
 *
 * An object is created with `If-None-Match: *` and states its sha256 in its metadata. A key that is taken (412) is
 * compared by that digest: the put whose answer got lost finds its own object, and counts as `same`. Conflicts (409),
 * throttling, failures of S3 and of the network are tried again; OutsideError for what stays, or for a refusal.
 */
export function openS3Store(client: S3Client, bucket: string, retry: RetryOptions = {}): S3Store {
  let latestMs = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = result.response as { headers?: Record<string, string> };
      latestMs = Date.parse(headers?.date ?? '') || latestMs;
      return result;
    },
    { step: 'deserialize', name: `backsweep-time-of-${bucket}`, override: true },
  );

  async function attempt<T>(action: string, key: string, work: () => Promise<T>): Promise<T> {
    try {
      return await retrying(work, mayPass, retry);
    } catch (error) {
      throw s3Failure(action, bucket, key, error);
    }
  }

  /** The answer, or null where there is no such object. */
  const unlessMissing = async <T>(work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  };

  async function putOnce(key: string, bytes: Uint8Array): Promise<PutOutcome> {
    checkKey(key);
    const sha256 = sha256Hex(bytes);
    for (;;) {
      const created = await attempt('write', key, async () => {
        try {
          await client.send(
            new PutObjectCommand({
              Bucket: bucket,
              Key: key,
              Body: bytes,
              ContentLength: bytes.length,
              IfNoneMatch: '*',
              Metadata: { sha256 },
            }),
          );
          return true;
        } catch (error) {
          if (failureOf(error).status === 412) return false;
          throw error;
        }
      });
      if (created) return 'created';
      const found = await head(key);
      if (found === null) continue; // a marker that was deleted between the two calls
      const digest = found.sha256 ?? sha256Hex((await get(key)) ?? new Uint8Array());
      return digest === sha256 ? 'same' : 'different';
    }
  }

  function head(key: string) {
    return attempt('look at', key, () =>
      unlessMissing(async () => {
        const found = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
        return { bytes: found.ContentLength ?? 0, sha256: found.Metadata?.sha256 };
      }),
    );
  }

  async function get(key: string) {
    checkKey(key);
    return attempt('read', key, () =>
      unlessMissing(async () => {
        const found = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        const bytes = await bodyOf(found, found.ContentLength);
        const stated = found.Metadata?.sha256;
        if (stated !== undefined && stated !== sha256Hex(bytes)) {
          throw new Error(`expected the sha256 that its metadata states (${stated}), found other bytes`);
        }
        return bytes;
      }),
    );
  }

  async function getRange(key: string, start: number, end: number) {
    const size = await sizeOf(key);
    if (size === null || start < 0 || end < start || end > size) {
      throw new OutsideError(`s3://${bucket}/${key} has no bytes ${start} to ${end}, but ${size ?? 'none'}`);
    }
    if (start === end) return new Uint8Array();
    return attempt('read', key, async () => {
      const Range = `bytes=${start}-${end - 1}`;
      return bodyOf(
        await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range })),
        end - start,
      );
    });
  }

  async function sizeOf(key: string) {
    return (await head(checkKey(key)))?.bytes ?? null;
  }

  async function* list(prefix: string): AsyncIterable<StoredObject> {
    checkPrefix(prefix);
    let token: string | undefined;
    do {
      const page = await attempt('list', prefix, () =>
        client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token })),
      );
      for (const { Key, Size, LastModified } of page.Contents ?? []) {
        if (Key !== undefined) yield { key: Key, bytes: Size ?? 0, modifiedMs: LastModified?.getTime() ?? 0 };
      }
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  async function remove(key: string) {
    if (!checkKey(key).startsWith('active/')) {
      throw new InvalidInputError(`store: only markers under active/ are ever deleted, found ${key}`);
    }
    await attempt('delete', key, () => client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key })));
  }

  return { putOnce, get, getRange, size: sizeOf, list, delete: remove, timeMs: () => latestMs };
}

/** The whole body of an answer; throws where the connection ended before `length` bytes. */
async function bodyOf({ Body }: GetObjectCommandOutput, length: number | undefined): Promise<Uint8Array> {
  const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
  if (length !== undefined && bytes.length !== length) {
    throw new Error(`expected ${length} bytes, found ${bytes.length}`);
  }
  return bytes;
}
