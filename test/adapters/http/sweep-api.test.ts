import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { sweepApi } from '../../../src/adapters/http/sweep-api.ts';
import { memoryStore } from '../../../src/adapters/memory/memory-store.ts';
import { InvalidInputError, OutsideError } from '../../../src/contracts/errors.ts';
import { encodeDataset } from '../../../src/formats/dataset-id.ts';
import { synthBars } from '../../../src/formats/synth-bars.ts';
import { pushDataset } from '../../../src/sweep/push.ts';
import { apiOver } from '../../support/api-over.ts';

const KEYS = { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'token' };
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** The signature that a request should have, by the steps of the documentation of SigV4. */
function signatureOf({ method, url, headers }: IncomingMessage, body: string, region: string): string {
  const sha = (text: string) => createHash('sha256').update(text).digest('hex');
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const [, signed] = /SignedHeaders=([^,]+)/.exec(headers.authorization!)!;
  const { pathname, searchParams } = new URL(url!, 'http://x');
  const query = [...searchParams]
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .sort()
    .join('&');
  const lines = signed!.split(';').map((name) => `${name}:${String(headers[name]).trim()}\n`);
  // The service signs the path encoded once more.
  const path = pathname.split('/').map(encodeURIComponent).join('/');
  const canonical = [method, path, query, lines.join(''), signed, sha(body)].join('\n');
  const time = String(headers['x-amz-date']);
  const scope = `${time.slice(0, 8)}/${region}/execute-api/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', time, scope, sha(canonical)].join('\n');
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${KEYS.secretAccessKey}`);
  return hmac(key as Buffer, text).toString('hex');
}

/** The API behind a gateway that checks signatures; `failures` are answered first. */
async function gateway(...failures: number[]) {
  const store = memoryStore();
  const api = apiOver(store);
  const server = createServer(async (message, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const failure = failures.shift();
    const genuine = message.headers.authorization?.endsWith(
      `Signature=${signatureOf(message, body, 'eu-west-1')}`,
    );
    if (failure !== undefined || !genuine) {
      return response.writeHead(failure ?? 403).end('{"message":"Forbidden"}');
    }
    const method = message.method as 'GET' | 'POST';
    const answer = await api.call({ method, path: message.url!, ...(body !== '' && { body }) });
    response
      .writeHead(answer.status!, { 'content-type': String(answer.type) })
      .end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = (keys = KEYS) =>
    sweepApi(address, {
      region: 'eu-west-1',
      credentials: async () => keys,
      retry: { attempts: 3, baseMs: 1 },
    });
  return { store, client };
}

async function specOn(store: ReturnType<typeof memoryStore>) {
  const start = Date.UTC(2015, 0, 5);
  const bars = {
    assets: 2,
    bars: 50,
    seed: 1,
    correlation: 0,
    gapProbability: 0,
    interval: 'day',
    start,
  } as const;
  const { manifest, objects } = encodeDataset(synthBars(bars));
  await pushDataset(store, manifest, async (object) => objects.get(object)!);
  return { bars: manifest.datasetId, strategy: { name: 'momentum', params: { lookback: [5, 10] } } };
}

describe('the client of the API', () => {
  it('submits, asks, cancels and lists with signatures that hold', async () => {
    const { store, client } = await gateway();
    const spec = await specOn(store);
    const api = client();
    expect(await api.plan(spec)).toMatchObject({ runs: 2 });
    const { sweepId, generation } = await api.submit(spec);
    expect(generation).toBe(0);
    expect(await api.status(sweepId)).toMatchObject({ sweepId, state: 'submitted', summary: null });
    expect(await api.list(10)).toMatchObject([{ sweepId, active: true, published: 0 }]);
    expect(await api.resume(sweepId)).toMatchObject({ outcome: 'continued' });
    expect(await api.cancel(sweepId)).toMatchObject({ outcome: 'cancelled' });
    await expect(api.leaderboard(sweepId, 5, 'sharpe')).rejects.toThrow(/found it cancelling/);
  });

  it('passes on what the API refuses in its own words', async () => {
    const { client } = await gateway();
    const refused = client().submit({ bars: './bars', strategy: { name: 'momentum' } });
    await expect(refused).rejects.toThrow(InvalidInputError);
    await expect(refused).rejects.toThrow(/push it with `backsweep bars push`/);
    await expect(client().status('../x')).rejects.toThrow(InvalidInputError);
  });

  it('asks again where the API fails, and says so in the end', async () => {
    const { client } = await gateway(503, 429);
    expect(await client().list(1)).toEqual([]);
    const { client: other } = await gateway(500, 502, 503);
    await expect(other().list(1)).rejects.toThrow(OutsideError);
  });

  it('says what credentials need that are not accepted, and does not ask again', async () => {
    const { client } = await gateway();
    const denied = client({ ...KEYS, secretAccessKey: 'wrong' }).list(1);
    await expect(denied).rejects.toThrow(/execute-api:Invoke/);
    await expect(denied).rejects.toThrow(OutsideError);
  });

  it.each(['', 'ftp://x', 'not a url'])('refuses the address %j', (address) => {
    expect(() => sweepApi(address)).toThrow(InvalidInputError);
  });

  it('says where it cannot reach', async () => {
    const options = { credentials: async () => KEYS, retry: { attempts: 1 } };
    await expect(sweepApi('http://127.0.0.1:9', options).list(1)).rejects.toThrow(
      /cannot ask http:\/\/127.0.0.1:9/,
    );
  });
});
