import { createHash } from 'node:crypto';

/**
 * JSON with one spelling: keys sorted by code unit, no white space, shortest round-trip numbers (`-0` as `0`),
 * `undefined` members left out. Throws RangeError for NaN and infinities, which JSON cannot say.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new RangeError(`canonical JSON: expected a finite number, found ${value}`);
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/** sha256 of bytes, or of text as UTF-8, in lower-case hex. */
export function sha256Hex(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}
