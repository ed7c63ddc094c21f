import type { Logger } from '@aws-lambda-powertools/logger';
import { ChangeMessageVisibilityBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import partialBatchFailure from '@middy/sqs-partial-batch-failure';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { z } from 'zod';

/** What a handler knows of a message besides its content. */
export interface Delivered {
  /** How often it was received so far, this time included. */
  readonly receives: number;
  /** Of the invocation. */
  readonly requestId: string;
  /** Milliseconds until the function is ended. */
  readonly remainingMs: () => number;
}

/** Less time than this, and the next message is left for another invocation. */
const RESERVE_MS = 15_000;
const FIRST_DELAY_SECONDS = 5;
const LAST_DELAY_SECONDS = 900;

/**
 * The handler of a queue: does message by message, equal ones once, and answers with those that failed.
 *
 * A message that cannot be understood never will be: it is logged and dropped. One that failed comes again soon, and
 * ever later: without that it would wait out its whole visibility.
 */
export function messageHandler<S extends z.ZodType>(
  schema: S,
  { sqs, logger }: { readonly sqs: SQSClient; readonly logger: Logger },
  work: (message: z.output<S>, delivered: Delivered) => Promise<unknown>,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  async function doBody([first]: readonly SQSRecord[], context: Context): Promise<void> {
    const message = parsed(schema, first!.body);
    if (message === null) {
      logger.error('message dropped: expected one of this version', { messageId: first!.messageId });
      return;
    }
    if (context.getRemainingTimeInMillis() < RESERVE_MS) throw new Error('no time left in this invocation');
    await work(message, {
      receives: Number(first!.attributes.ApproximateReceiveCount),
      requestId: context.awsRequestId,
      remainingMs: () => context.getRemainingTimeInMillis(),
    });
  }

  async function doAll({ Records }: SQSEvent, context: Context): Promise<PromiseSettledResult<void>[]> {
    const settled = new Map<string, PromiseSettledResult<void>>();
    for (const body of new Set(Records.map((record) => record.body))) {
      const records = Records.filter((record) => record.body === body);
      const [result] = await Promise.allSettled([doBody(records, context)]);
      settled.set(body, result);
      if (result.status === 'fulfilled') continue;
      logger.error('message failed, it will come again', asError(result.reason));
      await postpone(sqs, records).catch((error) => logger.warn('cannot change visibility', asError(error)));
    }
    return Records.map(({ body }) => settled.get(body)!);
  }

  return middy(doAll).use(partialBatchFailure({ logger: () => undefined })) as unknown as (
    event: SQSEvent,
    context: Context,
  ) => Promise<SQSBatchResponse>;
}

function parsed<S extends z.ZodType>(schema: S, body: string): z.output<S> | null {
  try {
    return schema.parse(JSON.parse(body));
  } catch {
    return null;
  }
}

/** Lets messages of one queue come again after 5 s, doubled with each receive, at most 15 minutes. */
async function postpone(sqs: SQSClient, records: readonly SQSRecord[]): Promise<void> {
  for (let i = 0; i < records.length; i += 10) {
    await sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: queueUrlOf(records[0]!.eventSourceARN),
        Entries: records.slice(i, i + 10).map(({ receiptHandle, attributes }, Id) => ({
          Id: String(Id),
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: Math.min(
            LAST_DELAY_SECONDS,
            FIRST_DELAY_SECONDS * 2 ** (Number(attributes.ApproximateReceiveCount) - 1),
          ),
        })),
      }),
    );
  }
}

/** The address of a queue from its ARN, arn:aws:sqs:region:account:name. */
function queueUrlOf(arn: string): string {
  const [, partition, , region, account, name] = arn.split(':');
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://sqs.${region}.${domain}/${account}/${name}`;
}

const asError = (reason: unknown) => (reason instanceof Error ? reason : new Error(String(reason)));
