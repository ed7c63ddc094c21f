import { Duration } from 'aws-cdk-lib';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Handler } from './handler.ts';

/** How messages reach a function. */
export interface ConsumerProps {
  readonly batchSize: number;
  readonly windowSeconds?: number;
  readonly maxConcurrency: number;
}

/**
 * Lets a queue invoke a function, which answers with the messages of the batch that failed.
 *
 * `maximumConcurrency` instead of reserved concurrency: with the latter, throttled receives would send healthy messages
 * to the dead letters. No event filter: messages that do not match one are deleted.
 */
export function consumer(handler: Handler, queue: IQueue, props: ConsumerProps): void {
  new EventSourceMapping(handler, 'Messages', {
    target: handler.fn,
    eventSourceArn: queue.queueArn,
    batchSize: props.batchSize,
    ...(props.windowSeconds ? { maxBatchingWindow: Duration.seconds(props.windowSeconds) } : {}),
    maxConcurrency: props.maxConcurrency,
    reportBatchItemFailures: true,
  });
}
