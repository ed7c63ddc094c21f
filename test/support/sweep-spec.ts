import { parseSweepSpec } from '../../src/contracts/check-sweep-spec.ts';
import type { SweepSpec } from '../../src/contracts/sweep-spec.ts';

/** A checked spec with the given fields besides `bars` and the strategy's name. */
export function specOf(fields: { params?: unknown; [field: string]: unknown } = {}): SweepSpec {
  const { params = {}, ...rest } = fields;
  return parseSweepSpec({ bars: './bars', strategy: { name: 'momentum', params }, ...rest });
}

/** The message of the error that `act` throws; fails if it throws none. */
export function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  throw new Error('expected an error, found none');
}
