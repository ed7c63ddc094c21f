import {
  ChangeMessageVisibilityBatchCommand,
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
 * report as failed. Of a batch whose invocation failed nothing is deleted.
 *
 * What was not deleted comes again at once: the pump ends its visibility, since the time that a cloud lets pass proves
 * nothing here. Only so may the visibility of a queue be what it is in the stack, longer than any invocation: a short one
 * passes, on a slow machine, while a function is still starting, and uses up the receives of a message that nobody failed.
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
      const command = new ReceiveMessageCommand({
        QueueUrl: queue.url,
        MaxNumberOfMessages: Math.min(10, batchSize - batch.length),
        MessageSystemAttributeNames: ['All'],
      });
      // What was received before a call that fails is handled all the same.
      const { Messages: received = [] } = await client.send(command).catch(() => ({ Messages: [] }));
      batch.push(...received);
      if (received.length === 0) await pause(20);
    } while (batch.length < batchSize && performance.now() < end && running);
    return batch;
  }

  /** Messages by their receipts, as the calls for ten at a time take them. */
  const tens = (messages: readonly Message[]) =>
    Array.from({ length: Math.ceil(messages.length / 10) }, (_, i) =>
      messages
        .slice(10 * i, 10 * i + 10)
        .map(({ ReceiptHandle }, k) => ({ Id: String(k), ReceiptHandle: ReceiptHandle! })),
    );

  /** Ends the visibility of messages, however often the call for it fails; what is deleted stays so. */
  async function comeAgain(batch: readonly Message[]): Promise<void> {
    for (const entries of tens(batch)) {
      const Entries = entries.map((entry) => ({ ...entry, VisibilityTimeout: 0 }));
      const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl: queue.url, Entries });
      while (running) {
        const done = await client.send(command).catch(() => null);
        if (done) break;
        await pause(20);
      }
    }
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
    for (const Entries of tens(done)) {
      await client.send(new DeleteMessageBatchCommand({ QueueUrl: queue.url, Entries }));
    }
  }

  async function lane(): Promise<void> {
    while (running) {
      const batch = pump.paused ? [] : await receive();
      if (batch.length === 0) await pause(20);
      else {
        await handle(batch).catch(() => undefined); // as when the mapping itself fails
        await comeAgain(batch);
      }
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
