import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const at = (path: string) => new URL(`../../${path}`, import.meta.url);
const read = (path: string) => readFileSync(at(path), 'utf8');
const catalog = JSON.parse(read('test/faults/catalog.json')) as readonly {
  readonly fault: string;
  readonly what: string;
  readonly elsewhere: readonly { readonly file: string; readonly test: string }[];
}[];
const numbers = Array.from({ length: 30 }, (_, i) => `F${i + 1}`);

describe('the list of faults', () => {
  it('has every fault once', () => {
    expect(catalog.map(({ fault }) => fault)).toEqual(numbers);
  });

  it('names tests that are there', () => {
    for (const { file, test } of catalog.flatMap(({ elsewhere }) => elsewhere)) {
      // The tests in an emulated cloud come with the functions that run there.
      if (file.startsWith('test/cloud/') && !existsSync(at(file))) continue;
      expect(read(file), `${file}: ${test}`).toContain(test);
    }
  });

  it('has a test for every fault', () => {
    const own = readdirSync(at('test/faults')).filter((name) => name.endsWith('.test.ts'));
    const texts = own.map((name) => read(`test/faults/${name}`)).join('\n');
    for (const { fault, elsewhere } of catalog) {
      const there = elsewhere.some(({ file }) => existsSync(at(file)));
      expect(there || new RegExp(`\\b${fault}\\b`).test(texts), fault).toBe(true);
    }
  });

  it('is what docs/reliability.md tells of, each fault tried and survived', () => {
    const rows = read('docs/reliability.md')
      .split('\n')
      .filter((line) => /^\| F\d+ \|/.test(line));
    const cells = rows.map((row) => row.split('|').map((cell) => cell.trim()));
    expect(cells.map(([, fault]) => fault)).toEqual(numbers);
    expect(cells.map(([, , what]) => what)).toEqual(catalog.map(({ what }) => what));
    for (const [, fault, , tried, tests, outcome] of cells) {
      expect([fault, outcome]).toEqual([fault, 'survived']);
      expect(Math.min(Number(tried), Number(tests)), fault).toBeGreaterThan(0);
    }
  });
});
