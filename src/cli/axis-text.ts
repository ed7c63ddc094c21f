import { shortId } from './format.ts';

/** The value of an axis for a person; - where there is none. */
export function axisText(value: unknown): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '-';
  // A file of instructions is named by its content; the beginning tells it from the others.
  return /^[0-9a-f]{64}$/.test(String(value)) ? shortId(String(value)) : String(value);
}
