import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { DatasetManifest } from '../../contracts/dataset-manifest.ts';
import { InvalidInputError, OutsideError } from '../../contracts/errors.ts';
import { encodeDataset, encodeManifest, parseManifest, type SymbolBars } from '../../formats/dataset-id.ts';

const MANIFEST = 'manifest.json';

/** A dataset on disk: its checked manifest, and a reader of its objects. */
export interface DatasetDirectory {
  readonly manifest: DatasetManifest;
  /** The bytes of an object; not checked here, `loadBars` compares them with the manifest. */
  read(object: string): Promise<Uint8Array>;
}

/**
 * Opens a dataset directory as `writeDataset` leaves it.
 *
 * @throws InvalidInputError where there is no dataset or its manifest is wrong
 * @throws OutsideError where the disk cannot be read
 */
export async function openDataset(dir: string): Promise<DatasetDirectory> {
  const manifest = await readManifest(dir);
  if (manifest === undefined) {
    throw new InvalidInputError(
      `${dir}: expected a dataset directory with ${MANIFEST}, found none; make one with \`backsweep bars import FILES --out DIR\``,
    );
  }
  return {
    manifest,
    async read(object) {
      const path = join(dir, object);
      try {
        return await readFile(path);
      } catch (error) {
        throw new OutsideError(
          `${path}: cannot read this object of the dataset; restore it or import again`,
          {
            cause: error,
          },
        );
      }
    },
  };
}

/**
 * Writes checked bars as a dataset directory, whole or not at all: into a directory beside it, then renamed.
 *
 * A directory that holds the same dataset already is left as it is.
 *
 * @param dir new, empty, or holding the same dataset
 * @param source where the bars come from, for people; kept in SOURCE.txt, no part of the dataset's id
 * @throws InvalidInputError where nothing is to be written, or where the directory holds something else
 * @throws OutsideError where the disk refuses
 */
export async function writeDataset(
  dir: string,
  symbols: readonly SymbolBars[],
  source: string,
): Promise<DatasetManifest> {
  const { manifest, objects } = encodeDataset(symbols);
  if (await holdsSame(dir, manifest)) return manifest;
  const target = resolve(dir);
  let temporary: string | undefined;
  try {
    await mkdir(dirname(target), { recursive: true });
    temporary = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
    for (const [object, bytes] of objects) {
      await writeFile(join(temporary, object), bytes, { flush: true });
    }
    await writeFile(join(temporary, 'SOURCE.txt'), `${source}\n`, { flush: true });
    await writeFile(join(temporary, MANIFEST), encodeManifest(manifest), { flush: true });
    await rename(temporary, target);
    return manifest;
  } catch (error) {
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
    // Another process may have finished the same import in the meantime.
    if (isCode(error, 'ENOTEMPTY', 'EEXIST') && (await holdsSame(dir, manifest))) return manifest;
    throw new OutsideError(`${dir}: cannot write the dataset; check the disk's space and permissions`, {
      cause: error,
    });
  }
}

/** True where the directory holds this dataset, false where it is free; anything else in it is an error. */
async function holdsSame(dir: string, manifest: DatasetManifest): Promise<boolean> {
  let names: string[];
  try {
    names = await readdir(dir);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false;
    if (isCode(error, 'ENOTDIR')) {
      throw new InvalidInputError(`${dir}: expected a directory, found a file; choose another --out`);
    }
    throw new OutsideError(`${dir}: cannot read this directory`, { cause: error });
  }
  if (names.length === 0) return false;
  const there = await readManifest(dir);
  if (there?.datasetId === manifest.datasetId) return true;
  const found = there === undefined ? 'other files' : `dataset ${there.datasetId}`;
  throw new InvalidInputError(
    `${dir}: expected a new or empty directory for dataset ${manifest.datasetId}, found ${found}; ` +
      'choose another --out, or delete that directory',
  );
}

async function readManifest(dir: string): Promise<DatasetManifest | undefined> {
  const path = join(dir, MANIFEST);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw new OutsideError(`${path}: cannot read the manifest`, { cause: error });
  }
  return parseManifest(text, path);
}

function isCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
