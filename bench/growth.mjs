// `npm run bench:growth`: bars, assets and runs ×1, ×2, ×4, ×8; the time of a run, and how far it is from the machine's
// own floor. Writes bench/RESULTS.md.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPrograms } from './build-programs.mjs';
import { streamingFloor } from './floor.mjs';

const FACTORS = [1, 2, 4, 8];
/** So often all sizes are measured in turn, and the least is kept: a host slows down for minutes. */
const TURNS = 4;
const ASSETS = 25;
const BARS = 1_260;
const RUNS = 1_000;
const here = fileURLToPath(new URL('.', import.meta.url));
const out = mkdtempSync(join(tmpdir(), 'backsweep-growth-'));

try {
  await buildPrograms(['growth'], out);
  const floorOf = await streamingFloor();
  const cases = [
    ['bars', (f) => [ASSETS, BARS * f, 0]],
    ['assets', (f) => [ASSETS * f, BARS, 0]],
    ['runs', (f) => [ASSETS, BARS, RUNS * f]],
  ];
  const tables = cases.map(([what, sizeOf]) => [
    what,
    FACTORS.map((factor) => {
      const [assets, bars, runs] = sizeOf(factor);
      return { factor, assets, bars, runs, gbPerSecond: 0, none: Infinity, wide: Infinity };
    }),
  ]);
  for (let turn = 0; turn < TURNS; turn++) {
    for (const row of tables.flatMap(([, rows]) => rows)) {
      const { assets, bars, runs } = row;
      row.gbPerSecond = Math.max(row.gbPerSecond, floorOf(assets * bars));
      row.none = Math.min(row.none, measured(assets, bars, 'none', runs));
      row.wide = Math.min(row.wide, measured(assets, bars, 'wide', runs));
    }
  }
  const text = document(tables);
  writeFileSync(join(here, 'RESULTS.md'), text);
  process.stdout.write(`${text}\nwritten to bench/RESULTS.md\n`);
} finally {
  rmSync(out, { recursive: true });
}

/** µs of one run. */
function measured(assets, bars, stops, runs) {
  process.stderr.write(
    `${assets} assets × ${bars} bars, ${stops} stops${runs > 0 ? `, ${runs} runs` : ''}\n`,
  );
  const program = [join(out, 'growth.mjs'), assets, bars, stops, runs].map(String);
  return JSON.parse(execFileSync(process.execPath, program, { encoding: 'utf8' })).micros;
}

function document(tables) {
  const us = (value) => (value < 100 ? value.toFixed(1) : value.toFixed(0));
  const sections = tables.map(([what, rows]) => {
    const [base] = rows;
    const lines = rows.map((row) => {
      const floor = (row.assets * row.bars * 8) / row.gbPerSecond / 1e3;
      const work = what === 'runs' ? 1 : row.factor;
      const growth = (stops) => (row[stops] / base[stops] / work).toFixed(2);
      const size = `${row.assets} × ${row.bars}${what === 'runs' ? `, ${row.runs} runs` : ''}`;
      return `| ×${row.factor} | ${size} | ${us(row.none)} | ${growth('none')} | ${us(row.wide)} | ${growth('wide')} | ${us(floor)} | ${(row.none / floor).toFixed(1)}× | ${(row.wide / floor).toFixed(1)}× |`;
    });
    const unit = what === 'runs' ? 'of a whole sweep, divided by its runs' : 'of one run';
    return `## ${what[0].toUpperCase()}${what.slice(1)} ×2, ×4, ×8

CPU time ${unit}, one core, all metrics, the least of ${TURNS} turns. Growth is that of the time over that of the work: 1.00 is linear, less is better.

| | assets × bars | no stops, µs | growth | wide stops, µs | growth | floor, µs | no stops ÷ floor | wide stops ÷ floor |
|---|---|---|---|---|---|---|---|---|
${lines.join('\n')}
`;
  });
  const speeds = tables.flatMap(([, rows]) => rows.map((row) => row.gbPerSecond));
  return `# Growth

\`npm run bench:growth\` on ${cpus()[0]?.model}, ${cpus().length} cores, node ${process.version}; this file is written by it.

**The limit.** Equity at every bar needs every close once: 8 bytes to load, one multiplication and one addition for each
asset and bar, in a pinned order of sums. The floor is what this machine takes for just that, measured in the same run by
WebAssembly SIMD over the same number of doubles (${Math.min(...speeds).toFixed(0)} to ${Math.max(...speeds).toFixed(0)} GB/s); it is not reached, since a run also trades, tests
stops, and reads its equity curve twice more for the metrics. A row stands on every 21st bar; all assets are held.

${sections.join('\n')}`;
}
