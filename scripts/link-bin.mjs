// Makes the bin of this package usable in its own clone: executable, and in node_modules/.bin, where npx looks first.
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
chmodSync(at('dist/cli/main.js'), 0o755);
mkdirSync(at('node_modules/.bin'), { recursive: true });
const link = at('node_modules/.bin/backsweep');
if (process.platform === 'win32') {
  writeFileSync(`${link}.cmd`, '@node "%~dp0\\..\\..\\dist\\cli\\main.js" %*\r\n');
} else {
  rmSync(link, { force: true });
  symlinkSync('../../dist/cli/main.js', link);
}
