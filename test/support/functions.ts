import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const RUNTIME = fileURLToPath(new URL('./handler-process.mjs', import.meta.url));

/** A function as the cloud runs it: as many processes as there are events at once, kept warm between them. */
export interface CloudFunction {
  invoke(event: unknown): Promise<unknown>;
  /** Kills every process of it, as `kill -9` does; events under way fail. */
  kill(): void;
  /** What the processes have printed. */
  readonly output: () => string;
  stop(): Promise<void>;
}

type Answer = { readonly result: unknown } | { readonly error: string };

/** A function over a bundled handler. */
export function cloudFunction(
  file: string,
  environment: Readonly<Record<string, string>>,
  timeoutMs: number,
): CloudFunction {
  const all = new Set<ChildProcess>();
  const idle: ChildProcess[] = [];
  let output = '';

  async function warm(): Promise<ChildProcess> {
    const there = idle.pop();
    if (there) return there;
    const child = fork(RUNTIME, [file], { env: { ...environment, PATH: process.env.PATH }, silent: true });
    all.add(child);
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    child.on('exit', () => {
      all.delete(child);
      if (idle.includes(child)) idle.splice(idle.indexOf(child), 1);
    });
    await answerOf(child);
    return child;
  }

  return {
    output: () => output,
    async invoke(event) {
      const child = await warm();
      const answer = answerOf(child);
      child.send({ event, requestId: randomUUID(), timeoutMs });
      const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
      const given = (await answer.finally(() => clearTimeout(timer))) as Answer;
      idle.push(child);
      if ('error' in given) throw new Error(given.error);
      return given.result;
    },
    kill() {
      for (const child of all) child.kill('SIGKILL');
    },
    async stop() {
      await Promise.all(
        [...all].map(async (child) => {
          const gone = once(child, 'exit');
          child.kill('SIGKILL');
          await gone;
        }),
      );
    },
  };
}

/** The next message of a process; rejects where it ends before. */
async function answerOf(child: ChildProcess): Promise<unknown> {
  const done = new AbortController();
  const { signal } = done;
  try {
    return await Promise.race([
      once(child, 'message', { signal }).then(([message]) => message as unknown),
      once(child, 'exit', { signal }).then(([code, by]) => {
        throw new Error(`the process of the function ended (${by ?? code})`);
      }),
    ]);
  } finally {
    done.abort();
  }
}
