import * as z from 'zod';

const ISO = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/;
const DAY_MS = 86_400_000;

/** Epoch milliseconds of an ISO date (its midnight, UTC) or of an ISO time with a zone; NaN for anything else. */
function isoMs(text: string): number {
  const day = ISO.exec(text)?.[1];
  if (day === undefined) return Number.NaN;
  const midnight = Date.parse(`${day}T00:00:00Z`);
  // Date.parse may take February 30 for March 2
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) return Number.NaN;
  return Date.parse(text);
}

const EXPECTED = 'a date such as 2005-03-01 or a time such as 2005-03-01T14:30:00Z';

const isoTime = z.string({ error: EXPECTED }).superRefine((text, context) => {
  if (!Number.isNaN(isoMs(text))) return;
  context.addIssue({
    code: 'custom',
    message: `expected ${EXPECTED}, found ${JSON.stringify(text.slice(0, 40))}`,
  });
});

/** The bars a sweep uses; either end may be left out. */
export const period = z
  .strictObject({
    from: isoTime.optional().describe('First day or time (UTC); default: the first bar.'),
    to: isoTime.optional().describe('Last day, included, or last time (UTC); default: the last bar.'),
  })
  .superRefine((value, context) => {
    const { from, to } = periodBounds(value);
    if (!(from > to)) return;
    const message = `expected \`from\` before \`to\`, found ${value.from} to ${value.to}; swap the two`;
    context.addIssue({ code: 'custom', message });
  });

/** A period as it stands in a sweep file. */
export type Period = z.output<typeof period>;

/**
 * The first and the last epoch millisecond of a period, both included; -Infinity and Infinity where it is open.
 *
 * A `to` that is a date includes the whole of that day (UTC).
 */
export function periodBounds({ from, to }: Period): { from: number; to: number } {
  const last = to === undefined ? Number.POSITIVE_INFINITY : isoMs(to);
  return {
    from: from === undefined ? Number.NEGATIVE_INFINITY : isoMs(from),
    to: to?.length === 10 ? last + DAY_MS - 1 : last,
  };
}
