// Puts into the README what the demo prints (after a change of core or strategies every run id is another) and the
// figures that `npm run bench` wrote to bench/results.json.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { withFigures } from './measured-figures.mjs';

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
writeFileSync(file, withFigures('README.md', text));
