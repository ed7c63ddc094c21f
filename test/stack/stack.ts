import * as z from 'zod';
import { openSweepApi } from '../../src/adapters/http/sweep-api.ts';
import { s3Client } from '../../src/adapters/s3/s3-client.ts';
import { openS3Store } from '../../src/adapters/s3/s3-store.ts';

const NEEDED = 'expected a deployed stack in the environment; run the suite with `npm run test:stack`';

/** What the suite knows of the stack: the outputs of its template. */
export const stack = z
  .object({ ApiUrl: z.string(), BucketName: z.string(), WorkGroup: z.string(), Database: z.string() })
  .parse(JSON.parse(process.env.E2E_STACK ?? 'null'), { error: () => NEEDED });

/** A folder for whatever the suite makes; who started it removes it. */
export const folder = z.string({ error: NEEDED }).parse(process.env.E2E_FOLDER);

/** Minutes between two looks of the reconciler: see deployed.mjs. */
export const reconcilerMinutes = process.env.E2E_AWS === '1' ? 5 : 1;

/** The stack's API and bucket, with the credentials of whoever runs the suite. */
export const api = openSweepApi(stack.ApiUrl);
export const store = openS3Store(s3Client(), stack.BucketName);
