import { dirname, resolve } from 'node:path';
import { InvalidInputError } from '../../contracts/errors.ts';
import { periodBounds } from '../../contracts/period.ts';
import type { RebalanceEvent } from '../../contracts/rebalance-event.ts';
import type { SweepSpec } from '../../contracts/sweep-spec.ts';
import { instructionsSha256 } from '../../formats/rebalance-event-checksum.ts';
import { parseSweepFile } from '../../formats/sweep-yaml.ts';
import { loadBars } from '../../sweep/load-bars.ts';
import { type PreparedSweep, prepareSweep } from '../../sweep/prepare-sweep.ts';
import { type StrategySource, strategyCodeOf, strategyOf } from '../../sweep/strategy-source.ts';
import { validateParams } from '../../sweep/validate-params.ts';
import { openDataset } from './dataset-directory.ts';
import { readInput, readInputText } from './read-input.ts';

/** Where the content that a sweep names lies on this machine; absolute paths. */
export interface SweepPlaces {
  readonly bars: string;
  /** The module of a strategy of one's own; null for a built-in one. */
  readonly strategy: string | null;
  /** Files of instructions by what the parameter `file` calls them. */
  readonly instructions: Readonly<Record<string, string>>;
}

/** A sweep with everything that running it here takes. */
export interface OpenedSweep {
  readonly prepared: PreparedSweep;
  readonly source: StrategySource;
  /** As given, but files of instructions by the sha256 that stands for them in the resolved spec. */
  readonly places: SweepPlaces;
}

/**
 * Opens a sweep file: paths in it are relative to the file.
 *
 * @throws InvalidInputError for everything that is wrong with the file or what it names; OutsideError of the disk
 */
export async function openSweepFile(file: string): Promise<OpenedSweep> {
  const spec = parseSweepFile(await readInputText(file), file);
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(spec.bars)) {
    throw new InvalidInputError(
      `${file}: bars: expected a dataset directory for a run on this machine, found ${spec.bars}; ` +
        'copy the dataset here, or submit the sweep to the cloud',
    );
  }
  return openSweep(spec, placesOf(spec, file));
}

/** Where what a sweep file names lies: paths in it are relative to the file. */
export function placesOf({ bars, strategy: { name, params } }: SweepSpec, file: string): SweepPlaces {
  const at = (path: string) => resolve(dirname(file), path);
  const files = name === 'instructions' ? [params.file ?? []].flat().map(String) : [];
  return {
    bars: at(bars),
    strategy: isModule(name) ? at(name) : null,
    instructions: Object.fromEntries(files.map((each) => [each, at(each)])),
  };
}

/** A name with a slash or the ending of a module is a path. */
const isModule = (name: string) => /[/\\]|\.[cm]?[jt]s$/.test(name);

/** Opens a sweep whose content lies at `places`; the spec is one of a file or a resolved one. Throws as `openSweepFile`. */
export async function openSweep(spec: SweepSpec, places: SweepPlaces): Promise<OpenedSweep> {
  const { instructions, files } = await readInstructions(places);
  const source = await sourceOf(spec, places, files);
  const strategy = await strategyOf(source);
  validateParams(strategy, spec);
  const { manifest, read } = await openDataset(places.bars);
  const bars = await loadBars(manifest, read, { universe: spec.universe, ...periodBounds(spec.period) });
  const content = { datasetId: manifest.datasetId, strategyCode: strategyCodeOf(source), instructions };
  const prepared = prepareSweep(spec, content, { bars, strategy });
  const bySha = Object.entries(places.instructions).map(([name, path]) => [instructions.get(name)!, path]);
  return { prepared, source, places: { ...places, instructions: Object.fromEntries(bySha) } };
}

/** The instructions that a sweep names: the sha256 of each file by its name, and the events by that. */
export async function readInstructions(places: Pick<SweepPlaces, 'instructions'>) {
  const files = new Map<string, readonly RebalanceEvent[]>();
  const instructions = new Map<string, string>();
  for (const [name, path] of Object.entries(places.instructions)) {
    const { parseInstructions } = await import('../../formats/instructions.ts'); // its formats are loaded where a sweep has files
    const events = await parseInstructions(await readInput(path), path);
    const sha256 = instructionsSha256(events);
    instructions.set(name, sha256);
    files.set(sha256, events);
  }
  return { instructions, files };
}

async function sourceOf(
  spec: SweepSpec,
  places: SweepPlaces,
  files: ReadonlyMap<string, readonly RebalanceEvent[]>,
): Promise<StrategySource> {
  if (places.strategy !== null) {
    const { loadStrategy } = await import('./load-strategy.ts'); // loads esbuild
    const { code, codeSha256 } = await loadStrategy(places.strategy);
    return { kind: 'module', code, codeSha256 };
  }
  const { name } = spec.strategy;
  return name === 'instructions'
    ? { kind: 'instructions', files, snap: spec.snap }
    : { kind: 'builtin', name };
}
