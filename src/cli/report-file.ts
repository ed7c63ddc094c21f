import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { OutsideError } from '../contracts/errors.ts';
import { collectReport } from '../report/collect-report.ts';
import { renderReport } from '../report/render-report.ts';
import type { ReportPlace } from '../report/report-data.ts';
import type { Store } from '../sweep/ports.ts';
import type { SweepInputs } from '../sweep/shard-engine.ts';
import { shortId } from './format.ts';
import { readPageAssets } from './page-assets.ts';
import { version } from './version.ts';

/** A report that was written. */
export interface WrittenReport {
  readonly file: string;
  readonly bytes: number;
  /** Why leaders could not be replayed; null where they were. */
  readonly withoutCurves: string | null;
}

/** Where and from what a report is made. */
export interface ReportRequest {
  readonly store: Store;
  readonly sweepId: string;
  /** What a replay of the leaders takes, or why there is none. */
  readonly inputs: SweepInputs | string;
  readonly place: ReportPlace;
  /** The file, or a way to name it from the sweep's name. */
  readonly out: string | ((sweepName: string) => string);
}

/** Collects a report and writes it, whole or not at all; an earlier one in its place goes. */
export async function writeReport({
  store,
  sweepId,
  inputs,
  place,
  out,
}: ReportRequest): Promise<WrittenReport> {
  const assets = await readPageAssets();
  const data = await collectReport(store, sweepId, version(), inputs);
  const html = renderReport(data, place, assets);
  const file = typeof out === 'string' ? out : out(data.name);
  await writeWhole(file, html);
  const withoutCurves = typeof inputs === 'string' ? inputs : null;
  return { file, bytes: Buffer.byteLength(html), withoutCurves };
}

/** `momentum-stops-0a1b2c3d4e.html`: only characters that every file system and shell takes. */
export function reportName(sweepName: string, sweepId: string): string {
  const slug = sweepName
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
  return `${slug === '' ? 'sweep' : slug}-${shortId(sweepId)}.html`;
}

/** Beside the keys of the store, since a report has measured times in it and is made anew: no object of the protocol. */
export const reportPath = (dir: string, sweepName: string, sweepId: string) =>
  join(dir, 'reports', reportName(sweepName, sweepId));

async function writeWhole(file: string, text: string): Promise<void> {
  const temporary = join(dirname(file), `.${randomUUID()}.tmp`);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(temporary, text, { flush: true });
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OutsideError(`${file}: cannot write the report: ${reason}; --out names another file`, {
      cause,
    });
  }
}
