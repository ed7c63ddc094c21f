const TIME = String.raw`(?:[T ]+(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)? *(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?`;
const YEAR_FIRST = new RegExp(String.raw`^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})${TIME}$`, 'i');
const COMPACT = new RegExp(String.raw`^(\d{4})()(\d{2})(\d{2})${TIME}$`, 'i');
const MONTH_FIRST = new RegExp(String.raw`^(\d{1,2})(/)(\d{1,2})\2(\d{4})${TIME}$`, 'i');
const NUMBER = /^[+-]?\d+(\.\d*)?(e[+-]?\d+)?$/i;
const INTEGER = /^[+-]?\d+$/;
const ZONE = /^([+-])(\d{2}):?(\d{2})?$/;

/**
 * The instant that a value from somebody's file means: epoch milliseconds UTC, or NaN where it means none.
 *
 * Texts: ISO dates and date-times, `YYYY/MM/DD`, `YYYY.MM.DD`, `YYYYMMDD`, `M/D/YYYY`, each with an optional
 * `HH:MM[:SS[.fff]]` and zone; without a zone it is UTC, never the host's. Numbers (and digits in a text) are
 * epoch seconds, milliseconds, microseconds or nanoseconds by magnitude (below 1e11, 1e14, 1e17, 1e20), except
 * that eight digits from 19000101 to 20991231 are a date. What is finer than a millisecond is cut off.
 * Impossible dates (2015-02-30) and times (24:00) are NaN.
 */
export function parseTimestamp(value: string | number | bigint | Date): number {
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value === 'bigint') return fromBigInt(value);
  if (value instanceof Date) return value.getTime();
  const text = value.trim();
  const yearFirst = YEAR_FIRST.exec(text);
  if (yearFirst) return fromParts(yearFirst[1]!, yearFirst[3]!, yearFirst[4]!, yearFirst);
  if (INTEGER.test(text)) return text.length > 24 ? Number.NaN : fromBigInt(BigInt(text.replace('+', '')));
  if (NUMBER.test(text)) return fromNumber(Number(text));
  const compact = COMPACT.exec(text);
  if (compact) return fromParts(compact[1]!, compact[3]!, compact[4]!, compact);
  const monthFirst = MONTH_FIRST.exec(text);
  if (monthFirst) return fromParts(monthFirst[4]!, monthFirst[1]!, monthFirst[3]!, monthFirst);
  return Number.NaN;
}

/** An instant for a message: the ISO date at midnight UTC, else the ISO date-time with Z; `no time` for NaN. */
export function formatTimestamp(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return 'no time';
  return date.toISOString().replace('T00:00:00.000Z', '').replace('.000Z', 'Z');
}

/** Groups 5 to 9 of `match` are hours, minutes, seconds, fraction and zone, as TIME captures them. */
function fromParts(year: string, month: string, day: string, match: RegExpExecArray): number {
  const midnight = utcMidnight(Number(year), Number(month), Number(day));
  if (match[5] === undefined) return midnight;
  const [hours, minutes, seconds] = [Number(match[5]), Number(match[6]), Number(match[7] ?? 0)];
  if (hours > 23 || minutes > 59 || seconds > 59) return Number.NaN;
  const millis = Number((match[8] ?? '').padEnd(3, '0').slice(0, 3));
  return midnight + ((hours * 60 + minutes) * 60 + seconds) * 1000 + millis - zoneOffsetMs(match[9]);
}

function utcMidnight(year: number, month: number, day: number): number {
  const date = new Date(Date.UTC(year, month - 1, day));
  // Date.UTC carries 02-30 over into March and reads the year 15 as 1915.
  const same =
    date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return same ? date.getTime() : Number.NaN;
}

function zoneOffsetMs(zone: string | undefined): number {
  const match = ZONE.exec(zone ?? '');
  if (!match) return 0;
  const [hours, minutes] = [Number(match[2]), Number(match[3] ?? 0)];
  if (hours > 14 || minutes > 59) return Number.NaN;
  return (match[1] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

function fromNumber(value: number): number {
  const size = Math.abs(value);
  if (size < 1e11) return isCompactDate(value) ? fromCompactDate(value) : Math.floor(value * 1000);
  if (size < 1e14) return Math.floor(value);
  if (size < 1e17) return Math.floor(value / 1e3);
  // A double holds nanoseconds in steps of 256: half a microsecond keeps a whole millisecond from falling short.
  return size < 1e20 ? Math.floor(value / 1e6 + 0.0005) : Number.NaN;
}

function fromBigInt(value: bigint): number {
  const size = value < 0n ? -value : value;
  if (size < 10n ** 17n) return fromNumber(Number(value));
  if (size >= 10n ** 20n) return Number.NaN;
  const remainder = value % 1_000_000n;
  return Number((value - (remainder < 0n ? remainder + 1_000_000n : remainder)) / 1_000_000n);
}

function isCompactDate(value: number): boolean {
  return Number.isInteger(value) && value >= 19_000_101 && value <= 20_991_231;
}

function fromCompactDate(value: number): number {
  return utcMidnight(Math.floor(value / 10_000), Math.floor(value / 100) % 100, value % 100);
}
