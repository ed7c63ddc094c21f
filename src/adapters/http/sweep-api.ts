import type { z } from 'zod';
import { InvalidInputError, OutsideError } from '../../contracts/errors.ts';
import { checkSweepId } from '../../sweep/keys.ts';
import { type RetryOptions, retrying } from '../../sweep/retry.ts';
import * as answers from './api-answers.ts';
import { type SignedRequest, signedFetch } from './sigv4-fetch.ts';

/** The HTTP API of a stack: docs/openapi.yaml says what it answers. */
export interface SweepApi {
  /** What a sweep would take there; starts nothing. */
  plan(spec: unknown): Promise<answers.Planned>;
  submit(spec: unknown): Promise<answers.Submitted>;
  /** The latest first. */
  list(limit: number): Promise<answers.CloudSweep[]>;
  status(sweepId: string): Promise<answers.CloudStatus>;
  leaderboard(
    sweepId: string,
    options: { by?: string | undefined; limit: number },
  ): Promise<answers.CloudLeaders>;
  cancel(sweepId: string): Promise<z.infer<typeof answers.cancelledAnswer>>;
  resume(sweepId: string): Promise<z.infer<typeof answers.resumedAnswer>>;
}

/**
 * Opens the API at an address, with the credentials of the environment.
 *
 * Every request may be repeated, since none of them does twice what it did once: throttling, 5xx and failures of the
 * network are, with full jitter. What the API says about a request is InvalidInputError in its words; a refused
 * signature, and what stays when all tries are used up, is OutsideError.
 *
 * @throws InvalidInputError for an address that is none, or names no region where the environment has none
 */
export function openSweepApi(address: string, retry: RetryOptions = {}): SweepApi {
  const base = addressOf(address);
  const send = signedFetch(base);

  async function ask<S extends z.ZodType>(
    schema: S,
    method: 'GET' | 'POST',
    path: string,
    { query = {}, body }: { query?: SignedRequest['query']; body?: unknown } = {},
  ): Promise<z.output<S>> {
    const place = `${method} ${base.origin}${path}`;
    const request = { method, path, query, body: body === undefined ? undefined : JSON.stringify(body) };
    return retrying(
      async () => {
        const { status, text } = await answerOf(() => send(request), place);
        if (status < 200 || status > 299) throw refusal(status, text, place);
        return parsed(schema, text, place);
      },
      (error) => error instanceof PassingFailure,
      retry,
    );
  }

  const at = (sweepId: string, rest = '') => `/sweeps/${checkSweepId(sweepId)}${rest}`;
  return {
    plan: (spec) => ask(answers.plannedAnswer, 'POST', '/plan', { body: spec }),
    submit: (spec) => ask(answers.submittedAnswer, 'POST', '/sweeps', { body: spec }),
    async list(limit) {
      return (await ask(answers.listAnswer, 'GET', '/sweeps', { query: { limit: String(limit) } })).sweeps;
    },
    status: (sweepId) => ask(answers.statusAnswer, 'GET', at(sweepId)),
    leaderboard: (sweepId, { by, limit }) =>
      ask(answers.leaderboardAnswer, 'GET', at(sweepId, '/leaderboard'), {
        query: { limit: String(limit), ...(by !== undefined && { by }) },
      }),
    cancel: (sweepId) => ask(answers.cancelledAnswer, 'POST', at(sweepId, '/cancel')),
    resume: (sweepId) => ask(answers.resumedAnswer, 'POST', at(sweepId, '/resume')),
  };
}

/** A failure that another try may not meet. */
class PassingFailure extends OutsideError {}

function addressOf(address: string): URL {
  const found = URL.canParse(address) ? new URL(address) : null;
  const loopback = found !== null && ['localhost', '127.0.0.1', '[::1]'].includes(found.hostname);
  if (found?.protocol === 'https:' || (found?.protocol === 'http:' && loopback)) return found;
  throw new InvalidInputError(
    `--api: expected the https address of a stack (its output ApiUrl), found ${JSON.stringify(address.slice(0, 100))}`,
  );
}

async function answerOf(send: () => Promise<Response>, place: string) {
  try {
    const response = await send();
    return { status: response.status, text: await response.text() };
  } catch (cause) {
    if (cause instanceof OutsideError) throw cause;
    // fetch says `fetch failed`; why is in its cause.
    const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    const reason =
      inner instanceof Error ? inner.message || String((inner as NodeJS.ErrnoException).code) : inner;
    throw new PassingFailure(
      `${place}: no answer, tried several times (${reason}); check the address and the network`,
      { cause },
    );
  }
}

function refusal(status: number, text: string, place: string): Error {
  const problem = answers.problemAnswer.safeParse(json(text)).data;
  const said = problem?.detail ?? problem?.message ?? `status ${status}`;
  if (status === 429 || status >= 500) {
    return new PassingFailure(`${place}: tried several times, found status ${status}: ${said}`);
  }
  if (status === 401 || status === 403) {
    return new OutsideError(
      `${place}: access denied; check the credentials and that their policy admits execute-api:Invoke (${said})`,
    );
  }
  // API Gateway answers 404 for a route that it lacks, without a detail: then the address is wrong.
  if (status >= 400 && problem?.detail !== undefined) return new InvalidInputError(said);
  return new InvalidInputError(
    `${place}: expected the API of backsweep, found status ${status}; check --api`,
  );
}

function parsed<S extends z.ZodType>(schema: S, text: string, place: string): z.output<S> {
  const result = schema.safeParse(json(text));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new OutsideError(
    `${place}: expected what the API of this version answers, found something else ` +
      `(${issue?.path.join('.') || 'the whole answer'}); deploy and command line must be of one version`,
    { cause: result.error },
  );
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
