import type { Logger } from '@aws-lambda-powertools/logger';
import middy, { type MiddlewareObj } from '@middy/core';
import headerNormalizer from '@middy/http-header-normalizer';
import jsonBodyParser from '@middy/http-json-body-parser';
import router, { type Method } from '@middy/http-router';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { InvalidInputError, OutsideError } from '../../contracts/errors.ts';
import { SPEC_LIMITS } from '../../contracts/sweep-spec.ts';

/** What a route is asked. */
export interface ApiRequest {
  /** The variable parts of the path. */
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** Parsed JSON, not checked; undefined for a route without a body. */
  readonly body: unknown;
}

/** What a route answers: JSON. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
  /** Path of what was made. */
  readonly location?: string;
}

/** A route of an HTTP API. */
export interface ApiRoute {
  readonly method: 'GET' | 'POST';
  /** With variable parts in braces. */
  readonly path: string;
  readonly takesBody?: boolean;
  handle(request: ApiRequest): Promise<ApiAnswer>;
}

/** A failure that has a status of HTTP; its message is told to the caller. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly statusCode: number;
  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

type Event = Omit<APIGatewayProxyEventV2, 'body'> & { body?: unknown };
type Handler = (event: Event, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

/** The handler of an HTTP API (payload 2.0): JSON in and out, failures as problem+json (RFC 9457). */
export function apiHandler(logger: Logger, routes: readonly ApiRoute[]): Handler {
  const handlers = routes.map((route) => {
    const handle = async ({ pathParameters, queryStringParameters, body }: Event) => {
      const request = {
        params: pathParameters ?? {},
        query: queryStringParameters ?? {},
        body: route.takesBody ? body : undefined,
      };
      const { status, body: given, location } = await route.handle(request);
      return respond(status, 'application/json', given, location);
    };
    const handler = route.takesBody ? middy(handle).use(bodyLimit()).use(jsonBodyParser()) : middy(handle);
    return { method: route.method as Method, path: route.path, handler };
  });
  return middy(router({ routes: handlers } as Parameters<typeof router>[0]))
    .use(headerNormalizer())
    .use(problemJson(logger)) as unknown as Handler;
}

/** Refuses a body that is too long before it is parsed; base64 counts as it came. */
function bodyLimit(): MiddlewareObj<Event> {
  return {
    before({ event }) {
      if (String(event.body ?? '').length <= SPEC_LIMITS.bytes) return;
      throw new HttpError(
        413,
        `expected a body of at most ${SPEC_LIMITS.bytes} bytes; use ranges instead of lists`,
      );
    },
  };
}

/** Answers what was thrown: the caller's mistakes in full, our own without what is inside. */
function problemJson(logger: Logger): MiddlewareObj<Event, APIGatewayProxyStructuredResultV2, Error> {
  return {
    onError(request) {
      const error = request.error ?? new Error('unknown');
      const status = statusOf(error);
      if (status >= 500) logger.error('request failed', error);
      const detail = status >= 500 ? 'something outside of the sweep failed; try again later' : error.message;
      const instance = request.context.awsRequestId;
      request.response = respond(status, 'application/problem+json', {
        type: 'about:blank',
        title: TITLES[status] ?? 'Error',
        status,
        detail,
        instance,
      });
    },
  };
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  404: 'Not Found',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

function statusOf(error: Error): number {
  if (error instanceof InvalidInputError) return 400;
  if (error instanceof OutsideError) return 503;
  const { statusCode } = error as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : 500;
}

function respond(
  statusCode: number,
  type: string,
  body: unknown,
  location?: string,
): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode,
    headers: { 'content-type': type, 'cache-control': 'no-store', ...(location && { location }) },
    body: JSON.stringify(body),
  };
}
