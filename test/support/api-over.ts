import { Logger } from '@aws-lambda-powertools/logger';
import { vi } from 'vitest';
import { apiHandler } from '../../src/adapters/lambda/api-handler.ts';
import { sweepRoutes } from '../../src/adapters/lambda/sweep-routes.ts';
import { memoryQueue } from '../../src/adapters/memory/memory-queue.ts';
import type { SweepMessage } from '../../src/contracts/message.ts';
import type { Store } from '../../src/sweep/ports.ts';
import type { StrategyModule } from '../../src/sweep/strategy-source.ts';

/** A request as API Gateway passes it on. */
export interface GatewayRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** A text goes as it is. */
  readonly body?: unknown;
  readonly type?: string;
}

/** The API in this process over a store, and what it sent and logged. */
export function apiOver(store: Store, modules: readonly StrategyModule[] = [], workerMemoryMb = 1_769) {
  const plans = memoryQueue<SweepMessage>(1);
  const ticks = memoryQueue<SweepMessage>(1);
  const logger = new Logger({ logLevel: 'SILENT' });
  const logged = vi.spyOn(logger, 'error');
  const target = { bucket: 'data', modules, maxConcurrency: 100, workerMemoryMb };
  const handler = apiHandler(logger, sweepRoutes({ store, plans, ticks, target }));
  const call = async ({ method, path, body, type = 'application/json' }: GatewayRequest) => {
    const url = new URL(path, 'https://api');
    const event = {
      version: '2.0',
      headers: { 'Content-Type': type },
      queryStringParameters: Object.fromEntries(url.searchParams),
      requestContext: { http: { method, path: url.pathname } },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      isBase64Encoded: false,
    };
    const answer = await handler(event as never, { awsRequestId: 'request-1' } as never);
    return {
      status: answer.statusCode,
      type: answer.headers?.['content-type'],
      body: JSON.parse(answer.body!) as Record<string, unknown> & { detail?: string },
    };
  };
  return { call, plans, ticks, logged };
}
