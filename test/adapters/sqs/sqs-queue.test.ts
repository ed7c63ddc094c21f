import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { sqsClient, sqsQueue } from '../../../src/adapters/sqs/sqs-queue.ts';
import { OutsideError } from '../../../src/contracts/errors.ts';
import { type NumberedMessage, queueContract } from '../../contract/queue-contract.ts';
import { type Emulator, startEmulator } from '../../support/emulator.ts';

const QUICK = { attempts: 4, baseMs: 1, capMs: 2 };
let emulator: Emulator;
let queues = 0;

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

async function open() {
  const client = sqsClient();
  const { url } = emulator.createQueue(`queue-${queues++}`);
  async function* received() {
    for (;;) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) return;
      yield* Messages;
    }
  }
  return {
    queue: sqsQueue<NumberedMessage>(client, url, QUICK),
    client,
    async drain() {
      const found: NumberedMessage[] = [];
      for await (const { Body } of received()) found.push(JSON.parse(Body!) as NumberedMessage);
      return found;
    },
  };
}

queueContract('SQS', open);

const message = { sweepId: 'b'.repeat(32), n: 1 };

describe('sending', () => {
  it('groups messages by their sweep', async () => {
    const { queue, client } = await open();
    const groups: unknown[] = [];
    client.middlewareStack.add(
      (next) => (args) => {
        if ('Entries' in args.input) {
          const entries = args.input.Entries as { MessageGroupId?: string }[];
          groups.push(...entries.map(({ MessageGroupId }) => MessageGroupId));
        }
        return next(args);
      },
      { step: 'initialize' },
    );
    await queue.send([message, { sweepId: 'c'.repeat(32), n: 2 }]);
    expect(groups).toEqual([message.sweepId, 'c'.repeat(32)]);
  });

  it('is tried again after throttling and broken connections', async () => {
    const { queue, drain } = await open();
    const faults = ['slow_down', 'internal', 'reset'] as const;
    let i = 0;
    emulator.faults.choose = () => faults[i++] ?? null;
    await queue.send([message]);
    expect(i).toBe(4);
    emulator.faults.choose = () => null;
    expect(await drain()).toEqual([message]);
  });

  it('may deliver twice what was taken while the answer got lost', async () => {
    const { queue, drain } = await open();
    let first = true;
    emulator.faults.choose = () => {
      const fault = first ? 'lost' : null;
      first = false;
      return fault;
    };
    await queue.send([message]);
    emulator.faults.choose = () => null;
    expect(await drain()).toEqual([message, message]);
  });

  it('sends again exactly the messages of a batch that were not taken', async () => {
    const { queue, client, drain } = await open();
    const calls: number[] = [];
    client.middlewareStack.add(
      (next) => async (args) => {
        const input = args.input as { Entries?: { Id: string; MessageBody: string }[] };
        if (!input.Entries) return next(args);
        calls.push(input.Entries.length);
        const isOdd = ({ MessageBody }: { MessageBody: string }) => JSON.parse(MessageBody).n % 2 === 1;
        const refused = calls.length === 1 ? input.Entries.filter(isOdd) : [];
        const taken = input.Entries.filter((entry) => !refused.includes(entry));
        const result = await next({ ...args, input: { ...args.input, Entries: taken } as typeof args.input });
        const Failed = refused.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false }));
        return { ...result, output: { ...(result.output as object), Failed } } as typeof result;
      },
      { step: 'initialize', priority: 'high' },
    );
    await queue.send(Array.from({ length: 6 }, (_, n) => ({ ...message, n })));
    expect(calls).toEqual([6, 3]);
    expect((await drain()).map(({ n }) => n).sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('gives up on a message that the sender must change, as a failure of the outside', async () => {
    const { queue } = await open();
    const sent = queue.send([{ ...message, sweepId: '\u0001'.repeat(32) }]);
    await expect(sent).resolves.toBeUndefined(); // escaped by JSON, so that any text may be sent
    const gone = sqsQueue(sqsClient(), 'https://sqs.us-east-1.amazonaws.com/000000000000/none', QUICK);
    await expect(gone.send([message])).rejects.toThrow(OutsideError);
  });
});
