import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { METRICS } from '../src/core/metrics/catalog.ts';
import { parseSweepFile } from '../src/formats/sweep-yaml.ts';
import { NOT_APPLICABLE, vectorbtCaseNames } from './support/vectorbt-cases.ts';

const root = new URL('../', import.meta.url);
const readme = readFileSync(new URL('README.md', root), 'utf8');
const blocks = [...readme.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, text]) => ({
  language,
  text: text!,
}));

function run(...args: string[]): string {
  const env = { ...process.env, NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, env, encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return stdout;
}

/** The lines of a block that is a command and what it prints, but for what is left out and what was measured. */
function printed(command: string): string[] {
  const block = blocks.find(({ text }) => text.startsWith(`$ ${command}`));
  const lines = block?.text.trimEnd().split('\n').slice(1) ?? [];
  expect(lines.length, `a block of the README that begins with $ ${command}`).toBeGreaterThan(0);
  return lines.filter((line) => line !== '' && !/^ ?…$/.test(line) && !/runs\/s/.test(line));
}

test('the demo prints what the README shows, and so does the replay of its best run', {
  timeout: 180_000,
}, () => {
  const demo = run('examples/demo.mjs').split('\n');
  for (const line of printed('backsweep run examples/demo.yaml')) expect(demo).toContain(line);
  const [, id] = /^ *1 {2}([0-9a-f]{10}) /m.exec(demo.join('\n'))!;
  const show = run('dist/cli/main.js', 'show', id!, '--dir', 'examples/data/sweeps').split('\n');
  for (const line of printed(`backsweep show ${id}`)) expect(show).toContain(line);

  const said = (text: RegExp) => text.exec(readme)![1];
  const [, reentered] = /would have re-entered ([\d,]+) times/.exec(demo.join('\n'))!;
  expect(said(/in the runs of the demo that happens ([\d,]+) times/)).toBe(reentered);
  const [, runs] = /^demo: complete, ([\d,]+) of/m.exec(demo.join('\n'))!;
  expect(said(/# ([\d,]+) backtests on real prices/)).toBe(runs);
  // What became of the asset that the text tells about: stopped out, and not before this day bought again.
  const [, asset, stopped, back] = /^([A-Z]+) +take_profit +(\S+) +(\S+)/m.exec(show.join('\n'))!;
  expect([
    asset,
    said(/On (\S+) Apple reached its take-profit/),
    said(/until (\S+), and nothing bought it/),
  ]).toEqual(['AAPL', stopped, back]);
});

test('the README counts what there is', () => {
  expect(readme).toContain(`all ${METRICS.length} metrics`);
  const others = Object.keys(NOT_APPLICABLE).length;
  expect(readme).toContain(`the other ${others} ask for`);
  const faults = readFileSync(new URL('docs/reliability.md', root), 'utf8').match(/^\| F\d+ \|/gm)!;
  expect(faults).toHaveLength(30);
  expect(readme).toContain('thirty faults');
});

const cases = vectorbtCaseNames();
test.skipIf(cases.length === 0)('the README counts the reference cases, where they are', () => {
  const others = Object.keys(NOT_APPLICABLE).length;
  expect(readme).toContain(`for ${cases.length - others} of ${cases.length} reference cases`);
});

test('the README tells the agreement with other engines as its golden files have it', () => {
  const golden = (name: string) =>
    JSON.parse(readFileSync(new URL(`golden/${name}`, import.meta.url), 'utf8'));
  type Family = { cases: number; largestDifference: number; sameDoubles: number };
  const { engine, families } = golden('vectorbt/agreement.json') as {
    engine: string;
    families: Record<string, Family>;
  };
  const all = Object.entries(families);
  const total = (of: (name: string) => boolean, what: 'cases' | 'sameDoubles') =>
    all.filter(([name]) => of(name)).reduce((sum, [, family]) => sum + family[what], 0);
  const seeded = total(() => true, 'cases').toLocaleString('en');
  const real = total((name) => !name.endsWith('-random'), 'cases');
  const portfolios = (name: string) => name.startsWith('orders-');
  const largest = Math.max(...all.map(([, family]) => family.largestDifference));
  const { version, results } = golden('nautilus/seeded.json') as { version: string; results: unknown[] };
  expect(readme).toContain(`| | ${engine} | NautilusTrader ${version} |`);
  expect(readme).toContain(
    `| cases compared | ${seeded} seeded, ${real} of them on real bars, daily and intraday | ${results.length} seeded,`,
  );
  expect(total(portfolios, 'sameDoubles')).toBe(total(portfolios, 'cases'));
  const same = `cash and positions of all ${total(portfolios, 'cases')} portfolios are the same doubles`;
  expect(readme).toContain(`| largest relative difference | ${largest.toPrecision(2)}; ${same} |`);
});

test('every command that the README names exists', () => {
  const help = run('dist/cli/main.js', '--help');
  const named = new Set([...readme.matchAll(/backsweep ([a-z]+)\b/g)].map(([, command]) => command!));
  expect(named.size).toBeGreaterThan(5);
  for (const command of named) expect(help).toMatch(new RegExp(`^ {2}${command} `, 'm'));
});

test('the sweep file of the README is one', () => {
  const yaml = blocks.filter(({ language }) => language === 'yaml');
  expect(yaml).toHaveLength(1);
  const spec = parseSweepFile(yaml[0]!.text, 'README.md');
  expect(spec.strategy.name).toBe('momentum');
});
