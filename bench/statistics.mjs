// `npm run bench:statistics`: CPU seconds of the statistics over the whole grid, beside those of its runs. Writes
// bench/statistics.json; `npm run docs` puts it into docs/statistics.md.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPrograms } from './build-programs.mjs';

const out = mkdtempSync(join(tmpdir(), 'backsweep-statistics-'));
try {
  await buildPrograms(['statistics'], out);
  const sizes = [1_000, 100_000, 1_000_000].map((runs) => {
    process.stderr.write(`${runs} runs\n`);
    const program = [join(out, 'statistics.mjs'), String(runs)];
    return JSON.parse(execFileSync(process.execPath, program, { encoding: 'utf8' }));
  });
  const text = JSON.stringify(sizes, null, 2);
  writeFileSync(fileURLToPath(new URL('statistics.json', import.meta.url)), `${text}\n`);
  process.stdout.write(`${text}\nwritten to bench/statistics.json\n`);
} finally {
  rmSync(out, { recursive: true });
}
