import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { OutsideError } from '../../contracts/errors.ts';
import type { StrategyModule } from '../../sweep/strategy-source.ts';

const indexSchema = z.array(
  z.object({
    name: z.string(),
    codeSha256: z.string().regex(/^[0-9a-f]{64}$/),
    file: z.string().regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]*$/),
  }),
);

/**
 * The strategies of one's own that were bundled into a folder beside the function, as its `index.json` lists them.
 *
 * None without the folder. OutsideError for a folder that is not what the deployment makes.
 */
export async function deployedStrategies(folder: URL): Promise<StrategyModule[]> {
  const text = await readFile(new URL('index.json', folder), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '[]';
    throw error;
  });
  try {
    const index = indexSchema.parse(JSON.parse(text));
    return await Promise.all(
      index.map(async ({ name, codeSha256, file }) => ({
        name,
        codeSha256,
        code: await readFile(new URL(file, folder), 'utf8'),
      })),
    );
  } catch (cause) {
    throw new OutsideError(
      'strategies/index.json: expected the strategies of this deployment; deploy again',
      {
        cause,
      },
    );
  }
}
