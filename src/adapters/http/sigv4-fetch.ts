import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { SignatureV4 } from '@smithy/signature-v4';
import { InvalidInputError, OutsideError } from '../../contracts/errors.ts';

/** One request of JSON to an address below the API's. */
export interface SignedRequest {
  readonly method: 'GET' | 'POST';
  /** Begins with `/`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Undefined for none. */
  readonly body: string | undefined;
}

/** Longer than API Gateway waits for its function (30 s). */
const TIMEOUT_MS = 35_000;

/** Sends requests to an HTTP API, each signed with SigV4 by the credentials of the environment, as everywhere with AWS. */
export function signedFetch(base: URL): (request: SignedRequest) => Promise<Response> {
  const signer = new SignatureV4({
    service: 'execute-api',
    region: regionOf(base),
    credentials: credentials(),
    sha256: NodeSha256,
  });
  return async ({ method, path, query, body }) => {
    const signed = await signer.sign({
      method,
      protocol: base.protocol,
      hostname: base.hostname,
      path: base.pathname.replace(/\/$/, '') + path,
      query: { ...query },
      headers: {
        host: base.host,
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body,
    });
    const { host: _, ...headers } = signed.headers; // fetch sets it itself
    const url = new URL(signed.path, base);
    url.search = Object.entries(query)
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`) // %20 for a blank, as it is signed
      .join('&');
    return fetch(url, {
      method,
      headers,
      ...(body !== undefined && { body }),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  };
}

/** The region that the address names, else that of the environment. */
function regionOf({ hostname }: URL): string {
  const named = /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(hostname)?.[1];
  const region = named ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  if (region) return region;
  throw new InvalidInputError(
    `--api: expected an address that names its region, or AWS_REGION in the environment, found ${hostname}; set AWS_REGION`,
  );
}

/** Looked for once, and again before they expire. */
function credentials() {
  const chain = fromNodeProviderChain();
  return async () => {
    try {
      return await chain();
    } catch (cause) {
      throw new OutsideError(
        'credentials: expected some of AWS in the environment or a profile, found none that can be used; ' +
          `set AWS_PROFILE, or log in (${cause instanceof Error ? cause.message : String(cause)})`,
        { cause },
      );
    }
  };
}

/** The digest that the signer asks for, by Node. */
class NodeSha256 {
  readonly #secret: Uint8Array | string | undefined;
  #hash: Hash | Hmac;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#secret = secret === undefined ? undefined : plainBytes(secret);
    this.#hash = this.#fresh();
  }
  update(chunk: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(plainBytes(chunk));
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {
    this.#hash = this.#fresh();
  }
  #fresh = () => (this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret));
}

function plainBytes(data: string | ArrayBuffer | ArrayBufferView): string | Uint8Array {
  if (typeof data === 'string') return data;
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
