import { describe, expect, it } from 'vitest';
import type { Queue } from '../../src/sweep/ports.ts';

/** A message of the tests; every message of the protocol names its sweep. */
export interface NumberedMessage {
  readonly sweepId: string;
  readonly n: number;
}

/** A queue with a way to take everything that arrived. */
export interface OpenedQueue {
  readonly queue: Queue<NumberedMessage>;
  drain(): Promise<NumberedMessage[]>;
}

const messages = (count: number): NumberedMessage[] =>
  Array.from({ length: count }, (_, n) => ({ sweepId: 'a'.repeat(32), n }));
const numbers = (found: readonly NumberedMessage[]) => found.map(({ n }) => n).sort((a, b) => a - b);

/** What every adapter of the queue port must do where nothing fails; `open` gives an empty queue each time. */
export function queueContract(name: string, open: () => Promise<OpenedQueue>): void {
  describe(`${name} keeps the contract of a queue`, () => {
    it.each([0, 1, 10, 11, 95])('delivers each of %i messages sent at once', async (count) => {
      const { queue, drain } = await open();
      await queue.send(messages(count));
      expect(await drain()).toHaveLength(count);
    });

    it('delivers messages as they were sent, of several sends in any order', async () => {
      const { queue, drain } = await open();
      await Promise.all([queue.send(messages(25).slice(0, 12)), queue.send(messages(25).slice(12))]);
      const found = await drain();
      expect(numbers(found)).toEqual(messages(25).map(({ n }) => n));
      expect(new Set(found.map(({ sweepId }) => sweepId))).toEqual(new Set(['a'.repeat(32)]));
    });

    it('holds equal messages apart', async () => {
      const { queue, drain } = await open();
      await queue.send([messages(1)[0]!, messages(1)[0]!]);
      expect(numbers(await drain())).toEqual([0, 0]);
    });
  });
}
