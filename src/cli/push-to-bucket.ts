import { s3Client } from '../adapters/s3/s3-client.ts';
import { openS3Store } from '../adapters/s3/s3-store.ts';
import type { Store } from '../sweep/ports.ts';
import type { Pushed } from '../sweep/push.ts';
import { bytes, plural } from './format.ts';

/** A bucket as a store, with the credentials of the environment. */
export const openBucket = (bucket: string, endpoint?: string): Store =>
  openS3Store(s3Client({ endpoint }), bucket);

/** What was sent, in words. */
export const pushedText = (pushed: Pushed) =>
  pushed.objects === 0
    ? 'was there already'
    : `${plural(pushed.objects, 'object')} sent (${bytes(pushed.bytes)})`;
