import { InvalidInputError } from '../../contracts/errors.ts';
import type { RebalanceEvent } from '../../contracts/rebalance-event.ts';
import { parseSweepFile } from '../../formats/sweep-yaml.ts';
import { resolveSpec } from '../../sweep/sweep-content.ts';
import { type DatasetDirectory, openDataset } from './dataset-directory.ts';
import { loadStrategy } from './load-strategy.ts';
import { placesOf, readInstructions } from './open-sweep.ts';
import { readInputText } from './read-input.ts';

/** A sweep file as the cloud takes it, and what of its content lies on this machine. */
export interface LocalSubmission {
  readonly name: string;
  /** Content in place of paths: the body of `POST /sweeps`. */
  readonly body: unknown;
  /** The bucket that `bars` names; null where they lie here, or are named by their id alone. */
  readonly bucket: string | null;
  /** The dataset, where it lies here. */
  readonly dataset: DatasetDirectory | null;
  /** Instructions by their sha256; all that the sweep names. */
  readonly instructions: ReadonlyMap<string, readonly RebalanceEvent[]>;
}

/**
 * Reads a sweep file and resolves what it names, without any bars: whether it can run there is for the API to say.
 *
 * @throws InvalidInputError for what is wrong with the file, its strategy's module, its instructions or its dataset
 */
export async function openSubmission(file: string): Promise<LocalSubmission> {
  const spec = parseSweepFile(await readInputText(file), file);
  const places = placesOf(spec, file);
  const bars = barsOf(spec.bars, file);
  const dataset = bars === null ? await openDataset(places.bars) : null;
  const { instructions, files } = await readInstructions(places);
  const strategyCode = places.strategy === null ? null : (await loadStrategy(places.strategy)).codeSha256;
  const datasetId = bars?.datasetId ?? dataset!.manifest.datasetId;
  const { maxRuns, maxCostUsd, name } = spec;
  const resolved = resolveSpec(spec, { datasetId, strategyCode, instructions });
  // The guards are no part of what the sweep is, but the API is to hold them; with the bucket it checks that it is its own.
  const named = bars?.bucket ? { bars: spec.bars } : {};
  const body = { ...(resolved as object), ...named, maxRuns, maxCostUsd };
  return { name, body, bucket: bars?.bucket ?? null, dataset, instructions: files };
}

/** The dataset in the cloud that `bars` names; null for a directory. */
function barsOf(bars: string, file: string): { bucket: string | null; datasetId: string } | null {
  const found = /^(?:s3:\/\/([^/]+)\/datasets\/)?([0-9a-f]{32})\/?$/.exec(bars);
  if (found) return { bucket: found[1] ?? null, datasetId: found[2]! };
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(bars)) return null;
  throw new InvalidInputError(
    `${file}: bars: expected a dataset directory, the id of a dataset, or s3://bucket/datasets/ID, found ${bars.slice(0, 100)}`,
  );
}
