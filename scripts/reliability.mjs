// Runs the tests of faults and writes docs/reliability.md from what they did: fault, tried how often, outcome.
// FAULT_SEEDS sets the number of simulated sweeps.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const catalog = JSON.parse(readFileSync(join(root, 'test/faults/catalog.json'), 'utf8'));
const others = new Set(catalog.flatMap(({ elsewhere }) => elsewhere.map(({ file }) => file)));
const files = ['test/faults', ...[...others].filter((file) => existsSync(join(root, file)))];
const scratch = mkdtempSync(join(tmpdir(), 'backsweep-reliability-'));
const output = join(scratch, 'tests.json');
const program = join(root, 'node_modules/vitest/vitest.mjs');
const options = ['run', ...files, '--reporter=default', '--reporter=json', `--outputFile.json=${output}`];
const { status } = spawnSync(process.execPath, [program, ...options], { cwd: root, stdio: 'inherit' });
const { testResults } = JSON.parse(readFileSync(output, 'utf8'));
rmSync(scratch, { recursive: true });

/** Where titles stand for many cases, %s and the like stand for any text. */
const matches = (name, title) =>
  new RegExp(
    title
      .split(/%[sij]/)
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*'),
  ).test(name);

const tests = testResults.flatMap(({ name, assertionResults }) => {
  const file = relative(root, name).replaceAll('\\', '/');
  return assertionResults.map((test) => ({ file, ...test }));
});

/** How often a test tried a fault: as it says itself, else once if it is one of that fault. */
function times({ file, fullName, meta }, { fault, elsewhere }) {
  if (meta?.faults) return meta.faults[fault] ?? 0;
  const own =
    file.startsWith('test/faults/') && (/^(F\d+ )+/.exec(fullName)?.[0] ?? '').split(' ').includes(fault);
  return own || elsewhere.some((each) => each.file === file && matches(fullName, each.test)) ? 1 : 0;
}

const rows = catalog.map((entry) => {
  const own = tests.map((test) => ({ ...test, times: times(test, entry) })).filter((test) => test.times > 0);
  const ran = own.filter((test) => test.status === 'passed' || test.status === 'failed');
  const failed = ran.filter((test) => test.status === 'failed');
  const tried = ran.reduce((sum, test) => sum + test.times, 0);
  const outcome = ran.length === 0 ? 'not tried here' : failed.length === 0 ? 'survived' : 'FAILED';
  const where = [...new Set(ran.map((test) => `\`${test.file.replace(/^test\//, '')}\``))].sort().join(', ');
  return `| ${entry.fault} | ${entry.what} | ${tried} | ${ran.length} | ${outcome} | ${where} |`;
});

const seeds = process.env.FAULT_SEEDS ?? '300';
const text = `# Reliability: what was tried, and what came of it

Written by \`npm run reliability\` from a run of the tests with ${seeds} simulated sweeps; do not edit. A fault counts each
time that it was injected. Survived means that afterwards all of these held: the bytes are those of an undisturbed sweep;
every run is there once; every key was created once and nothing published was overwritten or deleted; the sweep ended
within visibility and reconciler periods once faults stopped; no half-written object was left; no status said complete
too early. Where a file of faults is refused (bombs, damage, poison), survived means that it was refused by name and cost
nothing else.

The protocol itself is checked as a model in every order of its steps (\`test/faults/model.test.ts\`): crashes, lost
answers, lost and doubled messages, cancel, resume and the deletion of the marker; twelve ways to get it wrong are found
by the same checker. \`FAULT_SEEDS=10000 npx vitest run test/faults\` simulates 10,000 sweeps and checks larger models.

| Fault | What happens | Tried | Tests | Outcome | In \`test/\` |
|---|---|---|---|---|---|
${rows.join('\n')}
`;
writeFileSync(join(root, 'docs/reliability.md'), text);
process.exitCode = status ?? 1;
