import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { OutsideError } from '../../contracts/errors.ts';
import { inLanes } from '../../sweep/lanes.ts';
import type { Queue } from '../../sweep/ports.ts';
import { type RetryOptions, retrying } from '../../sweep/retry.ts';

/** What SQS takes in one call. */
const BATCH = 10;
/** Calls under way at once: the planner of 10,000 shards has seconds, not minutes. */
const LANES = 8;

/** A client for `sqsQueue`; credentials, region and the address of an emulator come from the environment. */
export function sqsClient(): SQSClient {
  // Where an endpoint is only in the environment, the client would still go to the host that a queue's address names.
  const emulated = process.env.AWS_ENDPOINT_URL_SQS ?? process.env.AWS_ENDPOINT_URL;
  return new SQSClient({
    ...(emulated !== undefined && { endpoint: emulated }),
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 3_000, socketTimeout: 20_000 },
  });
}

/**
 * A queue of SQS, each message grouped by its sweep, so that a large sweep does not keep small ones waiting.
 *
 * Messages that SQS did not take are sent again; one whose answer got lost arrives twice, which the protocol admits.
 * Ten messages of the protocol are about 1 KiB, so the limit of 1 MiB a call is never met. OutsideError for what stays.
 */
export function sqsQueue<M extends { readonly sweepId: string }>(
  client: SQSClient,
  url: string,
  retry: RetryOptions = {},
): Queue<M> {
  async function sendBatch(batch: readonly M[]): Promise<void> {
    let left = batch;
    await retrying(
      async () => {
        const { Failed = [] } = await client.send(
          new SendMessageBatchCommand({
            QueueUrl: url,
            Entries: left.map((message, i) => ({
              Id: String(i),
              MessageBody: JSON.stringify(message),
              MessageGroupId: message.sweepId,
            })),
          }),
        );
        if (Failed.length === 0) return;
        left = Failed.map(({ Id }) => left[Number(Id)]!);
        throw new RefusedMessages(
          `${Failed.length} messages were not taken: ${Failed[0]!.Message ?? Failed[0]!.Code}`,
          Failed.some(({ SenderFault }) => SenderFault),
        );
      },
      mayPass,
      retry,
    ).catch((cause: unknown) => {
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new OutsideError(`cannot send to ${url}: ${message}; check the queue and the credentials`, {
        cause,
      });
    });
  }

  return {
    async send(messages) {
      const batches = Array.from({ length: Math.ceil(messages.length / BATCH) }, (_, i) =>
        messages.slice(i * BATCH, (i + 1) * BATCH),
      );
      await inLanes(batches, Math.min(LANES, batches.length), sendBatch);
    },
  };
}

class RefusedMessages extends Error {
  readonly senderFault: boolean;
  constructor(message: string, senderFault: boolean) {
    super(message);
    this.senderFault = senderFault;
  }
}

/** No answer, throttling and failures of SQS pass; what the sender must change does not. */
function mayPass(error: unknown): boolean {
  if (error instanceof RefusedMessages) return !error.senderFault;
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  if (status === undefined || status < 400) return name !== 'CredentialsProviderError';
  return status === 429 || status >= 500 || /thrott|timeout|expired|TooMany/i.test(name ?? '');
}
