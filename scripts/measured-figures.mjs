// The figures of README.md and docs/ that were measured: text made of what the programs of bench/ wrote, so that no page says
// another number. They stand between a comment `<!-- figures: COMMAND -->` and `<!-- end of figures -->`.
import { readFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const measured = (name) => JSON.parse(readFileSync(new URL(`bench/${name}.json`, root), 'utf8'));

/** What makes the figures of each file. */
const FIGURES = {
  'README.md': readmeFigures,
  'docs/report.md': reportFigures,
  'docs/statistics.md': statisticsFigures,
};

/** Files that show measured figures. */
export const FILES_WITH_FIGURES = Object.keys(FIGURES);

/** The text of such a file with its figures as they were measured last. */
export function withFigures(file, text) {
  const block = /(<!-- figures:.*-->\n)[\s\S]*(<!-- end of figures -->)/;
  if (!block.test(text)) throw new Error(`${file}: expected <!-- figures: … --> and <!-- end of figures -->`);
  return text.replace(block, (_, head, tail) => head + FIGURES[file]() + tail);
}

const rounded = (number) => Math.round(number).toLocaleString('en-US');

function readmeFigures() {
  const { machine, engines, whole, start, memory } = measured('results');
  const names = {
    'A, no stops': 'A: 50 assets × 2,520 days, a row each 21 bars',
    'A, wide stops': 'A with wide stops',
    'B, a row on every bar': 'B: the same, a row on every bar',
    'D, no stops': 'D: 10 assets × 98,280 minutes, a row each 390',
    'D, wide stops': 'D with wide stops',
  };
  const rows = engines
    .filter(({ scenario }) => scenario in names)
    .map(
      (e) =>
        `| ${names[e.scenario]} | ${rounded(e.runsPerSecond)} | ${rounded(1e6 / e.bestMicrosPerRun)} | ${rounded(e.assetBarsPerSecond / 1e6)} | ${e.ratio.toFixed(1)}× |`,
    );
  const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(bytes < 2 ** 24 ? 2 : 0)} MiB`;
  const { none, sparse, dense } = memory;
  const over = (form) => Math.max(0, form.peakBytes - none.peakBytes);
  const less = (a, b) => `${((1 - a / b) * 100).toFixed(1)} % less`;
  const { tenThousand, million, answered } = whole;
  const large = whole.large.map(
    ({ name, engineMicros, core, one, two }) =>
      `  ${name}: ${core ? `${core.seconds.toFixed(1)} s on one core, ` : ''}${one.seconds.toFixed(1)} s on one thread, ${two.seconds.toFixed(1)} s on two; the engine alone would take ${((engineMicros * 0.1) / 2).toFixed(1)} s.`,
  );
  const peers = measured('peers');
  const pairs = peers.results.map(
    ({ workload, simulationRatio, metricsRatio }) =>
      `| ${workload} | ${simulationRatio.toFixed(simulationRatio < 20 ? 1 : 0)}× | ${metricsRatio.toFixed(metricsRatio < 20 ? 1 : 0)}× |`,
  );
  return `| ${machine.cpu}, ${machine.cores} cores, node ${machine.node} | runs/s | in the fastest tenth of rounds | M asset-bars/s | against the event engine |
|---|---|---|---|---|
${rows.join('\n')}

- Whole sweeps of 100,000 runs on 50 assets × 2,520 days, start, tables and report included. One thread
  leaves a second core to the main thread, one core (\`taskset\`) does not;
${large.join('\n')}
- 1,000,000 runs on 10 assets × 500 bars: ${rounded(million.seconds)} s on two threads, peak memory ${mib(million.peakBytes)} (${mib(tenThousand.peakBytes)} at 10,000);
  \`top\` on them takes ${answered.top.toFixed(1)} s, a grouped \`query\` ${answered.query.toFixed(1)} s.
- \`backsweep --help\` takes ${rounded(start.help.median * 1000)} ms, a sweep of 100 runs ${rounded(start.hundredRuns.median * 1000)} ms in all.
- One backtest of 50 assets × 200,000 bars, 200 events: the schedule takes ${mib(sparse.bytes)} sparse and ${mib(dense.bytes)} as dense hold
  (${less(sparse.bytes, dense.bytes)}); peak resident memory over that of the bars is ${mib(over(sparse))} against ${mib(over(dense))} (${less(over(sparse), over(dense))}).

Beside vectorbt ${peers.machine.vectorbt} (\`npm run bench:peers\`: in alternation, one core, medians of pairs, ours with all metrics, final equity equal to 1e-9):

| Workload | vectorbt's simulation alone takes | with total return, Sharpe, max drawdown |
|---|---|---|
${pairs.join('\n')}
`;
}

function reportFigures() {
  const { machine, rounds, reports } = measured('report');
  const rows = reports.map(
    ({ runs, bytes, drawnMs, readyMs, slowestReadyMs }) =>
      `| ${rounded(runs)} | ${(bytes / 1e6).toFixed(1)} MB | ${rounded(drawnMs)} ms | ${rounded(readyMs)} ms | ${rounded(slowestReadyMs)} ms |`,
  );
  return `| Runs | File | Drawn after | Ready for input after | slowest of ${rounds} |
|---:|---:|---:|---:|---:|
${rows.join('\n')}

${machine.cpu}, ${machine.cores} cores, Chromium ${machine.chromium.split('.')[0]}; medians of ${rounds} openings from a file, without a cache.
`;
}

function statisticsFigures() {
  const rows = measured('statistics').map(({ runs, blocks, plateaus, reading, computing }) => {
    const own = blocks + plateaus + reading;
    const share = Math.round((100 * own) / (own + computing));
    return `| ${rounded(runs)} | ${seconds(blocks)} | ${seconds(plateaus)} | ${seconds(reading)} | ${seconds(computing)} | ${share} % |`;
  });
  return `| runs | block statistics | plateaus, axes | reading block sums | computing the runs | share |
|---:|---:|---:|---:|---:|---:|
${rows.join('\n')}
`;
}

const seconds = (value) =>
  `${value < 1 ? value.toFixed(2) : value < 10 ? value.toFixed(1) : value.toFixed(0)} s`;
