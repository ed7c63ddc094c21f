// Runs the commands that the pages of docs/ show and puts what they print below them; then writes the pages that are
// made from the code: sweep-file.md and strategies.md; last the figures that were measured.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { doStep, stepsOf } from '../test/support/documented.mjs';
import { generatedPages } from './generated-pages.mjs';
import { FILES_WITH_FIGURES, withFigures } from './measured-figures.mjs';

const docs = fileURLToPath(new URL('../docs/', import.meta.url));
for (const name of readdirSync(docs).filter((file) => file.endsWith('.md'))) {
  const page = readFileSync(join(docs, name), 'utf8');
  const steps = stepsOf(page);
  if (steps.length === 0) continue;
  const folder = mkdtempSync(join(tmpdir(), 'backsweep-docs-'));
  let text = page;
  for (const step of steps) {
    const lines = doStep(step, folder);
    if (lines === null) continue;
    const fence = step.block.slice(0, step.block.indexOf('\n'));
    text = text.replace(step.block, () => [fence, step.command, ...lines, '```'].join('\n'));
  }
  rmSync(folder, { recursive: true });
  writeFileSync(join(docs, name), text);
}
for (const [name, text] of Object.entries(generatedPages())) writeFileSync(join(docs, name), text);
for (const file of FILES_WITH_FIGURES.filter((name) => name.startsWith('docs/'))) {
  const path = fileURLToPath(new URL(`../${file}`, import.meta.url));
  writeFileSync(path, withFigures(file, readFileSync(path, 'utf8')));
}
