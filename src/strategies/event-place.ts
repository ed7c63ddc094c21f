const LAST_DATE_MS = 8.64e15;

/** A time for a message: the ISO date at midnight UTC, else the ISO date-time with Z; `no time` beyond all dates. */
export function timeText(ms: number): string {
  if (!(Math.abs(ms) <= LAST_DATE_MS)) return 'no time';
  return new Date(ms).toISOString().replace('T00:00:00.000Z', '').replace('.000Z', 'Z');
}

/** Where an error is: the event by its index from 0, and its time. */
export function eventPlace(event: number, ms: number): string {
  return `event ${event} (${timeText(ms)})`;
}
