import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { OutsideError } from '../../contracts/errors.ts';
import type { LeaderReplay, ShardOutput, ShardRunner } from '../../sweep/ports.ts';
import type { FollowedRun } from '../../sweep/validation/follow-run.ts';
import { collectGarbage } from './heap.ts';
import { packageFile } from './package-file.ts';
import type {
  ReplayRequest,
  ShardWorkerData,
  ShardWorkerMessage,
  ShardWorkerRequest,
} from './shard-worker.ts';

/** How often a shard is tried before it is given up: a thread may die of something that passes. */
const ATTEMPTS = 2;

/** Runs that a thread is asked to replay at once: going to and fro for each took longer than replaying it. */
const MOST_REPLAYS = 32;

/** Objects of a run are short-lived and few: room for more of them only keeps what is dead, a thread each. */
const YOUNG_MB = 12;

/** How threads are started. */
export interface WorkerPoolOptions {
  /** Number of threads, at least 1; default: what the machine has, at most one a shard. */
  readonly threads?: number | undefined;
  /** Stops all threads at once. */
  readonly signal?: AbortSignal | undefined;
  /** Heap of a thread at most, in MiB; default: that of Node.js. */
  readonly threadMemoryMb?: number | undefined;
  /** The compiled worker; default: that of this package. */
  readonly workerUrl?: URL | undefined;
}

/** Threads that compute shards; `close` ends them. */
export interface WorkerPool extends ShardRunner {
  close(): Promise<void>;
}

/**
 * Threads that share the bars and compute one shard at a time each.
 *
 * A thread that dies (out of memory, `process.exit` in a strategy) is replaced and its shard tried once more, then given
 * up with the reason. OutsideError where a thread cannot start; the signal's reason once it aborts.
 */
export function openWorkerPool(data: ShardWorkerData, options: WorkerPoolOptions = {}): WorkerPool {
  const { signal, threadMemoryMb, workerUrl = packageFile('dist/adapters/local/shard-worker.js') } = options;
  const threads = Math.min(options.threads ?? availableParallelism(), data.plan.shards);
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const waiting: (() => void)[] = []; // for a thread that is free, or that may be started
  const replays: WaitingReplay[] = [];
  let replayers = 0; // of `sendReplays` under way
  const spare: ArrayBuffer[] = []; // memory of objects that were written, for those to come

  async function takeWorker(): Promise<Worker> {
    for (;;) {
      signal?.throwIfAborted();
      const free = idle.pop();
      if (free) return free;
      if (all.size < threads) return startWorker();
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  }

  function release(worker: Worker): void {
    if (!all.has(worker)) return; // it ended with its last answer: both may be heard of at once
    idle.push(worker);
    waiting.shift()?.();
  }

  async function startWorker(): Promise<Worker> {
    const worker = new Worker(workerUrl, {
      workerData: data,
      stdout: true,
      resourceLimits: {
        maxYoungGenerationSizeMb: YOUNG_MB,
        ...(threadMemoryMb && { maxOldGenerationSizeMb: threadMemoryMb }),
      },
    });
    // What a strategy prints must not get between the lines that the program prints for machines.
    worker.stdout.on('data', (chunk: Buffer) => process.stderr.write(chunk));
    worker.on('error', () => undefined); // told by `nextAnswer`, or by the exit of an idle thread
    worker.on('exit', () => {
      all.delete(worker);
      if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1);
      waiting.shift()?.();
    });
    all.add(worker);
    const answer = await nextAnswer(worker, signal);
    if (answer === 'ready') return worker;
    throw new OutsideError(
      `a thread for shards cannot start: ${'ended' in answer ? answer.ended : 'no answer'}`,
    );
  }

  /** The answer to a request, or why two threads in a row had none. */
  async function ask(makeRequest: () => Exclude<ShardWorkerRequest, 'rest'>): Promise<Answer> {
    let answer: Answer = { ended: 'never started' };
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const worker = await takeWorker();
      const request = makeRequest();
      worker.postMessage(request, 'into' in request ? [request.into] : []);
      answer = await nextAnswer(worker, signal);
      if (answer !== 'ready' && !('ended' in answer)) release(worker);
      if (answer !== 'ready' && !('ended' in answer || 'error' in answer)) break;
    }
    return answer;
  }

  async function run(shard: number): Promise<ShardOutput> {
    const answer = await ask(() => ({ shard, into: spare.pop() ?? new ArrayBuffer(0) }));
    if (answer !== 'ready' && 'rows' in answer) {
      const { rows } = answer;
      return { ...rows, release: () => spare.push(rows.bytes.buffer as ArrayBuffer) };
    }
    return { gaveUp: reasonOf(answer), attempts: ATTEMPTS };
  }

  function replay(params: string, withParity: boolean): Promise<LeaderReplay | null> {
    return new Promise((resolve, reject) => {
      replays.push({ run: { params, withParity }, resolve, reject });
      if (replayers >= threads) return;
      replayers++;
      void sendReplays();
    });
  }

  /** Sends replays as long as any wait. */
  async function sendReplays(): Promise<void> {
    for (;;) {
      await setImmediate(); // whoever asks for many has said so by then
      // Not all at once, so that no thread is done long before the others.
      const some = replays.splice(0, Math.min(MOST_REPLAYS, Math.ceil(replays.length / (2 * threads))));
      if (some.length === 0) break;
      const runs = some.map(({ run }) => run);
      try {
        const answer = await ask(() => ({ runs }));
        const found = answer !== 'ready' && 'replayed' in answer ? answer.replayed : await eachAlone(runs);
        for (const [i, { resolve }] of some.entries()) resolve(found[i]!);
      } catch (error) {
        for (const { reject } of some) reject(error);
      }
    }
    replayers--;
  }

  /** Replays that ended a thread together: those that do so alone are null. */
  async function eachAlone(runs: readonly ReplayRequest[]): Promise<(LeaderReplay | null)[]> {
    const found: (LeaderReplay | null)[] = [];
    for (const run of runs) {
      const answer = runs.length === 1 ? null : await ask(() => ({ runs: [run] }));
      found.push(answer && answer !== 'ready' && 'replayed' in answer ? answer.replayed[0]! : null);
    }
    return found;
  }

  async function follow(params: string, at: readonly number[]): Promise<FollowedRun | null> {
    const answer = await ask(() => ({ params, at }));
    return answer !== 'ready' && 'followed' in answer ? answer.followed : null;
  }

  async function rest(): Promise<void> {
    spare.length = 0;
    const resting = idle.splice(0).map(async (worker) => {
      worker.postMessage('rest' satisfies ShardWorkerRequest);
      const answer = await nextAnswer(worker, signal);
      if (answer === 'ready' || !('ended' in answer)) release(worker);
    });
    collectGarbage();
    await Promise.all(resting);
  }

  async function close(): Promise<void> {
    await Promise.all([...all].map((worker) => worker.terminate()));
  }

  const onAbort = () => {
    void close();
    for (const wake of waiting.splice(0)) wake();
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  // One call more than threads waits, so that a thread goes on while what it gave is written.
  return { concurrency: threads + 1, run, rest, replay, follow, close };
}

/** A run to be replayed that no thread has been asked for yet. */
interface WaitingReplay {
  readonly run: ReplayRequest;
  resolve(replayed: LeaderReplay | null): void;
  reject(reason: unknown): void;
}

type Answer = ShardWorkerMessage | { readonly ended: string };

function reasonOf(answer: Answer): string {
  if (answer !== 'ready' && 'error' in answer) return answer.error;
  if (answer !== 'ready' && 'ended' in answer) return `the thread ended: ${answer.ended}`;
  return 'the thread answered out of turn';
}

/**
 * The next message of a worker, or why it ended; rejects with the signal's reason when aborted.
 *
 * An error is no end yet: what the thread said before it may be heard of after it, but never after its exit.
 */
function nextAnswer(worker: Worker, signal: AbortSignal | undefined): Promise<Answer> {
  if (worker.threadId === -1) return Promise.resolve({ ended: 'before it was asked' }); // and emits nothing any more
  return new Promise((resolve, reject) => {
    let cause: string | null = null;
    const onMessage = (answer: ShardWorkerMessage) => settle(() => resolve(answer));
    const onError = (error: unknown) => {
      cause = error instanceof Error ? error.message : String(error);
    };
    const onExit = (code: number) => settle(() => resolve({ ended: cause ?? `exit code ${code}` }));
    const onAbort = () => settle(() => reject(signal!.reason));
    const settle = (how: () => void) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      signal?.removeEventListener('abort', onAbort);
      how();
    };
    if (signal?.aborted) return onAbort();
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    signal?.addEventListener('abort', onAbort);
  });
}
