import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { importBars } from '../../src/adapters/local/import-bars.ts';
import type { Bars } from '../../src/core/bars.ts';
import { joinBars } from '../../src/formats/join-bars.ts';
import type { VectorbtCase, VectorbtInput, VectorbtOutcome } from './vectorbt-cases.ts';
import { firstBars, inSequence } from './vectorbt-match.ts';
import { isComparable, METRIC_NAMES } from './vectorbt-outcome.ts';
import { ordersInput, signalsInput } from './vectorbt-random.ts';

/** Where the bars of a family of cases come from; the real ones lie beside the repository. */
export const SOURCES = {
  random: { seeds: [0, 400] },
  daily: {
    seeds: [1_000, 1_100],
    files: ['equities-daily-ohlc/us_adjusted.csv.gz', 'multi-asset-daily-ohlc/crypto_daily.csv.gz'],
  },
  intraday: {
    seeds: [2_000, 2_100],
    files: ['intraday/us_equity_1h_raw_lean.csv.gz', 'intraday/crypto_5m_panel_freqtrade.csv.gz'],
  },
} as const;
export type Source = keyof typeof SOURCES;
const GENERATORS = { orders: ordersInput, signals: signalsInput } as const;
export type Family = keyof typeof GENERATORS;

const DATA = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const golden = (name: string) => new URL(`../golden/vectorbt/${name}.json`, import.meta.url);

/** The families of cases, and whether their bars are on this machine. */
export const FAMILIES = (Object.keys(GENERATORS) as Family[]).flatMap((family) =>
  (Object.keys(SOURCES) as Source[]).map((source) => ({
    family,
    source,
    name: `${family}-${source}`,
    isHere: source === 'random' || SOURCES[source].files.every((file) => existsSync(DATA + file)),
  })),
);

const panels = new Map<string, Promise<Bars>>();

async function readPanel(file: string): Promise<Bars> {
  return joinBars((await importBars([DATA + file], { onBadBar: 'drop' })).symbols);
}

/** The cases of a family, by ascending seed; those of real bars take the files in turn. */
export async function inputsOf(family: Family, source: Source): Promise<VectorbtInput[]> {
  const [first, end] = SOURCES[source].seeds;
  const seeds = Array.from({ length: end - first }, (_, i) => first + i);
  if (source === 'random') return seeds.map((seed) => GENERATORS[family](seed));
  const { files } = SOURCES[source];
  const bars = await Promise.all(
    files.map((file) => {
      if (!panels.has(file)) panels.set(file, readPanel(file));
      return panels.get(file)!;
    }),
  );
  return seeds.map((seed) => GENERATORS[family](seed, bars[seed % bars.length]));
}

/** What a golden file holds: who made it of what, and one digest a case. */
const goldenFile = z.strictObject({
  engine: z.literal('vectorbt'),
  version: z.string(),
  versions: z.record(z.string(), z.string()),
  generator: z.string(),
  seeds: z.tuple([z.int(), z.int()]).describe('The first, and the one after the last.'),
  /** As `digestOf` says; null = undefined. */
  digests: z.array(z.array(z.number().nullable())),
});

export type GoldenFile = z.output<typeof goldenFile>;

export const readGolden = (name: string): GoldenFile =>
  goldenFile.parse(JSON.parse(readFileSync(golden(name), 'utf8')));

/** The text of a golden file, a case a line. */
export function goldenText({ digests, ...head }: GoldenFile): string {
  const lines = digests.map((digest) => `    ${JSON.stringify(digest)}`);
  return `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "digests": [\n${lines.join(',\n')}\n  ]\n}\n`;
}

export const goldenPath = (name: string): string => fileURLToPath(golden(name));

const PRIME = 1_000_003;

/**
 * An outcome in few numbers, each moved by any deviation of those it is made of: bars compared, number of orders, their
 * bars, assets and sides in sequence (a whole number), Σ (1 + i)·size, price and fee of order i, cash and equity at the
 * end, Σ cash, Σ equity, Σ cash and Σ positions as simulated, and the metrics where all bars are compared. Of 13 digits.
 *
 * @param bars as `comparableBars` of our outcome says
 */
export function digestOf(given: VectorbtCase, whole: VectorbtOutcome, bars: number): (number | null)[] {
  const outcome = firstBars(whole, bars);
  const orders = inSequence(outcome.orders, given);
  const places = orders.reduce(
    (hash, { idx, col, side }) => (hash * 31 + idx * 64 + col * 2 + (side === 'buy' ? 1 : 0)) % PRIME,
    1,
  );
  const weighted = (field: 'size' | 'price' | 'fees') =>
    orders.reduce((sum, order, i) => sum + (1 + i) * order[field], 0);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const isWhole = bars === given.bars.length;
  const metrics = METRIC_NAMES.map((name) =>
    isWhole && isComparable(name, whole) ? whole[name] : Number.NaN,
  );
  return [
    bars,
    orders.length,
    places,
    weighted('size'),
    weighted('price'),
    weighted('fees'),
    (outcome.cash.at(-1) ?? Number.NaN) + (outcome.value.at(-1) ?? Number.NaN),
    outcome.value.at(-1) ?? Number.NaN,
    sum(outcome.cash) + sum(outcome.value),
    sum(outcome.value),
    sum(outcome.simulated!.cash) + sum(outcome.value),
    sum(outcome.simulated!.assets.flat()),
    ...metrics,
  ].map((value) => (Number.isFinite(value) ? Number(value.toPrecision(13)) : null));
}
