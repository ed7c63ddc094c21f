import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { OutsideError } from '../contracts/errors.ts';
import type { PageAssets } from '../report/render-report.ts';

/** Where the build puts the bundle, seen from the sources and from the build alike. */
const FOLDER = new URL('../../dist/report/page/', import.meta.url);

/** Reads script and style of the page; OutsideError where the build did not make them. */
export async function readPageAssets(): Promise<PageAssets> {
  const read = async (file: string) => {
    const url = new URL(file, FOLDER);
    try {
      return await readFile(url, 'utf8');
    } catch (cause) {
      throw new OutsideError(
        `${fileURLToPath(url)}: expected the page of the report, found none; \`npm run build\` makes it`,
        { cause },
      );
    }
  };
  const [script, style] = await Promise.all(['page.js', 'page.css'].map(read));
  return { script: script!, style: style! };
}
