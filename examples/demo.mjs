// `npm run demo`: real daily prices of two npm packages, swept from the command line as anyone would.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = dirname(here.replace(/[\\/]$/, ''));
const main = join(root, 'dist', 'cli', 'main.js');
const require = createRequire(import.meta.url);

// The packages' files stay where they are; the links only give them the names of their symbols.
const sources = mkdtempSync(join(tmpdir(), 'backsweep-demo-'));
try {
  symlinkSync(require.resolve('@observablehq/sample-datasets/aapl.csv'), join(sources, 'AAPL.csv'));
  symlinkSync(
    join(root, 'node_modules', 'vega-datasets', 'data', 'sp500-2000.csv'),
    join(sources, 'SP500.csv'),
  );
  mkdirSync(join(here, 'data'), { recursive: true });
  backsweep('bars', 'import', sources, '--adjust', '--out', 'examples/data/aapl-sp500');
  backsweep('run', 'examples/demo.yaml', '--dir', 'examples/data/sweeps');
} finally {
  rmSync(sources, { recursive: true });
}

function backsweep(...args) {
  const shown = args.map((arg) => (arg === sources ? '<files of two npm packages>' : arg));
  process.stdout.write(`\n$ backsweep ${shown.join(' ')}\n`);
  const { status, signal } = spawnSync(process.execPath, [relative(root, main), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(signal ? 130 : (status ?? 1));
}
