import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ParadoxResult } from './paradox.ts';

/** What vectorbt made of the cases of docs/paradox.md. */
export interface ParadoxGolden {
  readonly engine: 'vectorbt';
  readonly version: string;
  readonly generator: string;
  readonly results: Readonly<Record<string, ParadoxResult>>;
  /** What from_signals answers to target weights. */
  readonly refusal: string;
}

export const PARADOX_GOLDEN = fileURLToPath(new URL('../golden/vectorbt/paradox.json', import.meta.url));
export const PARADOX_PICTURE = fileURLToPath(new URL('../../docs/paradox.svg', import.meta.url));

export const readParadoxGolden = () => JSON.parse(readFileSync(PARADOX_GOLDEN, 'utf8')) as ParadoxGolden;
