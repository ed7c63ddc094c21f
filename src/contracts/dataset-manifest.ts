import * as z from 'zod';

const name = z
  .string()
  .min(1)
  .max(64)
  .refine((text) => !['__proto__', 'constructor', 'prototype'].includes(text), 'is a reserved name');
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const instant = z.int();

/** The columns of every object of a dataset, in order; times are UTC. */
export const BAR_SCHEMA = [
  { name: 'ts', type: 'timestamp[ms]' },
  { name: 'open', type: 'double' },
  { name: 'high', type: 'double' },
  { name: 'low', type: 'double' },
  { name: 'close', type: 'double' },
  { name: 'volume', type: 'double' },
] as const;

const [ts, open, high, low, close, volume] = BAR_SCHEMA.map(({ name, type }) =>
  z.strictObject({ name: z.literal(name), type: z.literal(type) }),
);

const symbolEntry = z.strictObject({
  symbol: name,
  /** Key of the symbol's Parquet object, relative to the dataset: one safe segment. */
  object: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._=-]{0,120}\.parquet$/),
  sha256,
  bytes: z.int().min(1),
  rows: z.int().min(1),
  /** First and last bar; epoch milliseconds, UTC. */
  from: instant,
  to: instant,
});

/**
 * What a dataset is made of: `manifest.json` beside its Parquet objects, immutable.
 *
 * `datasetId` is the first 32 hex digits of the sha256 of the canonical JSON of all other members
 * (see formats/dataset-id.ts); `bars` is the length of the union of all times, `from` and `to` its ends.
 */
export const datasetManifest = z.strictObject({
  version: z.literal(1),
  datasetId: z.string().regex(/^[0-9a-f]{32}$/),
  schema: z.tuple([ts!, open!, high!, low!, close!, volume!]),
  bars: z.int().min(1),
  from: instant,
  to: instant,
  /** By ascending symbol (code units), which is the order of assets where no universe is chosen. */
  symbols: z.array(symbolEntry).min(1).max(20_000),
});

/** A checked manifest. */
export type DatasetManifest = z.infer<typeof datasetManifest>;

/** The entry of one symbol in a manifest. */
export type DatasetSymbol = DatasetManifest['symbols'][number];
