import * as z from 'zod';
import type { DatasetManifest } from '../contracts/dataset-manifest.ts';
import { InvalidInputError, OutsideError } from '../contracts/errors.ts';
import { periodBounds } from '../contracts/period.ts';
import type { RebalanceEvent } from '../contracts/rebalance-event.ts';
import type { SweepSpec } from '../contracts/sweep-spec.ts';
import type { Bars } from '../core/bars.ts';
import { canonicalJson } from '../formats/canonical-json.ts';
import { parseManifest } from '../formats/dataset-id.ts';
import { parseInstructionsParquet } from '../formats/instructions-parquet.ts';
import { instructionsSha256 } from '../formats/rebalance-event-checksum.ts';
import type { BoundedCache } from './bounded-cache.ts';
import { sweepIdOf } from './ids.ts';
import { getJson } from './json-objects.ts';
import { datasetObjectKey, instructionsKey, manifestKey, specKey } from './keys.ts';
import { loadBars } from './load-bars.ts';
import type { Store } from './ports.ts';
import type { SweepInputs } from './shard-engine.ts';
import { type StrategyModule, type StrategySource, strategyOf } from './strategy-source.ts';
import { readResolvedSpec, type SweepContent, strategyCodeOfSpec } from './sweep-content.ts';
import { rankedBars } from './validation/ranked-bars.ts';

/** A sweep read back from its store, with all that computing it takes. */
export interface StoredSweep {
  /** As in spec.json. */
  readonly resolved: unknown;
  readonly content: SweepContent;
  readonly inputs: SweepInputs;
}

/** Where a sweep's strategy and bars come from besides the store. */
export interface StoredSweepSources {
  readonly modules: readonly StrategyModule[];
  readonly bars: BoundedCache<Bars>;
}

/**
 * Reads a sweep of the store: its spec, strategy, instructions and bars, each checked against the digest that names it.
 *
 * @throws InvalidInputError where this version or deployment would compute something else than what the id names, and
 *   for a period without bars; OutsideError for what the store lost or damaged
 */
export async function readStoredSweep(
  store: Store,
  sweepId: string,
  { modules, bars: cache }: StoredSweepSources,
): Promise<StoredSweep> {
  const resolved = await getJson(store, specKey(sweepId), z.unknown());
  if (resolved === null || sweepIdOf(resolved) !== sweepId) {
    throw new InvalidInputError(
      `sweep ${sweepId}: expected a sweep of this version, found ${resolved === null ? 'none' : 'one of another'}; submit it again`,
    );
  }
  const spec = readResolvedSpec(resolved);
  const strategyCode = strategyCodeOfSpec(spec);
  const shas = instructionShas(spec);
  const strategy = await strategyOf(await sourceOf(store, spec, strategyCode, shas, modules));
  const { universe, period } = spec;
  const bars = await cache.get(
    canonicalJson({ dataset: spec.bars, universe: universe ?? null, period }),
    async () => {
      const manifest = await readManifest(store, spec.bars);
      const read = (object: string) => objectOf(store, spec.bars, object);
      return loadBars(manifest, read, { universe, ...periodBounds(period) });
    },
  );
  return {
    resolved,
    content: { datasetId: spec.bars, strategyCode, instructions: new Map(shas.map((sha) => [sha, sha])) },
    inputs: { spec, ...rankedBars(spec, bars), strategy, strategyCode },
  };
}

/** The digests of the instruction files that a resolved spec names. */
export function instructionShas({ strategy }: Pick<SweepSpec, 'strategy'>): string[] {
  const { file } = strategy.params;
  return strategy.name === 'instructions' && file !== undefined ? [file].flat().map(String) : [];
}

/** The checked manifest of a dataset; InvalidInputError where the store has no such dataset. */
export async function readManifest(store: Store, datasetId: string): Promise<DatasetManifest> {
  const key = manifestKey(datasetId);
  const bytes = await store.get(key);
  if (bytes === null) {
    throw new InvalidInputError(
      `bars: expected a dataset that was pushed, found no ${datasetId}; push it with \`backsweep bars push\``,
    );
  }
  const manifest = parseManifest(new TextDecoder().decode(bytes), key);
  if (manifest.datasetId === datasetId) return manifest;
  throw new OutsideError(`${key}: expected the manifest of that dataset, found one of ${manifest.datasetId}`);
}

async function objectOf(store: Store, datasetId: string, object: string): Promise<Uint8Array> {
  const key = datasetObjectKey(datasetId, object);
  const bytes = await store.get(key);
  if (bytes !== null) return bytes;
  throw new OutsideError(
    `${key}: expected an object that the manifest names, found none; push the dataset again`,
  );
}

async function sourceOf(
  store: Store,
  spec: SweepSpec,
  codeSha256: string | null,
  shas: readonly string[],
  modules: readonly StrategyModule[],
): Promise<StrategySource> {
  const { name } = spec.strategy;
  if (codeSha256 !== null) {
    const found = modules.find((module) => module.codeSha256 === codeSha256);
    if (found) return { kind: 'module', code: found.code, codeSha256 };
    throw new InvalidInputError(
      `strategy: expected one that is deployed, found ${name}; deploy it and submit again`,
    );
  }
  if (name !== 'instructions') return { kind: 'builtin', name };
  const files = new Map<string, readonly RebalanceEvent[]>();
  for (const sha of shas) files.set(sha, await readInstructions(store, sha));
  return { kind: 'instructions', files, snap: spec.snap };
}

async function readInstructions(store: Store, sha256: string): Promise<readonly RebalanceEvent[]> {
  const key = instructionsKey(sha256);
  const bytes = await store.get(key);
  if (bytes === null) throw new OutsideError(`${key}: expected pushed instructions, found none`);
  const events = await parseInstructionsParquet(bytes, key);
  if (instructionsSha256(events) === sha256) return events;
  throw new OutsideError(
    `${key}: expected the instructions that its name digests, found others; push them again`,
  );
}
