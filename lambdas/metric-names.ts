/**
 * Names of the EMF metrics that the handlers count and that alarms and dashboard read.
 *
 * Dimensions are `service` (the function) and `stage` only: a sweep id is a property, since every value of a
 * dimension is a metric that is paid for.
 */
export const METRIC = {
  /** worker: a shard's object was there with other bytes; the first one was kept. */
  nondeterministic: 'NondeterministicResult',
  /** worker: runs of shards that it created, and how many of them failed. */
  runsDone: 'RunsDone',
  runsFailed: 'RunsFailed',
  /** dead-letters and reconciler: shards given up. */
  shardsGivenUp: 'ShardsGivenUp',
  /** aggregator: generations published. */
  sweepsFinished: 'SweepsFinished',
} as const;

/** Namespace of all metrics. */
export const METRICS_NAMESPACE = 'backsweep';
