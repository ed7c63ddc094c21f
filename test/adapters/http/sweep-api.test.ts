import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSweepApi } from '../../../src/adapters/http/sweep-api.ts';
import { memoryStore } from '../../../src/adapters/memory/memory-store.ts';
import { InvalidInputError, OutsideError } from '../../../src/contracts/errors.ts';
import { type ApiServer, startApi } from '../../support/api-server.ts';
import { signatures } from '../../support/sigv4.ts';

const ID = '0123456789abcdef0123456789abcdef';
const FAST = { attempts: 4, baseMs: 1 };
let server: ApiServer;
const environment = process.env;

beforeAll(async () => {
  process.env = {
    ...environment,
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret/with+signs',
    AWS_REGION: 'eu-west-1',
  };
  server = await startApi(memoryStore());
});
afterAll(async () => {
  await server.stop();
  process.env = environment;
});
beforeEach(() => {
  server.instead = () => null;
  server.received.length = 0;
});

describe('the client of the API', () => {
  it('signs method, path, query and body by SigV4, whatever is in them', async () => {
    server.instead = () => ({ status: 400, body: '{"detail":"no"}' });
    const api = openSweepApi(`${server.url}/stage/`, FAST);
    await expect(api.leaderboard(ID, { by: 'a b&c=ü*', limit: 7 })).rejects.toThrow('no');
    await expect(api.submit({ name: 'größer ✓' })).rejects.toThrow('no');
    const [asked, sent] = server.received;
    expect(asked!.path).toBe(`/stage/sweeps/${ID}/leaderboard`);
    expect(new URLSearchParams(asked!.query).get('by')).toBe('a b&c=ü*');
    expect(sent).toMatchObject({ method: 'POST', path: '/stage/sweeps', body: '{"name":"größer ✓"}' });
    const { scope, found, expected } = signatures(sent!, 'secret/with+signs');
    expect(scope).toMatch(/^\d{8}\/eu-west-1\/execute-api\/aws4_request$/);
    expect(found).toBe(expected);
    // A canonical query escapes all but letters, digits and -._~ (RFC 3986); what travels may leave * as it is.
    const canonical = { ...asked!, query: asked!.query.replaceAll('*', '%2A') };
    const query = signatures(canonical, 'secret/with+signs');
    expect(query.found).toBe(query.expected);
  });

  it.each([429, 500, 502, 503])('tries again after status %i', async (status) => {
    let left = 3;
    server.instead = () => (left-- > 0 ? { status, body: 'busy' } : null);
    expect(await openSweepApi(server.url, FAST).list(10)).toEqual([]);
    expect(server.received).toHaveLength(4);
  });

  it('gives up after the last try, as a failure outside that says where and what', async () => {
    server.instead = () => ({ status: 503, body: '{"detail":"later"}' });
    const asked = openSweepApi(server.url, FAST).status(ID);
    await expect(asked).rejects.toThrow(OutsideError);
    await expect(asked).rejects.toThrow(
      /^GET http:.*\/sweeps\/0123.*: tried several times, found status 503: later$/,
    );
    expect(server.received).toHaveLength(4);
  });

  it.each<[string, { status: number; body: string }, typeof InvalidInputError | typeof OutsideError, RegExp]>(
    [
      [
        'a problem',
        { status: 400, body: '{"detail":"limit: expected 1"}' },
        InvalidInputError,
        /^limit: expected 1$/,
      ],
      [
        'a refused signature',
        { status: 403, body: '{"message":"Forbidden"}' },
        OutsideError,
        /access denied; check.*Forbidden/,
      ],
      [
        'another API',
        { status: 404, body: '{"message":"Not Found"}' },
        InvalidInputError,
        /found status 404; check --api$/,
      ],
      [
        'a page',
        { status: 200, body: '<html>' },
        OutsideError,
        /expected what the API of this version answers/,
      ],
      ['a redirect', { status: 302, body: '' }, InvalidInputError, /found status 302; check --api$/],
      [
        'another shape',
        { status: 200, body: '{"sweeps":[{"sweepId":"../x"}]}' },
        OutsideError,
        /\(sweeps\.0\.sweepId\)/,
      ],
    ],
  )('takes %s for what it is, at once', async (_, answer, kind, message) => {
    server.instead = () => answer;
    const asked = openSweepApi(server.url, FAST).list(10);
    await expect(asked).rejects.toThrow(kind);
    await expect(asked).rejects.toThrow(message);
    expect(server.received).toHaveLength(1);
  });

  it('hears from the API that a sweep is unknown', async () => {
    await expect(openSweepApi(server.url, FAST).status(ID)).rejects.toThrow(
      new InvalidInputError(`sweep ${ID}: expected a sweep that was submitted here, found none`),
    );
  });

  it('says why nobody answers', async () => {
    const gone = await startApi(memoryStore());
    await gone.stop();
    await expect(openSweepApi(gone.url, FAST).list(1)).rejects.toThrow(
      /no answer, tried several times \(.*ECONNREFUSED/,
    );
  });

  it.each(['ftp://x', 'api', 'http://example.com', ''])('takes no address such as %j', (address) => {
    expect(() => openSweepApi(address)).toThrow(/^--api: expected the https address of a stack/);
  });

  it('takes the region from the address, and needs one from somewhere', () => {
    const { AWS_REGION: _, ...rest } = process.env;
    const before = process.env;
    process.env = rest;
    try {
      expect(() => openSweepApi('https://sweeps.example.com')).toThrow(
        /found sweeps\.example\.com; set AWS_REGION$/,
      );
      openSweepApi('https://abc.execute-api.eu-north-1.amazonaws.com');
    } finally {
      process.env = before;
    }
  });

  it('sends nothing for an id that is none', async () => {
    const api = openSweepApi(server.url, FAST);
    await expect((async () => api.status('../plan'))()).rejects.toThrow(InvalidInputError);
    expect(server.received).toHaveLength(0);
  });
});
