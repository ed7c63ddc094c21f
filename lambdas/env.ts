/**
 * Names of the environment variables of the functions: the stack sets them, the handlers read them.
 *
 * A function gets those that its work needs (infra/sweep-stack.ts). Values are text; URLs are those of SQS.
 */
export const ENV = {
  /** Name of the data bucket. All functions. */
  bucket: 'BUCKET',
  /** URLs of the queues, for those that send to them; dead-letters and workers read theirs from the event. */
  planQueueUrl: 'PLAN_QUEUE_URL',
  shardQueueUrl: 'SHARD_QUEUE_URL',
  tickQueueUrl: 'TICK_QUEUE_URL',
  /** Whole seconds after which a message that was not acknowledged comes again; reconciler. */
  shardVisibilitySeconds: 'SHARD_VISIBILITY_SECONDS',
  /** MB of a worker: what the bars of a sweep must fit into. api and planner. */
  workerMemoryMb: 'WORKER_MEMORY_MB',
  /** Most shards that run at once; for the estimate of wall time. api. */
  maxConcurrency: 'MAX_CONCURRENCY',
  /** Name of the stage, a dimension of every metric. All functions. */
  stage: 'STAGE',
  /** Read by Powertools itself: the dimension `service` and the namespace of every metric. All functions. */
  service: 'POWERTOOLS_SERVICE_NAME',
  metricsNamespace: 'POWERTOOLS_METRICS_NAMESPACE',
  logLevel: 'POWERTOOLS_LOG_LEVEL',
} as const;

/**
 * Folder beside the bundled handler that holds the strategies of one's own (api, planner, worker, aggregator).
 *
 * `index.json` lists them: `[{name, codeSha256, file}]`, `file` being self-contained code for `importStrategy`.
 */
export const STRATEGIES_FOLDER = 'strategies';
