import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { INSTRUCTIONS_PICTURE, instructionsPicture } from '../scripts/docs-pictures.mjs';
import { generatedPages } from '../scripts/generated-pages.mjs';
import { FILES_WITH_FIGURES, withFigures } from '../scripts/measured-figures.mjs';
import { doStep, lasting, stepsOf } from './support/documented.mjs';

const docs = new URL('../docs/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, docs), 'utf8');
const pages = readdirSync(docs).filter((name) => name.endsWith('.md'));

describe('the pages of the docs', () => {
  const withCommands = pages.filter((name) => stepsOf(read(name)).some(({ file }) => file === undefined));

  it('show commands', () => {
    expect(withCommands).toEqual(expect.arrayContaining(['own-strategy.md', 'quick-start.md']));
  });

  it.each(withCommands)('%s shows what its commands print', { timeout: 300_000 }, (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'backsweep-docs-'));
    try {
      for (const step of stepsOf(read(name))) {
        const printed = doStep(step, folder);
        if (step.file !== undefined) continue;
        expect(lasting(step.shown), step.command).toEqual(lasting(printed!));
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each(Object.entries(generatedPages()))('%s is what the code says', (name, text) => {
    expect(read(name)).toBe(text);
  });

  it.each(FILES_WITH_FIGURES)('%s shows the figures that were measured last', (file) => {
    const text = read(`../${file}`);
    expect(text).toBe(withFigures(file, text));
  });

  it('shows the picture of what was simulated', () => {
    expect(readFileSync(INSTRUCTIONS_PICTURE, 'utf8')).toBe(instructionsPicture());
  });

  it('links only what is there', () => {
    const dead: string[] = [];
    for (const name of [...pages, '../README.md', '../CONTRIBUTING.md']) {
      for (const [, target] of read(name).matchAll(/\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)/g)) {
        try {
          readFileSync(new URL(target!, new URL(name, docs)));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EISDIR') dead.push(`${name}: ${target}`);
        }
      }
    }
    expect(dead).toEqual([]);
  });
});
