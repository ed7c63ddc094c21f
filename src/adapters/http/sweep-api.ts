import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { z } from 'zod';
import { InvalidInputError, OutsideError } from '../../contracts/errors.ts';
import { summarySchema } from '../../contracts/summary.ts';
import { type RetryOptions, retrying } from '../../sweep/retry.ts';
import { type Credentials, signedHeaders } from './sign-request.ts';

const bound = z.object({
  wallSeconds: z.number(),
  computeUsd: z.number(),
  barLoadingUsd: z.number(),
  requestsUsd: z.number(),
  totalUsd: z.number(),
});
const cost = z.object({
  pricesAsOf: z.string(),
  expected: bound,
  worst: bound,
  resultBytes: z.number(),
  storageUsdPerMonth: z.number(),
});
const planned = z.object({
  sweepId: z.string(),
  runs: z.int(),
  shards: z.int(),
  shardRuns: z.int(),
  assets: z.int(),
  bars: z.int(),
  cost,
  maxCostUsd: z.number(),
});
const submitted = planned.extend({ generation: z.int() });
const status = z.object({
  sweepId: z.string(),
  generation: z.int(),
  state: z.enum([
    'submitted',
    'refused',
    'running',
    'cancelling',
    'complete',
    'complete_with_failures',
    'cancelled',
  ]),
  refusal: z.string().nullable(),
  runs: z.int(),
  shards: z.int(),
  doneShards: z.int(),
  failedShards: z.int(),
  missingShards: z.string(),
  summary: summarySchema.nullable(),
  usage: z.object({ attempts: z.int(), workerSeconds: z.number(), peakMb: z.number() }),
  cost: z.object({ measuredUsd: z.number(), planned: cost.nullable() }),
});
const listed = z.object({
  sweeps: z.array(
    z.object({
      sweepId: z.string(),
      name: z.string(),
      submittedMs: z.number(),
      active: z.boolean(),
      published: z.int(),
    }),
  ),
});
const leaderboard = z.object({
  sweepId: z.string(),
  generation: z.int(),
  rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))),
});
const cancelled = z.object({ sweepId: z.string(), outcome: z.enum(['cancelled', 'finished']) });
const resumed = z.object({
  sweepId: z.string(),
  generation: z.int(),
  outcome: z.enum(['started', 'continued', 'complete']),
});
const problem = z.object({ detail: z.string() });

/** What the API says of a sweep. */
export type RemoteStatus = z.output<typeof status>;

/** The HTTP API of a deployment; each call asks once more where no answer came, since all of them may be repeated. */
export interface SweepApi {
  /** `spec` as `resolveSpec` gives it, with `maxRuns` and `maxCostUsd` where they are not the defaults. */
  plan(spec: unknown): Promise<z.output<typeof planned>>;
  submit(spec: unknown): Promise<z.output<typeof submitted>>;
  list(limit: number): Promise<z.output<typeof listed>['sweeps']>;
  status(sweepId: string): Promise<RemoteStatus>;
  /** Best first by the objective, or by the metric `by`. */
  leaderboard(sweepId: string, limit: number, by?: string): Promise<z.output<typeof leaderboard>>;
  cancel(sweepId: string): Promise<z.output<typeof cancelled>>;
  resume(sweepId: string): Promise<z.output<typeof resumed>>;
}

/** How the API is reached. */
export interface SweepApiOptions {
  /** Default: that in the API's address, else AWS_REGION. */
  readonly region?: string | undefined;
  /** Default: those that the SDK finds in the environment. */
  readonly credentials?: () => Promise<Credentials>;
  readonly retry?: RetryOptions;
  /** Longest time for one answer; default 35 s, beyond what the gateway waits. */
  readonly timeoutMs?: number;
}

/**
 * A client of the API at an address, signed with the caller's credentials.
 *
 * @throws InvalidInputError with the API's own words for what it refuses; OutsideError where it is not reached, does not
 *   accept the credentials, or fails
 */
export function sweepApi(address: string, options: SweepApiOptions = {}): SweepApi {
  const { retry = { attempts: 4 }, timeoutMs = 35_000, credentials = fromNodeProviderChain() } = options;
  const base = addressOf(address);
  const region = options.region ?? regionOf(base) ?? process.env.AWS_REGION ?? 'us-east-1';

  async function call<S extends z.ZodType>(
    schema: S,
    method: 'GET' | 'POST',
    path: string,
    { body, query = {} }: { readonly body?: unknown; readonly query?: Readonly<Record<string, string>> } = {},
  ): Promise<z.output<S>> {
    const url = new URL(`${base.pathname.replace(/\/$/, '')}${path}`, base);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const keys = await credentials().catch((cause: unknown) => {
      throw new OutsideError('no credentials of AWS were found; set AWS_PROFILE or log in', { cause });
    });
    const ask = async () => {
      const headers = await signedHeaders({ method, url, body: text }, region, keys);
      const init = { method, headers, body: text ?? null, signal: AbortSignal.timeout(timeoutMs) };
      const response = await fetch(url, init);
      return { status: response.status, text: await response.text() };
    };
    const answer = await retrying(
      async () => {
        const given = await ask();
        if (given.status === 429 || given.status >= 500)
          throw new Error(`${given.status} ${detailOf(given.text)}`);
        return given;
      },
      () => true,
      retry,
    ).catch((cause: Error) => {
      throw new OutsideError(`cannot ask ${url.origin}${url.pathname}: ${cause.message}; try again later`, {
        cause,
      });
    });
    if (answer.status === 401 || answer.status === 403) {
      throw new OutsideError(
        `${url.origin}: access denied; your credentials need execute-api:Invoke on this API (${detailOf(answer.text)})`,
      );
    }
    if (answer.status >= 400) throw new InvalidInputError(detailOf(answer.text));
    try {
      return schema.parse(JSON.parse(answer.text));
    } catch (cause) {
      throw new OutsideError(
        `${url.origin}${url.pathname}: expected an answer of this version of backsweep, found another`,
        {
          cause,
        },
      );
    }
  }

  return {
    plan: (body) => call(planned, 'POST', '/plan', { body }),
    submit: (body) => call(submitted, 'POST', '/sweeps', { body }),
    list: async (limit) => (await call(listed, 'GET', '/sweeps', { query: { limit: String(limit) } })).sweeps,
    status: (id) => call(status, 'GET', `/sweeps/${encodeURIComponent(id)}`),
    leaderboard: (id, limit, by) =>
      call(leaderboard, 'GET', `/sweeps/${encodeURIComponent(id)}/leaderboard`, {
        query: { limit: String(limit), ...(by !== undefined && { by }) },
      }),
    cancel: (id) => call(cancelled, 'POST', `/sweeps/${encodeURIComponent(id)}/cancel`),
    resume: (id) => call(resumed, 'POST', `/sweeps/${encodeURIComponent(id)}/resume`),
  };
}

function addressOf(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url && (url.protocol === 'https:' || url.protocol === 'http:')) return url;
  throw new InvalidInputError(
    `--api: expected the address of the API (the output ApiUrl of the stack), found ${JSON.stringify(address)}`,
  );
}

const regionOf = ({ hostname }: URL) => /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com/.exec(hostname)?.[1];

/** What a problem+json says, else the beginning of the text. */
function detailOf(text: string): string {
  try {
    return problem.parse(JSON.parse(text)).detail;
  } catch {
    return text.slice(0, 200);
  }
}
