import * as z from 'zod';

/** One value of one parameter of one run. */
export type Scalar = number | string | boolean | null;

/** Evenly spaced numbers; `to` is included where it is reached exactly. */
export interface Range {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** One dimension of the grid: where its value goes in a run (`params.lookback`, `fill.stopFill`) and the values. */
export interface Axis {
  readonly path: string;
  readonly values: readonly Scalar[];
}

/** Values of one axis, counted before a range is expanded. */
const MAX_AXIS_VALUES = 10_000;

/** Mantissa digits as an integer, and the power of ten it is multiplied by, of the shortest text of x; exact. */
function decimal(x: number): { digits: bigint; exponent: number } {
  const [mantissa = '', power = '0'] = String(x).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}

/** The range in whole multiples of 10^exponent, so that no step rounds. */
function exactRange({ from, to, step }: Range) {
  const parts = [from, to, step].map(decimal);
  const exponent = Math.min(...parts.map((part) => part.exponent));
  const [first, last, by] = parts.map((part) => part.digits * 10n ** BigInt(part.exponent - exponent));
  return { first: first!, last: last!, by: by!, exponent };
}

/**
 * Number of values of a range, without expanding it: 0 where `to` lies below `from`.
 *
 * Counted in decimal: {from: 0, to: 0.3, step: 0.1} has 4. The step must be > 0 and all three finite.
 */
export function rangeCount(range: Range): bigint {
  const { first, last, by } = exactRange(range);
  return last < first ? 0n : (last - first) / by + 1n;
}

/**
 * The values of a range, each the double nearest to the decimal from + i·step: 0.3, never 0.30000000000000004.
 *
 * `to` is the last value if it is reached exactly, else the last value lies below it. The caller has checked the count.
 */
export function rangeValues(range: Range): number[] {
  const { first, by, exponent } = exactRange(range);
  const count = Number(rangeCount(range));
  return Array.from({ length: count }, (_, i) => Number(`${first + BigInt(i) * by}e${exponent}`));
}

/** True where the value of a swept field is an axis of the grid. */
export function isAxis(value: unknown): value is readonly Scalar[] | Range {
  return Array.isArray(value) || isRange(value);
}

/** True for objects that mean a range, well-formed or not: nothing else has a field `from`, `to` or `step`. */
function isRange(value: unknown): value is Range {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.hasOwn(value, 'from') || Object.hasOwn(value, 'to') || Object.hasOwn(value, 'step');
}

/** The values of an axis in the order in which they were written. */
export function axisValues(value: readonly Scalar[] | Range): readonly Scalar[] {
  return isRange(value) ? rangeValues(value) : value;
}

/** The first value that stands on an axis twice, or undefined; 1 and 1.0 are the same, "1" is another. */
export function duplicateOf(values: readonly Scalar[]): Scalar | undefined {
  const seen = new Set<Scalar>();
  return values.find((value) => seen.size === seen.add(value).size);
}

/** A finite number; -0 is 0, as everywhere. */
export const finiteNumber = z.number().overwrite((x) => x + 0);

const RANGE = 'a range {from, to, step}';

const range = z
  .strictObject({
    from: finiteNumber.describe('First value.'),
    to: finiteNumber.describe('Last value, included where it is reached exactly.'),
    step: finiteNumber.gt(0).describe('Distance between neighbours, above 0.'),
  })
  .describe('Evenly spaced numbers, computed in decimal.')
  .superRefine((value, context) => {
    const say = (message: string) => context.addIssue({ code: 'custom', message });
    if (!(value.step > 0)) return; // said by the field itself
    const count = rangeCount(value);
    if (count === 0n) {
      say(`expected \`to\` at or above \`from\`, found from ${value.from} to ${value.to}; swap the two`);
    } else if (count > MAX_AXIS_VALUES) {
      say(
        `expected at most ${MAX_AXIS_VALUES} values on an axis, found a range of ${count}; use a larger step`,
      );
    } else if (duplicateOf(rangeValues(value)) !== undefined) {
      say(
        `expected a step that changes the value, found ${value.step}, lost in the rounding; use a larger step`,
      );
    }
  });

/** A list of scalars that is an axis: 1 to 10,000 different values. */
function listOf<S extends z.ZodType<Scalar>>(scalar: S) {
  return z
    .array(scalar)
    .min(1)
    .max(MAX_AXIS_VALUES)
    .describe('Several values: an axis of the grid.')
    .superRefine((values, context) => {
      const twice = duplicateOf(values);
      if (twice === undefined) return;
      const message = `expected different values, found ${JSON.stringify(twice)} twice; remove one`;
      context.addIssue({ code: 'custom', message });
    });
}

/** The scalar, or a list of them: for fields that are not numbers. */
export function sweptChoice<S extends z.ZodType<Scalar>>(scalar: S) {
  return z.union([scalar, listOf(scalar)]);
}

/** The number (or null), a list, or a range whose ends the scalar's schema accepts. */
export function sweptNumber<S extends z.ZodType<number | null>>(scalar: S) {
  const bounded = range.superRefine((value, context) => {
    for (const end of ['from', 'to'] as const) {
      const issues = scalar.safeParse(value[end], { error: () => '' }).error?.issues ?? [];
      for (const issue of issues) {
        context.addIssue({ ...issue, input: value[end], path: [end] } as z.core.$ZodRawIssue);
      }
    }
  });
  const numbers = scalar.safeParse(null).success ? 'a number or null' : 'a number';
  return z.union([scalar, listOf(scalar), bounded], { error: `${numbers}, a list of them, or ${RANGE}` });
}

const scalar = z.union([finiteNumber, z.string().max(1024), z.boolean(), z.null()], {
  error: 'a number, text, true, false or null',
});

const named = z
  .record(z.string().min(1).max(64), scalar)
  .superRefine((value, context) => {
    // an issue of type, so that a range with a mistake in it is judged as a range
    if (isRange(value))
      context.issues.push({ code: 'invalid_type', expected: 'record', input: value, continue: false });
  })
  .describe('Named values that belong together, such as weights by symbol: one fixed value, not an axis.');

/**
 * A parameter of a strategy: a scalar, a list of scalars (numbers, text, booleans and nulls mixed), a range, or
 * named values that are not swept.
 */
export const sweptParameter = z.union([scalar, listOf(scalar), range, named], {
  error: `a number, text, true, false or null, a list of them, ${RANGE}, or named values`,
});
