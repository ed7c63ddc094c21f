import type { Queue } from '../../sweep/ports.ts';

/** A message taken from a queue: it comes again unless it is acknowledged. */
export interface Delivery<M> {
  readonly message: M;
  /** How often it was taken so far, this time included. */
  readonly receives: number;
  /** Done: it does not come again. */
  ack(): void;
  /** Failed: it may be taken again, or goes to the dead letters after the last permitted time. */
  retry(): void;
}

/** A queue that lives as long as the process. */
export interface MemoryQueue<M> extends Queue<M> {
  /** Takes the message at a place of those that wait (default: the first); null where none waits. */
  receive(place?: number): Delivery<M> | null;
  waiting(): number;
  /** Messages given up after `maxReceives`. */
  readonly deadLetters: readonly M[];
}

/** A queue in memory that gives a message up after it was taken `maxReceives` times without acknowledgement. */
export function memoryQueue<M>(maxReceives: number): MemoryQueue<M> {
  const messages: { message: M; receives: number }[] = [];
  const deadLetters: M[] = [];
  return {
    deadLetters,
    async send(sent) {
      for (const message of sent) messages.push({ message, receives: 0 });
    },
    receive(place = 0) {
      const [taken] = messages.splice(place, 1);
      if (!taken) return null;
      const { message } = taken;
      const receives = taken.receives + 1;
      let settled = false;
      return {
        message,
        receives,
        ack() {
          settled = true;
        },
        retry() {
          if (settled) return;
          settled = true;
          if (receives < maxReceives) messages.push({ message, receives });
          else deadLetters.push(message);
        },
      };
    },
    waiting: () => messages.length,
  };
}
