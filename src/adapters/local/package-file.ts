import { existsSync } from 'node:fs';

/** Where a file of this package lies, by its path from the package's root: the code that asks may lie in src/, in dist/ or in a bundle. */
export function packageFile(path: string): URL {
  let folder = new URL('.', import.meta.url);
  while (!existsSync(new URL('package.json', folder))) folder = new URL('..', folder);
  return new URL(path, folder);
}
