import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const BLOCK = /^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm;

/**
 * What a page of the docs does, in its order: files it writes (a block whose language is followed by a file name) and
 * commands it runs (a block of language `console` whose first line begins with `$ `; a number after the language is how
 * many lines of the output are shown).
 */
export function stepsOf(page) {
  const steps = [];
  for (const [block, language, word, text] of page.matchAll(BLOCK)) {
    if (language === 'console') {
      const [first, ...shown] = text.trimEnd().split('\n');
      const command = /^\$ (?:npx )?backsweep (.+)$/.exec(first);
      if (!command) throw new Error(`expected a block that begins with $ backsweep, found ${first}`);
      const lines = word === undefined ? null : Number(word);
      steps.push({ block, command: first, args: wordsOf(command[1]), lines, shown });
    } else if (word !== undefined) steps.push({ block, file: word, text });
  }
  return steps;
}

/** The words of a command line with single or double quotes around some; `> file` at its end stays as two words. */
function wordsOf(line) {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c);
}

/** Does one step in a folder; of a command, gives the lines that the page shows of its output. */
export function doStep(step, folder) {
  if (step.file !== undefined) {
    mkdirSync(dirname(join(folder, step.file)), { recursive: true });
    writeFileSync(join(folder, step.file), step.text);
    return null;
  }
  const into = step.args.indexOf('>');
  const args = (into < 0 ? step.args : step.args.slice(0, into)).map((word) =>
    word === 'RUN_ID' ? bestRun(folder) : word,
  );
  const stdout = backsweep(args, folder);
  if (into >= 0) {
    writeFileSync(join(folder, step.args[into + 1]), stdout);
    return [];
  }
  const lines = stdout.trimEnd().split('\n');
  if (step.lines === null || lines.length <= step.lines) return lines;
  return [...lines.slice(0, step.lines), '…'];
}

function backsweep(args, cwd) {
  const env = { ...process.env, NO_COLOR: '1', COLUMNS: '120' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd,
    encoding: 'utf8',
    env,
  });
  if (status !== 0) throw new Error(`backsweep ${args.join(' ')}: exit code ${status}\n${stderr}`);
  return stdout;
}

/** What `RUN_ID` stands for on a page: the best run of the latest sweep. */
const bestRun = (folder) => JSON.parse(backsweep(['top', 'last', '-n', '1', '--json'], folder))[0].run_id;

/** Lines that two runs have in common: not those that tell a time. */
export const lasting = (lines) =>
  lines.filter((line) => !/runs\/s|^time |\b\d+ ms\b|% of the time/.test(line));
