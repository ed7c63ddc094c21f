import { Logger } from '@aws-lambda-powertools/logger';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { messageHandler } from '../../../src/adapters/lambda/message-handler.ts';

const logger = new Logger({ logLevel: 'SILENT' });
const schema = z.strictObject({ n: z.int() });

function record(messageId: string, body: string, receives = 1): SQSRecord {
  return {
    messageId,
    receiptHandle: `handle of ${messageId}`,
    body,
    attributes: { ApproximateReceiveCount: String(receives) },
    eventSourceARN: 'arn:aws:sqs:eu-central-1:123456789012:shard',
  } as unknown as SQSRecord;
}
const context = (ms = 60_000) => ({ awsRequestId: 'r', getRemainingTimeInMillis: () => ms }) as never;

/** A handler that fails for odd numbers, and what it did. */
function handlerOf() {
  const done: number[] = [];
  const send = vi.fn(async (_: { input: unknown }) => ({}));
  const sqs = { send } as unknown as SQSClient;
  const handler = messageHandler(schema, { sqs, logger }, async ({ n }) => {
    done.push(n);
    if (n % 2 === 1) throw new Error('odd');
  });
  return { handler, done, postponed: () => send.mock.calls.map(([{ input }]) => input) };
}

describe('the handler of a queue', () => {
  it('answers with exactly the messages that failed', async () => {
    const { handler, done } = handlerOf();
    const Records = [0, 1, 2, 3].map((n) => record(`m${n}`, JSON.stringify({ n })));
    expect(await handler({ Records }, context())).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm1' }, { itemIdentifier: 'm3' }],
    });
    expect(done).toEqual([0, 1, 2, 3]);
  });

  it('does equal messages once, and all of them fail or succeed', async () => {
    const { handler, done } = handlerOf();
    const Records = ['a', 'b', 'c'].map((id) => record(id, '{"n":1}'));
    const { batchItemFailures } = await handler({ Records }, context());
    expect(batchItemFailures).toHaveLength(3);
    expect(done).toEqual([1]);
  });

  it.each(['no JSON', 'null', '{"n":0.5}', '{"n":1,"more":1}', '', 'x'.repeat(1_000_000)])(
    'drops what no one will ever understand: %.20s',
    async (body) => {
      const { handler, done, postponed } = handlerOf();
      const Records = [record('bad', body), record('good', '{"n":2}')];
      expect(await handler({ Records }, context())).toEqual({ batchItemFailures: [] });
      expect(done).toEqual([2]);
      expect(postponed()).toEqual([]);
    },
  );

  it.each([
    [1, 5],
    [2, 10],
    [4, 40],
    [19, 900],
  ])('lets what failed at receive %i come again after %i s', async (receives, seconds) => {
    const { handler, postponed } = handlerOf();
    await handler({ Records: [record('m', '{"n":1}', receives)] }, context());
    expect(postponed()).toEqual([
      {
        QueueUrl: 'https://sqs.eu-central-1.amazonaws.com/123456789012/shard',
        Entries: [{ Id: '0', ReceiptHandle: 'handle of m', VisibilityTimeout: seconds }],
      },
    ]);
  });

  it('leaves what it has no time for to another invocation', async () => {
    const { handler, done } = handlerOf();
    const { batchItemFailures } = await handler({ Records: [record('m', '{"n":2}')] }, context(10_000));
    expect(batchItemFailures).toEqual([{ itemIdentifier: 'm' }]);
    expect(done).toEqual([]);
  });

  it('still answers where the visibility cannot be changed', async () => {
    const sqs = { send: () => Promise.reject(new Error('throttled')) } as unknown as SQSClient;
    const handler = messageHandler(schema, { sqs, logger }, () => Promise.reject(new Error('odd')));
    const { batchItemFailures } = await handler({ Records: [record('m', '{"n":2}')] }, context());
    expect(batchItemFailures).toEqual([{ itemIdentifier: 'm' }]);
  });
});
