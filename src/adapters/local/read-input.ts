import { readFile } from 'node:fs/promises';
import { InvalidInputError, OutsideError } from '../../contracts/errors.ts';

/** The bytes of a file that a person named; InvalidInputError where there is none, OutsideError where the disk fails. */
export async function readInput(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(code)) {
      const found = code === 'EISDIR' ? 'a directory' : 'none';
      throw new InvalidInputError(`${path}: expected a file, found ${found}; check the path`, { cause });
    }
    throw new OutsideError(`${path}: cannot be read (${code})`, { cause });
  }
}

/** The text of such a file, UTF-8. */
export const readInputText = async (path: string) => new TextDecoder().decode(await readInput(path));
