import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { packageFile } from '../adapters/local/package-file.ts';
import { OutsideError } from '../contracts/errors.ts';
import type { PageAssets } from '../report/render-report.ts';

/** Reads script and style of the page; OutsideError where the build did not make them. */
export async function readPageAssets(): Promise<PageAssets> {
  const read = async (file: string) => {
    const url = packageFile(`dist/report/page/${file}`);
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
