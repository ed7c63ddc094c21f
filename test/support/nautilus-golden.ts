import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type NautilusCase, nautilusInput } from './nautilus-cases.ts';
import type { NautilusResult } from './nautilus-match.ts';

/** What NautilusTrader made of the seeded cases, kept so that it can be compared without Python. */
interface Golden {
  readonly engine: 'NautilusTrader';
  readonly version: string;
  readonly generator: string;
  readonly seeds: string;
  /** sha256 of the input: cases made otherwise need outcomes made anew. */
  readonly input: string;
  /** By case, in the order of the generator. */
  readonly results: readonly NautilusResult[];
}

const FILE = new URL('../golden/nautilus/seeded.json', import.meta.url);
const DIGITS = 13;

/** Keeps the outcomes of the cases, each on a line. */
export function writeGolden(
  version: string,
  cases: readonly NautilusCase[],
  results: readonly NautilusResult[],
): void {
  const head = {
    engine: 'NautilusTrader',
    version,
    generator: 'test/support/nautilus-cases.ts, test/peers/nautilus/run_instructions.py',
    seeds: '1000 · number of the kind + 0 to 3, as the names of the cases say',
    input: digestOf(cases),
  };
  const lines = results.map((result) => JSON.stringify(compact(result)));
  const text = `${JSON.stringify(head).slice(0, -1)},"results":[\n${lines.join(',\n')}\n]}\n`;
  writeFileSync(FILE, text);
}

/** An outcome as it is kept: numbers of 13 digits. */
export function compact({ fills, refused, equity, endedAt }: NautilusResult): NautilusResult {
  const short = (x: number) => Number(x.toPrecision(DIGITS));
  return {
    fills: fills.map(([bar, asset, reason, quantity, price, fee]) => [
      bar,
      asset,
      reason,
      short(quantity),
      short(price),
      short(fee),
    ]),
    refused,
    equity: equity.map(short),
    endedAt,
  };
}

/** The kept outcomes; an error where the cases are no longer those that they were made of. */
export function readGolden(cases: readonly NautilusCase[]): Golden {
  if (!existsSync(FILE))
    throw new Error(`expected ${FILE.pathname}, written by NAUTILUS_GOLDEN=write npm run test:peers`);
  const golden: Golden = JSON.parse(readFileSync(FILE, 'utf8'));
  if (golden.input !== digestOf(cases)) {
    throw new Error(
      `expected the cases that ${FILE.pathname} was made of, found others; ` +
        'NAUTILUS_GOLDEN=write npm run test:peers makes it anew',
    );
  }
  return golden;
}

function digestOf(cases: readonly NautilusCase[]): string {
  return createHash('sha256')
    .update(JSON.stringify(cases.map(nautilusInput)))
    .digest('hex');
}
