import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bars } from '../../core/bars.ts';
import { joinBars } from '../../formats/join-bars.ts';
import { loadBars } from '../../sweep/load-bars.ts';
import { openDataset } from './dataset-directory.ts';
import { importBars } from './import-bars.ts';

/** The bars of a dataset directory, or of a file (or a folder of files) of bars, checked. Throws as `importBars` does. */
export async function readBars(path: string): Promise<Bars> {
  const manifest = await stat(join(path, 'manifest.json')).catch(() => null);
  if (manifest) {
    const dataset = await openDataset(path);
    return loadBars(dataset.manifest, dataset.read, {});
  }
  return joinBars((await importBars([path], { onBadBar: 'error' })).symbols);
}
