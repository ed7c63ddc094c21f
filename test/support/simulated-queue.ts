/** What a simulated queue does to its messages. */
export interface QueueWeather {
  readonly random: () => number;
  readonly now: () => number;
  /** Milliseconds until a message that was taken comes again. */
  readonly visibilityMs: () => number;
  /** Milliseconds until a message that was sent can be taken. */
  readonly delayMs: () => number;
  readonly lost: () => boolean;
  readonly doubled: () => boolean;
  /** Times that a message is taken before it goes to the dead letters. */
  readonly receives: number;
}

/** A queue as SQS is one: at least once, in any order, and again after the visibility. */
export interface SimulatedQueue<M> {
  send(messages: readonly M[]): void;
  /** Any of the messages that are visible; null where none is. */
  receive(): { readonly message: M; ack(): void } | null;
  waiting(): number;
  /** When the next message becomes visible; infinity where there is none. */
  nextVisibleMs(): number;
}

/**
 * A queue by a simulated clock, whose messages are lost, doubled, late and out of order as `weather` says.
 *
 * @param deadLetters takes what was received too often; null for a queue that is one of dead letters itself
 */
export function simulatedQueue<M>(
  weather: QueueWeather,
  deadLetters: SimulatedQueue<M> | null,
): SimulatedQueue<M> {
  const entries = new Set<{ readonly message: M; receives: number; visibleMs: number }>();
  const queue: SimulatedQueue<M> = {
    send(messages) {
      for (const message of messages) {
        const copies = weather.lost() ? 0 : weather.doubled() ? 2 : 1;
        for (let copy = 0; copy < copies; copy++) {
          entries.add({ message, receives: 0, visibleMs: weather.now() + weather.delayMs() });
        }
      }
    },
    receive() {
      const visible = [...entries].filter(({ visibleMs }) => visibleMs <= weather.now());
      const taken = visible[Math.floor(weather.random() * visible.length)];
      if (!taken) return null;
      if (deadLetters && taken.receives >= weather.receives) {
        entries.delete(taken);
        deadLetters.send([taken.message]);
        return queue.receive();
      }
      taken.receives++;
      taken.visibleMs = weather.now() + weather.visibilityMs();
      return { message: taken.message, ack: () => void entries.delete(taken) };
    },
    waiting: () => entries.size,
    nextVisibleMs: () =>
      [...entries].reduce((next, { visibleMs }) => Math.min(next, visibleMs), Number.POSITIVE_INFINITY),
  };
  return queue;
}
