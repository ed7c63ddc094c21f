import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { memoryQueue } from '../../src/adapters/memory/memory-queue.ts';
import { processRunner } from '../../src/adapters/process/process-runner.ts';
import type { ShardMessage } from '../../src/contracts/message.ts';
import { finishSweep } from '../../src/sweep/finish.ts';
import { planSweep } from '../../src/sweep/plan-sweep.ts';
import type { Store } from '../../src/sweep/ports.ts';
import { storedSweeps } from '../../src/sweep/stored-sweeps.ts';
import type { StrategyModule } from '../../src/sweep/strategy-source.ts';
import { noteUsage } from '../../src/sweep/usage.ts';
import { planOfMessage, workShard } from '../../src/sweep/work-shard.ts';
import { apiOver } from './api-over.ts';

/** A request as it came over the network. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The HTTP API over loopback, and the functions behind it in this process. */
export interface ApiServer {
  readonly url: string;
  readonly received: Received[];
  /** Answers instead of the API; null for the API itself. */
  instead: (request: Received) => { status: number; body: string } | null;
  /** Does what planner, worker and aggregator do, until no message waits, or `stop` says so after a shard. */
  work(stop?: () => boolean): Promise<void>;
  stop(): Promise<void>;
}

/** Serves the real routes over a store, as API Gateway hands requests to the function. */
export async function startApi(
  store: Store,
  modules: readonly StrategyModule[] = [],
  workerMemoryMb = 1_769,
): Promise<ApiServer> {
  const { call, plans, ticks } = apiOver(store, modules, workerMemoryMb);
  const shards = memoryQueue<ShardMessage>(1);
  const sweeps = storedSweeps(store, modules, workerMemoryMb);

  const server = createServer(async (message, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const url = new URL(message.url ?? '/', 'http://api');
    const request: Received = {
      method: message.method ?? '',
      path: url.pathname,
      query: url.search.slice(1),
      headers: message.headers as Record<string, string>,
      body: Buffer.concat(chunks).toString(),
    };
    api.received.push(request);
    const given = api.instead(request);
    if (given) return void response.writeHead(given.status).end(given.body);
    const answer = await call({
      method: request.method as 'GET' | 'POST',
      path: message.url ?? '/',
      ...(request.body !== '' && { body: request.body }),
      ...(request.headers['content-type'] && { type: request.headers['content-type'] }),
    });
    response.writeHead(answer.status ?? 500, { 'content-type': String(answer.type) });
    response.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  async function doShard(message: ShardMessage, receives: number): Promise<void> {
    const plan = (await planOfMessage(store, message))!;
    await workShard(
      store,
      ticks,
      processRunner(() => sweeps.engine(plan)),
      message,
    );
    await noteUsage(store, message, { receives, milliseconds: 1_500, peakMb: 200, requestId: 'r' });
  }

  const api: ApiServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: [],
    instead: () => null,
    async work(stop = () => false) {
      for (;;) {
        const plan = plans.receive();
        const shard = plan ? null : shards.receive();
        const tick = plan || shard ? null : ticks.receive();
        if (plan)
          await planSweep(store, { shards, ticks }, plan.message, () => sweeps.plan(plan.message.sweepId));
        else if (shard) await doShard(shard.message, shard.receives);
        else if (tick)
          await finishSweep(store, tick.message, async (planned) => ({
            ...(await sweeps.aggregate(planned)),
            runner: processRunner(() => sweeps.engine(planned)),
          }));
        else return;
        if (shard && stop()) return;
      }
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return api;
}
