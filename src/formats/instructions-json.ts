import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { InvalidInputError } from '../contracts/errors.ts';
import { shown } from '../contracts/expected.ts';
import { type RebalanceEvent, rebalanceEventSchema } from '../contracts/rebalance-event.ts';
import { rebalanceEventChecksum } from './rebalance-event-checksum.ts';
import { formatTimestamp, parseTimestamp } from './timestamp.ts';

/**
 * Rebalance events from a JSON text: an array of `{timestamp, instructions, metadata?, checksum?}`.
 *
 * Numbers as timestamps are epoch milliseconds. A checksum given is verified, one left out is computed.
 *
 * @param file its name, for messages
 * @throws InvalidInputError naming line and column of a syntax error, else event (by index from 0), asset and field
 */
export function parseInstructionsJson(text: string, file: string): RebalanceEvent[] {
  return rebalanceEvents(parseJson(text, file), file);
}

/** The same from JSON already parsed: what an API receives; `where` begins every message. */
export function rebalanceEvents(value: unknown, where: string): RebalanceEvent[] {
  if (!Array.isArray(value)) {
    throw new InvalidInputError(`${where}: expected an array of rebalance events, found ${shown(value)}`);
  }
  return value.map((event, e) => rebalanceEvent(event, `${where}: event ${e}`));
}

function rebalanceEvent(value: unknown, where: string): RebalanceEvent {
  const parsed = rebalanceEventSchema.safeParse(value);
  const given: unknown = (value as { timestamp?: unknown } | null)?.timestamp;
  if (!parsed.success) throw schemaError(parsed.error.issues[0]!, where, epochMs(given));
  const { timestamp, instructions, metadata, checksum } = parsed.data;
  const ms = epochMs(timestamp);
  if (Number.isNaN(ms)) {
    throw new InvalidInputError(
      `${where}: expected timestamp as ISO date-time or epoch milliseconds, found ${shown(timestamp)}`,
    );
  }
  const computed = rebalanceEventChecksum({ timestamp: ms, instructions });
  if (checksum !== undefined && checksum !== computed) {
    throw new InvalidInputError(
      `${where} (${formatTimestamp(ms)}): expected checksum ${computed} of this content, found ${checksum}; ` +
        'the event was changed after its checksum was taken: get it anew, or leave the checksum out',
    );
  }
  return metadata === undefined
    ? { timestamp: ms, instructions, checksum: computed }
    : { timestamp: ms, instructions, metadata, checksum: computed };
}

/** NaN where it is no time. `parseTimestamp` would guess the unit of a number; here the contract says milliseconds. */
function epochMs(timestamp: unknown): number {
  if (typeof timestamp === 'number') return new Date(timestamp).getTime();
  return typeof timestamp === 'string' ? parseTimestamp(timestamp) : Number.NaN;
}

function schemaError(issue: z.core.$ZodIssue, where: string, ms: number): InvalidInputError {
  const time = Number.isNaN(ms) ? '' : ` (${formatTimestamp(ms)})`;
  const [member, asset, ...fields] = issue.path.map(String);
  const place =
    member === 'instructions' && asset !== undefined ? [`asset ${asset}`, ...fields] : issue.path.map(String);
  return new InvalidInputError(`${[`${where}${time}`, ...place].join(', ')}: ${issue.message}`);
}

function parseJson(text: string, file: string): unknown {
  const json = text.replace(/^\uFEFF/, '');
  try {
    return JSON.parse(json);
  } catch (cause) {
    const { message } = cause as SyntaxError;
    throw new InvalidInputError(
      `${file}${lineAndColumn(json)}: expected JSON, found a syntax error: ${message}`,
      { cause },
    );
  }
}

/** `:line:column` of the first syntax error, which JSON.parse does not tell; the YAML parser reads strict JSON too. */
function lineAndColumn(json: string): string {
  const lineCounter = new LineCounter();
  const [error] = parseDocument(json, { schema: 'json', lineCounter, prettyErrors: false }).errors;
  if (!error) return '';
  const { line, col } = lineCounter.linePos(error.pos[0]);
  return `:${line}:${col}`;
}
