import { memoryQueue } from '../../src/adapters/memory/memory-queue.ts';
import { type NumberedMessage, queueContract } from './queue-contract.ts';

queueContract('memory', async () => {
  const queue = memoryQueue<NumberedMessage>(1);
  return {
    queue,
    async drain() {
      const found: NumberedMessage[] = [];
      for (let delivery = queue.receive(); delivery; delivery = queue.receive()) {
        found.push(delivery.message);
        delivery.ack();
      }
      return found;
    },
  };
});
