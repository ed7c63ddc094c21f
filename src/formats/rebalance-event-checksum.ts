import type { RebalanceEvent } from '../contracts/rebalance-event.ts';
import { canonicalJson, sha256Hex } from './canonical-json.ts';

/**
 * The checksum of an event: sha256 of the canonical JSON of `{timestamp, instructions}`, time in epoch milliseconds,
 * cells with weight null left out, everything else as it was given (SEMANTICS.md section 2).
 */
export function rebalanceEventChecksum({
  timestamp,
  instructions,
}: Pick<RebalanceEvent, 'timestamp' | 'instructions'>): string {
  const explicit = Object.entries(instructions).filter(([, { weight }]) => weight !== null);
  return sha256Hex(canonicalJson({ timestamp, instructions: Object.fromEntries(explicit) }));
}

/** sha256 of a list of events by their checksums: names its content whatever file format it came in. */
export function instructionsSha256(events: readonly RebalanceEvent[]): string {
  return sha256Hex(canonicalJson(events.map((event) => event.checksum)));
}
