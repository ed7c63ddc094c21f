import { S3Client } from '@aws-sdk/client-s3';

/** How a client reaches S3; credentials and region come from the environment, as everywhere with AWS. */
export interface S3ClientOptions {
  /** Address of an emulator; default: the environment's AWS_ENDPOINT_URL, else AWS. */
  readonly endpoint?: string | undefined;
  /** Longest silence of a connection before a try is given up; default 20 s. */
  readonly silenceMs?: number;
}

/** A client for `openS3Store`, which repeats what fails itself: a client that did too would multiply the tries. */
export function s3Client({ endpoint, silenceMs = 20_000 }: S3ClientOptions = {}): S3Client {
  const emulated = endpoint ?? process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL;
  return new S3Client({
    ...(emulated !== undefined && { endpoint: emulated, forcePathStyle: true }),
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 3_000, socketTimeout: silenceMs },
  });
}
