import * as z from 'zod';
import { type Problem, problemsError, problemsOf, shownPath } from '../src/contracts/problem.ts';

/** Days that CloudWatch Logs accepts. */
const LOG_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 3653] as const;

const days = z.int().min(1).max(3650);
const text = (pattern: RegExp, what: string) => z.string().regex(pattern, { error: what });

const settingsSchema = z.strictObject({
  /** Where to deploy; default: the account and region of the credentials that deploy. */
  account: text(/^\d{12}$/, 'an account of 12 digits').optional(),
  region: text(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region such as eu-central-1').optional(),
  /** `retain`: the bucket outlives the stack, which cannot be deleted by accident; `destroy`: both go. */
  removal: z.enum(['retain', 'destroy']).default('retain'),
  /** Most shards that run at once. */
  maxConcurrency: z.int().min(2).max(1_000).default(100),
  /** Memory of worker, planner and aggregator, which all hold the bars of a sweep; 1,769 MB is one vCPU. */
  workerMemoryMb: z.int().min(128).max(10_240).default(1_769),
  /** Requests to the API over all callers. */
  requestsPerSecond: z.int().min(1).max(10_000).default(20),
  requestBurst: z.int().min(1).max(5_000).default(40),
  /** Whom alarms tell: an address, a topic that exists, both, or nobody. */
  alarmEmail: text(/^[^@\s]+@[^@\s]+$/, 'an e-mail address').optional(),
  alarmTopicArn: text(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:\S+$/, 'the ARN of an SNS topic').optional(),
  /** What alarm texts link: the address of docs/runbook.md where people can open it. */
  runbookUrl: z.string().min(1).max(500).default('docs/runbook.md'),
  logDays: z.literal(LOG_DAYS).default(30),
  /** Results of Athena queries, and what was measured of sweeps. Results of sweeps stay for ever. */
  athenaResultsDays: days.default(30),
  usageDays: days.default(365),
  /** Most bytes that one Athena query may read; Athena accepts 10 MB and more. */
  athenaBytesScannedCutoff: z.int().min(10_000_000).default(10_000_000_000),
  /** A key of one's own for bucket and query results; default: SSE-S3. The key's policy must admit IAM policies. */
  kmsKeyArn: text(
    /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[0-9a-z-]{36}$/,
    'the ARN of a KMS key',
  ).optional(),
  /** Modules of strategies of one's own, relative to cdk.json: bundled at deploy, the only code that sweeps can name. */
  strategies: z.array(z.string().min(1).max(500)).max(100).default([]),
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}),
});

/** What one stage of the stack is like, every default filled in. */
export type Settings = Readonly<z.output<typeof settingsSchema>> & { readonly stage: string };

const STAGE = /^[a-z][a-z0-9-]{0,19}$/;

/**
 * Reads the settings of one stage from the `stages` of cdk.json.
 *
 * InvalidInputError naming the field for a stage that is not there, an unknown field, or a value out of bounds.
 */
export function readSettings(stages: unknown, stage: string): Settings {
  const stageNames = z.record(text(STAGE, 'a name of at most 20 of a-z, 0-9 and -'), z.unknown());
  const known = parse(stageNames, stages, 'context.stages');
  const own = known[stage];
  if (own === undefined) {
    const names = Object.keys(known).join(', ');
    const message = `expected one of ${names}, found ${stage}; choose with \`-c stage=NAME\``;
    throw problemsError([{ path: [], atKey: false, message }], () => 'cdk.json: context.stages');
  }
  return { ...parse(settingsSchema, own, `context.stages.${stage}`), stage };
}

function parse<S extends z.ZodType>(schema: S, value: unknown, place: string): z.output<S> {
  const result = schema.safeParse(value, { reportInput: true, error: () => '' });
  if (result.success) return result.data;
  const fields = () => Object.keys(settingsSchema.shape);
  throw problemsError(
    problemsOf(result.error.issues, fields),
    ({ path }: Problem) => `cdk.json: ${shownPath([place, ...path])}`,
  );
}
