import { createHash, createHmac } from 'node:crypto';
import type { Received } from './api-server.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/**
 * The signature that a request must have by the specification of SigV4 (a canonical request of method, path, query,
 * signed headers and digest of the body; a key derived from date, region and service), beside the one it has.
 */
export function signatures(request: Received, secret: string) {
  const { authorization = '' } = request.headers;
  const [, scope, signed, found] =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      authorization,
    ) ?? [];
  const names = (signed ?? '').split(';');
  const canonical = [
    request.method,
    request.path,
    request.query.split('&').sort().join('&'),
    ...names.map((name) => `${name}:${request.headers[name]}`),
    '',
    signed,
    sha256(request.body),
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const [date, region, service] = (scope ?? '').split('/');
  const key = [region!, service!, 'aws4_request'].reduce<Buffer>(
    (before, part) => hmac(before, part),
    hmac(`AWS4${secret}`, date!),
  );
  return { scope, names, found, expected: hmac(key, text).toString('hex') };
}
