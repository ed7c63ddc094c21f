import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What can go wrong with one request. `lost`: it is done, but its answer never arrives; `truncated`: half of it does. */
export type Fault =
  | 'slow_down'
  | 'internal'
  | 'conflict'
  | 'reset'
  | 'lost'
  | 'truncated'
  | 'hang'
  | 'denied';

/** What the roles of the functions admit; `caller` is the access key of the request, which names the function. */
export type Policy = (caller: string, asked: Asked) => boolean;

/** A request as faults are chosen by: `GET`, `PUT` … and a key of S3, or `SendMessageBatch` … and the name of a queue. */
export interface Asked {
  readonly service: 's3' | 'sqs';
  readonly operation: string;
  readonly key: string;
}

/** The proxy in front of an emulator. */
export interface EmulatorProxy {
  readonly endpoint: string;
  /** Chooses the fault of each request; null for none. */
  faults: { choose: (asked: Asked) => Fault | null };
  /** How far the clock of S3 is ahead in the `date` of its answers: what waits for hours is tested in none. */
  clock: { aheadMs: number };
  /** Default: everything is admitted. A missing key that may not be listed is denied, as S3 does. */
  policy: { admits: Policy };
  /** What was denied, until the test takes it out. */
  readonly denied: string[];
  /** Every key that was created, each time. */
  readonly created: readonly string[];
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

const ERRORS = {
  slow_down: [503, 'SlowDown'],
  internal: [500, 'InternalError'],
  conflict: [409, 'ConditionalRequestConflict'],
  denied: [403, 'AccessDenied'],
} as const;

const PAGE = 1_000;

/**
 * A proxy that adds to an emulator of S3 and SQS what S3 has and it lacks: `If-None-Match: *`, one writer a key at a
 * time, and LIST in the order of code units in pages of 1,000; that injects faults, and turns the clock. A PUT that is not conditional
 * is refused, as the bucket's policy does.
 */
export async function startProxy(port: number, queueOrigin: string): Promise<EmulatorProxy> {
  const created: string[] = [];
  const faults: EmulatorProxy['faults'] = { choose: () => null };
  const clock: EmulatorProxy['clock'] = { aheadMs: 0 };
  const policy: EmulatorProxy['policy'] = { admits: () => true };
  const denied: string[] = [];
  const locks = new Map<string, Promise<unknown>>();

  /** Requests that write the same key, one after the other. */
  function locked<T>(key: string, work: () => Promise<T>): Promise<T> {
    const turn = (locks.get(key) ?? Promise.resolve()).then(work, work);
    locks.set(key, turn);
    return turn;
  }

  const upstream = (
    method: string,
    path: string,
    headers: IncomingMessage['headers'],
    body: Buffer,
  ): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = request({ port, host: '127.0.0.1', method, path, headers }, async (response) => {
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          body: await bodyOf(response),
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });

  const sqs = (path: string, headers: IncomingMessage['headers'], body: Buffer) => {
    const named = queueByName(body, queueOrigin);
    return upstream('POST', path, { ...headers, 'content-length': String(named.length) }, named);
  };

  async function put(path: string, headers: IncomingMessage['headers'], body: Buffer): Promise<Answer> {
    const key = keyOf(path);
    if (headers['if-none-match'] !== '*') return error(403, 'AccessDenied');
    return locked(key, async () => {
      const there = await upstream('HEAD', path.split('?')[0]!, { host: headers.host }, Buffer.alloc(0));
      if (there.status === 200) return error(412, 'PreconditionFailed');
      const answer = await upstream('PUT', path, headers, body);
      if (answer.status === 200) created.push(key);
      return answer;
    });
  }

  async function list(url: URL, headers: IncomingMessage['headers']): Promise<Answer> {
    const after = Buffer.from(url.searchParams.get('continuation-token') ?? '', 'base64').toString();
    url.searchParams.delete('continuation-token');
    url.searchParams.set('max-keys', '1000000');
    const whole = await upstream('GET', url.pathname + url.search, headers, Buffer.alloc(0));
    if (whole.status !== 200) return whole;
    const entries = [...whole.body.toString().matchAll(/<Contents><Key>([^<]*)<\/Key>.*?<\/Contents>/gs)]
      .map(([xml, key]) => ({ xml, key: key! }))
      .filter(({ key }) => key > after)
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    const page = entries.slice(0, PAGE);
    const more = entries.length > PAGE;
    const token = more ? Buffer.from(page.at(-1)!.key).toString('base64') : '';
    const body = `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><IsTruncated>${more}</IsTruncated>${
      more ? `<NextContinuationToken>${token}</NextContinuationToken>` : ''
    }${page.map(({ xml }) => xml).join('')}</ListBucketResult>`;
    return { status: 200, headers: { 'content-type': 'application/xml' }, body: Buffer.from(body) };
  }

  async function answer(message: IncomingMessage, body: Buffer): Promise<Answer> {
    const { method = 'GET', url = '/', headers } = message;
    if (headers['x-amz-target'] !== undefined) return sqs(url, headers, body);
    const parsed = new URL(url, 'http://proxy');
    if (method === 'PUT' && keyOf(url) !== '') return put(url, headers, body);
    if (method === 'GET' && parsed.searchParams.has('list-type')) return list(parsed, headers);
    return upstream(method, url, headers, body);
  }

  const server = createServer(async (message, response) => {
    const body = await bodyOf(message).catch(() => null); // a put that is cut off is not a put
    if (body === null) return;
    const asked = askedOf(message, body);
    const fault = faults.choose(asked);
    if (fault === 'reset') return message.socket.destroy();
    if (fault === 'hang') return;
    if (fault !== null && fault in ERRORS) {
      const [status, name] = ERRORS[fault as keyof typeof ERRORS];
      return send(response, error(status, name));
    }
    const caller = /Credential=([^/]+)/.exec(message.headers.authorization ?? '')?.[1] ?? '';
    const deny = (what: string) => {
      denied.push(`${caller}: ${what} ${asked.key}`);
      send(response, error(403, 'AccessDenied'));
    };
    if (!policy.admits(caller, asked)) return deny(asked.operation);
    const given = await answer(message, body).catch(() => error(500, 'InternalError'));
    const isMissing = given.status === 404 && asked.service === 's3' && asked.operation !== 'LIST';
    if (isMissing && !policy.admits(caller, { ...asked, operation: 'LIST' })) return deny('LIST');
    if (fault === 'lost') return message.socket.destroy();
    const date = new Date(Date.now() + clock.aheadMs).toUTCString();
    send(response, { ...given, headers: { ...given.headers, date } }, fault === 'truncated');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    clock,
    policy,
    denied,
    created,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The emulator knows a queue by its own address only; clients use the one that AWS would give it. */
function queueByName(body: Buffer, origin: string): Buffer {
  const input = JSON.parse(body.toString()) as { QueueUrl?: string };
  const path = input.QueueUrl && new URL(input.QueueUrl).pathname;
  return Buffer.from(JSON.stringify({ ...input, ...(path && { QueueUrl: origin + path }) }));
}

function askedOf({ method = 'GET', url = '/', headers }: IncomingMessage, body: Buffer): Asked {
  const target = headers['x-amz-target'];
  if (target !== undefined) {
    const { QueueUrl = '' } = JSON.parse(body.toString()) as { QueueUrl?: string };
    const key = QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1);
    return { service: 'sqs', operation: String(target).replace('AmazonSQS.', ''), key };
  }
  const { pathname, searchParams } = new URL(url, 'http://proxy');
  const listed = searchParams.get('prefix');
  return { service: 's3', operation: listed === null ? method : 'LIST', key: listed ?? keyOf(pathname) };
}

/** The key of a path-style address: what follows the bucket. */
const keyOf = (path: string) => decodeURIComponent(path.split('?')[0]!.split('/').slice(2).join('/'));

async function bodyOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function error(status: number, code: string): Answer {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body: Buffer.from(body) };
}

function send(response: ServerResponse, { status, headers, body }: Answer, cut = false): void {
  const { 'transfer-encoding': _encoding, connection: _connection, ...kept } = headers;
  // A HEAD answers with the length of what it does not send.
  const length = response.req.method === 'HEAD' ? Number(kept['content-length'] ?? 0) : body.length;
  response.writeHead(status, { ...kept, 'content-length': length });
  if (!cut) return void response.end(response.req.method === 'HEAD' ? undefined : body);
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
}
