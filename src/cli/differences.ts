import { valueText } from './run-text.ts';
import { table } from './table.ts';

/** A field that two documents do not share; undefined = it is not there. */
export interface Difference {
  readonly field: string;
  readonly a: unknown;
  readonly b: unknown;
}

/** The fields in which two documents of plain values differ, by path (`stops.stopLoss`); lists count as one value. */
export function differences(a: unknown, b: unknown, path = ''): Difference[] {
  const isGroup = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
  if (isGroup(a) && isGroup(b)) {
    const [left, right] = [a, b] as Readonly<Record<string, unknown>>[];
    const names = [...new Set([...Object.keys(left!), ...Object.keys(right!)])];
    return names.flatMap((name) =>
      differences(left![name], right![name], path === '' ? name : `${path}.${name}`),
    );
  }
  return JSON.stringify(a) === JSON.stringify(b) ? [] : [{ field: path, a, b }];
}

/** Differences as a table. */
export function differencesText(found: readonly Difference[]): string {
  if (found.length === 0) return 'none\n';
  return table(
    ['field', 'A', 'B'],
    found.map(({ field, a, b }) => [field, valueText(a), valueText(b)]),
  );
}
