// Puts into the README what the demo prints (after a change of core or strategies every run id is another) and the
// figures that `npm run bench` wrote to bench/results.json.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';

const file = new URL('../README.md', import.meta.url);
const cwd = new URL('../', import.meta.url);
const run = (...args) =>
  spawnSync(process.execPath, args, { cwd, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } }).stdout;

rmSync(new URL('examples/data/sweeps', cwd), { recursive: true, force: true }); // else nothing is left to run
const demo = run('examples/demo.mjs');
const id = /^ *1 {2}([0-9a-f]{10}) /m.exec(demo)[1];
const show = run('dist/cli/main.js', 'show', id, '--dir', 'examples/data/sweeps');
const lines = demo.slice(demo.indexOf('demo: complete')).split('\n');
const found = (text, start) => text.split('\n').find((line) => line.startsWith(start));
const table = lines.findIndex((line) => line.startsWith('Leaderboard'));
const ending = ['parity', 'memory', 're-entries'].map((name) => found(demo, name));
const intervals = show.slice(show.indexOf('Stopped out')).split('\n').slice(0, 4);

const verdict = lines.findIndex((line) => line.startsWith('Is the best run real'));
const saying = lines.slice(verdict, lines.indexOf('', verdict));
const demoBlock = [lines[0], '', ...lines.slice(table, table + 5), ' …', '', ...ending, '', ...saying].join(
  '\n',
);
const showBlock = ['…', ...intervals].join('\n');
const text = readFileSync(file, 'utf8')
  .replace(
    /(\$ backsweep run examples\/demo\.yaml.*\n)[\s\S]*?(\n```)/,
    (_, head, tail) => head + demoBlock + tail,
  )
  .replace(
    /\$ backsweep show .*\n[\s\S]*?(\n```)/,
    (_, tail) => `$ backsweep show ${id} --dir examples/data/sweeps\n${showBlock}${tail}`,
  );
writeFileSync(
  file,
  text.replace(
    /(<!-- figures:.*-->\n)[\s\S]*(<!-- end of figures -->)/,
    (_, head, tail) => head + figures() + tail,
  ),
);

function figures() {
  const url = new URL('bench/results.json', cwd);
  const { machine, engines, whole, start, memory } = JSON.parse(readFileSync(url, 'utf8'));
  const names = {
    'A, no stops': 'A: 50 assets × 2,520 days, a row each 21 bars',
    'A, wide stops': 'A with wide stops',
    'B, a row on every bar': 'B: the same, a row on every bar',
    'D, no stops': 'D: 10 assets × 98,280 minutes, a row each 390',
    'D, wide stops': 'D with wide stops',
  };
  const rounded = (number) => Math.round(number).toLocaleString('en-US');
  const rows = engines
    .filter(({ scenario }) => scenario in names)
    .map(
      (e) =>
        `| ${names[e.scenario]} | ${rounded(e.runsPerSecond)} | ${rounded(e.assetBarsPerSecond / 1e6)} | ${e.ratio.toFixed(1)}× |`,
    );
  const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(bytes < 2 ** 24 ? 2 : 0)} MiB`;
  const { none, sparse, dense } = memory;
  const over = (form) => Math.max(0, form.peakBytes - none.peakBytes);
  const less = (a, b) => `${((1 - a / b) * 100).toFixed(1)} % less`;
  const { tenThousand, million, answered } = whole;
  const large = whole.large.map(
    ({ name, engineMicros, one, two }) =>
      `  ${name}: ${one.seconds.toFixed(1)} s on one thread, ${two.seconds.toFixed(1)} s on two; the engine alone would take ${((engineMicros * 0.1) / 2).toFixed(1)} s.`,
  );
  const peers = JSON.parse(readFileSync(new URL('bench/peers.json', cwd), 'utf8'));
  const pairs = peers.results.map(
    ({ workload, simulationRatio, metricsRatio }) =>
      `| ${workload} | ${simulationRatio.toFixed(simulationRatio < 20 ? 1 : 0)}× | ${metricsRatio.toFixed(metricsRatio < 20 ? 1 : 0)}× |`,
  );
  return `| ${machine.cpu}, ${machine.cores} cores, node ${machine.node} | runs/s | M asset-bars/s | against the event engine |
|---|---|---|---|
${rows.join('\n')}

- Whole sweeps of 100,000 runs on 50 assets × 2,520 days, start and tables included;
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
