/** The functions of the stack; `lambdas/<name>.ts` exports the `handler` of each. */
export const FUNCTIONS = ['api', 'planner', 'worker', 'aggregator', 'dead-letters', 'reconciler'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** The queues by what their messages say: plan a sweep, run a shard, look whether a sweep is complete. */
export const QUEUES = ['plan', 'shard', 'tick'] as const;
export type QueueName = (typeof QUEUES)[number];

/** Patterns of keys, as IAM reads them; `*` stands where an id does. */
const KEYS = {
  manifests: 'datasets/*/manifest.json',
  datasets: 'datasets/*',
  instructions: 'instructions/*',
  sweeps: 'sweeps/*',
  spec: 'sweeps/*/spec.json',
  plan: 'sweeps/*/plan.json',
  active: 'active/*',
  control: 'control/*',
  start: 'control/*/start.json',
  cancel: 'control/*/cancel.json',
  requeue: 'control/*/requeue-*.json',
  results: 'results/*',
  failures: 'failures/*',
  planFailure: 'failures/*/plan.json',
  tables: 'tables/*',
  usage: 'usage/*',
  final: 'final/*',
} as const;

/** Keys under which a plain PutObject is refused: whatever says what a sweep is, or what came of it. */
export const CREATE_ONCE: readonly string[] = [
  KEYS.results,
  KEYS.failures,
  KEYS.control,
  KEYS.tables,
  KEYS.final,
  KEYS.sweeps,
];

/** What one function may do, besides writing to its own log group; whatever is not here is refused. */
export interface Access {
  /** Patterns of keys of the data bucket. */
  readonly get: readonly string[];
  readonly put: readonly string[];
  readonly delete: readonly string[];
  /**
   * Prefixes that may be listed. A GET or HEAD of a key that is not there answers 404 only where its key may be
   * listed, else 403: so all that is asked for before it exists stands here too.
   */
  readonly list: readonly string[];
  readonly send: readonly QueueName[];
  /** The queue whose messages invoke it. */
  readonly consume: QueueName | 'shard dead letters' | null;
}

/**
 * Who may do what. Whoever puts under a key may also get it: a put that answers 412 is followed by a HEAD, which
 * compares the content.
 */
export const ACCESS: Readonly<Record<FunctionName, Access>> = {
  api: {
    get: [
      KEYS.manifests,
      KEYS.instructions, // a sweep over instructions that were not pushed is refused at submit
      KEYS.sweeps,
      KEYS.active,
      KEYS.control,
      KEYS.final,
      KEYS.tables,
      KEYS.usage, // cost so far
      KEYS.planFailure, // why a sweep could not be planned
    ],
    put: [KEYS.spec, KEYS.active, KEYS.start, KEYS.cancel],
    delete: [],
    list: [
      KEYS.datasets,
      KEYS.instructions,
      KEYS.sweeps,
      KEYS.active,
      KEYS.control,
      KEYS.results,
      KEYS.failures,
      KEYS.tables,
      KEYS.usage,
      KEYS.final,
    ],
    send: ['plan', 'tick'], // a cancelled sweep is ended by a tick
    consume: null,
  },
  planner: {
    get: [
      KEYS.datasets, // how many bars a period and a universe have is in their times, not in the manifest
      KEYS.instructions,
      KEYS.sweeps,
      KEYS.control,
      KEYS.planFailure,
    ],
    put: [KEYS.plan, KEYS.planFailure], // a sweep that cannot be planned ends here
    delete: [],
    list: [KEYS.datasets, KEYS.instructions, KEYS.sweeps, KEYS.control, KEYS.results, KEYS.failures],
    send: ['shard', 'tick'], // a tick where no shard is missing, or none may run
    consume: 'plan',
  },
  worker: {
    get: [
      KEYS.datasets,
      KEYS.instructions,
      KEYS.sweeps,
      KEYS.control,
      KEYS.results,
      KEYS.failures,
      KEYS.usage,
    ],
    put: [KEYS.results, KEYS.failures, KEYS.usage], // a shard that cannot end, however often it runs, is given up here
    delete: [],
    list: [KEYS.datasets, KEYS.instructions, KEYS.sweeps, KEYS.control, KEYS.results, KEYS.failures],
    send: ['tick'],
    consume: 'shard',
  },
  aggregator: {
    get: [
      KEYS.datasets, // leaders are replayed, for their tail risk and parity
      KEYS.instructions,
      KEYS.sweeps,
      KEYS.control,
      KEYS.results,
      KEYS.failures,
      KEYS.usage,
      KEYS.tables,
      KEYS.final,
      KEYS.active,
    ],
    put: [KEYS.tables, KEYS.final, KEYS.active], // a marker that a resume raised meanwhile is raised again
    delete: [KEYS.active],
    list: [
      KEYS.datasets,
      KEYS.instructions,
      KEYS.sweeps,
      KEYS.control,
      KEYS.results,
      KEYS.failures,
      KEYS.usage,
      KEYS.tables,
      KEYS.final,
      KEYS.active,
    ],
    send: [],
    consume: 'tick',
  },
  'dead-letters': {
    get: [
      KEYS.plan, // a poison message may name a sweep or a shard that does not exist
      KEYS.results, // a shard whose result is there is not given up
      KEYS.failures,
    ],
    put: [KEYS.failures],
    delete: [],
    list: [KEYS.sweeps, KEYS.results],
    send: ['tick'],
    consume: 'shard dead letters',
  },
  reconciler: {
    get: [KEYS.sweeps, KEYS.control, KEYS.failures, KEYS.final],
    put: [KEYS.requeue, KEYS.failures],
    delete: [],
    list: [KEYS.active, KEYS.sweeps, KEYS.control, KEYS.results, KEYS.failures, KEYS.final],
    send: ['plan', 'shard', 'tick'], // a sweep without a plan, whose plan message was lost, is planned again
    consume: null,
  },
};
