import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import type { CloudFunction } from './functions.ts';

/** How messages of a queue reach a function. */
export interface PumpOptions {
  readonly queue: { readonly url: string; readonly arn: string };
  readonly fn: CloudFunction;
  readonly batchSize: number;
  readonly windowMs?: number;
  readonly concurrency: number;
}

/** A mapping that is running; what it does can be disturbed. */
export interface Pump {
  /** Nothing more is received while this holds. */
  paused: boolean;
  /** Times that each batch is given to the function, at once. */
  copies: number;
  /** What was given to the function, in order. */
  readonly delivered: string[];
  stop(): Promise<void>;
}

/**
 * Plays the event source mapping of Lambda: receives batches, gives them to the function, and deletes what it did not
 * report as failed. Of a batch whose invocation failed nothing is deleted: its messages come again after their visibility.
 */
export function startPump(client: SQSClient, options: PumpOptions): Pump {
  const { queue, fn, batchSize, windowMs = 0, concurrency } = options;
  let running = true;
  const pump = { paused: false, copies: 1, delivered: [] as string[] };
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  async function receive(): Promise<Message[]> {
    const batch: Message[] = [];
    const end = performance.now() + windowMs;
    do {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: queue.url,
          MaxNumberOfMessages: Math.min(10, batchSize - batch.length),
          MessageSystemAttributeNames: ['All'],
        }),
      );
      batch.push(...Messages);
      if (Messages.length === 0) await pause(20);
    } while (batch.length < batchSize && performance.now() < end && running);
    return batch;
  }

  async function handle(batch: readonly Message[]): Promise<void> {
    const Records = batch.map((message) => recordOf(message, queue.arn));
    pump.delivered.push(...Records.map(({ body }) => body));
    const answers = await Promise.allSettled(
      Array.from({ length: pump.copies }, () => fn.invoke({ Records })),
    );
    const failed = new Set<string>();
    for (const answer of answers) {
      if (answer.status === 'rejected') return;
      const { batchItemFailures } = answer.value as SQSBatchResponse;
      for (const { itemIdentifier } of batchItemFailures) failed.add(itemIdentifier);
    }
    const done = batch.filter(({ MessageId }) => !failed.has(MessageId!));
    for (let i = 0; i < done.length; i += 10) {
      await client.send(
        new DeleteMessageBatchCommand({
          QueueUrl: queue.url,
          Entries: done
            .slice(i, i + 10)
            .map(({ ReceiptHandle }, k) => ({ Id: String(k), ReceiptHandle: ReceiptHandle! })),
        }),
      );
    }
  }

  async function lane(): Promise<void> {
    while (running) {
      const batch = pump.paused ? [] : await receive().catch(() => []);
      if (batch.length === 0) await pause(20);
      else await handle(batch).catch(() => undefined); // as when the mapping itself fails: the messages come again
    }
  }

  const lanes = Array.from({ length: concurrency }, lane);
  return Object.assign(pump, {
    async stop() {
      running = false;
      fn.kill();
      await Promise.all(lanes);
    },
  });
}

function recordOf({ MessageId, ReceiptHandle, Body, Attributes }: Message, arn: string): SQSRecord {
  return {
    messageId: MessageId!,
    receiptHandle: ReceiptHandle!,
    body: Body!,
    attributes: Attributes as unknown as SQSRecord['attributes'],
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: arn,
    awsRegion: 'us-east-1',
  };
}
