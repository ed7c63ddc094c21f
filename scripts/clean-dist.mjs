// Before a build: removes what earlier builds left in dist for sources that are gone, so that no package ships it.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const at = (folder) => fileURLToPath(new URL(`../${folder}`, import.meta.url));
const [dist, src] = [at('dist'), at('src')];
const compiled = /\.(d\.ts|js)$/;
const entries = existsSync(dist) ? readdirSync(dist, { recursive: true, withFileTypes: true }) : [];
for (const entry of entries) {
  if (!entry.isFile() || !compiled.test(entry.name)) continue;
  const file = join(entry.parentPath, entry.name);
  const source = join(src, relative(dist, file)).replace(compiled, '.ts');
  if (!existsSync(source)) rmSync(file);
}
