import * as z from 'zod';
import { expected, shown } from './expected.ts';

const distance = (what: string) => {
  const message = expected('a fraction > 0, or null for none');
  return z.number(message).positive(message).nullable().optional().describe(what);
};

/** Stops of one instruction: absent = the run's default, null = none; unknown fields and ±Infinity are refused. */
export const stopRuleSchema = z.strictObject(
  {
    stopLoss: distance('Exit at this loss, as a fraction of the entry price'),
    trailingStop: distance('Exit at this retreat, as a fraction of the best price since entry'),
    takeProfit: distance('Exit at this gain, as a fraction of the entry price'),
  },
  expected('stops {stopLoss?, trailingStop?, takeProfit?}'),
);

/** The three stops, in the order of columns. */
export const STOP_FIELDS = ['stopLoss', 'trailingStop', 'takeProfit'] as const;

export type StopField = (typeof STOP_FIELDS)[number];

/**
 * What is wrong with stops beside a weight, as `expected …, found …`, or null if nothing is (SEMANTICS.md section 2).
 *
 * Stops need a weight that is neither null nor 0 (an object without any is no stop); each is a fraction > 0 or null;
 * stop loss and trailing stop of a long stay below 1, as a level at or below 0 is never touched.
 */
export function stopFault(
  stops: Readonly<Partial<Record<StopField, unknown>>>,
  weight: number | null,
): { field: StopField; message: string } | null {
  for (const field of STOP_FIELDS) {
    const value = stops[field];
    if (value === undefined) continue;
    if (!weight)
      return { field, message: `expected no stops beside weight ${weight}, found ${shown(value)}` };
    if (value === null) continue;
    if (typeof value !== 'number' || !(value > 0) || value === Number.POSITIVE_INFINITY) {
      return { field, message: `expected a fraction > 0, or null for none, found ${shown(value)}` };
    }
    if (field !== 'takeProfit' && weight > 0 && value >= 1) {
      return { field, message: `expected a fraction in (0, 1) for a long, found ${value}` };
    }
  }
  return null;
}
