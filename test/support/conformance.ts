import { readdirSync, readFileSync } from 'node:fs';
import type { FillPreset } from '../../src/core/fill-model.ts';

const CASES = new URL('../../conformance/cases/', import.meta.url);

type Stops = Readonly<Partial<Record<'stopLoss' | 'trailingStop' | 'takeProfit', number | null>>>;

/** One case of conformance/, as case.schema.json states it. */
export interface ConformanceCase {
  readonly name: string;
  readonly preset: FillPreset;
  readonly fill?: Readonly<Record<string, string | boolean>>;
  readonly why: string;
  readonly config?: Readonly<Record<string, unknown>> & { readonly stops?: Stops };
  readonly bars: Readonly<Record<string, readonly (readonly [number, number, number, number] | null)[]>>;
  readonly events: readonly {
    readonly bar: number;
    readonly instructions: Readonly<
      Record<string, { readonly weight: number | null; readonly stops?: Stops }>
    >;
  }[];
  readonly orders: readonly (readonly [
    bar: number,
    asset: string,
    quantity: number,
    price: number,
    reason: string,
  ])[];
  readonly equity: readonly number[];
}

/** All cases by file. */
export function conformanceCases(): { readonly file: string; readonly cases: readonly ConformanceCase[] }[] {
  return readdirSync(CASES)
    .sort()
    .map((file) => ({ file, cases: JSON.parse(readFileSync(new URL(file, CASES), 'utf8')) }));
}

/** What tells a case from the others of its file. */
export const titleOf = ({ name, preset, fill }: ConformanceCase) =>
  `${name}, ${preset}${fill ? ` with ${JSON.stringify(fill)}` : ''}`;
