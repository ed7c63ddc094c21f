import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { barsCommand } from '../../src/cli/commands/bars.ts';
import { InvalidInputError } from '../../src/contracts/errors.ts';

const root = mkdtempSync(join(tmpdir(), 'cli-bars-'));
afterAll(() => rmSync(root, { recursive: true }));
afterEach(() => vi.restoreAllMocks());
let count = 0;
const fresh = () => join(root, `out-${count++}`);

/** Runs `backsweep bars …` and gives what it printed. */
async function bars(...args: string[]): Promise<string> {
  let printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  const command = barsCommand();
  for (const each of [command, ...command.commands])
    each.exitOverride().configureOutput({ writeErr: () => {} });
  await command.parseAsync(args, { from: 'user' });
  return printed;
}

function csv(text: string): string {
  const path = join(mkdtempSync(join(root, 'csv-')), 'long.csv');
  writeFileSync(path, text);
  return path;
}

const LONG = csv(
  'symbol,ts,open,high,low,close,volume,ask\nB,2015-01-06,4,4,4,4,1,1\nB,2015-01-05,8,8,8,8,1,1\nA,2015-01-05,1,2,1,2,0,1\nA,2015-01-06,1,0,1,2,0,1\n',
);

describe('backsweep bars import', () => {
  it('writes the dataset and says what a person should know', async () => {
    const out = fresh();
    const printed = await bars('import', LONG, '--out', out, '--on-bad-bar', 'drop');
    expect(printed).toContain(`note: ${LONG}: unused columns ask\n`);
    expect(printed).toContain('note: B: rows were not in order of time and have been sorted\n');
    expect(printed).toContain(
      `warning: A: dropped 2015-01-06 (${LONG} line 5): expected prices > 0, found 0\n`,
    );
    expect(printed).toContain('warning: B: close × 0.500 at 2015-01-06 looks like an unadjusted 2:1 split\n');
    expect(printed).toMatch(/^symbol +bars +first +last +missing +zero volume +jumps ×1\.35 +dropped$/m);
    expect(printed).toMatch(/^A +1 +2015-01-05 +2015-01-05 +0 +1 +0 +1$/m);
    expect(printed).toMatch(/dataset [0-9a-f]{32}, 2 symbols × 2 bars, 2015-01-05 to 2015-01-06\n$/);
    const inspected = await bars('inspect', out);
    expect(inspected).toMatch(/^B +2 +2015-01-05 +2015-01-06 +0 +0 +1$/m);
    expect(inspected.split('\n').at(-2)).toBe(printed.split('\n').at(-2));
  });

  it('writes nothing on a bad bar by default', async () => {
    const out = fresh();
    await expect(bars('import', LONG, '--out', out)).rejects.toThrow(InvalidInputError);
    await expect(bars('inspect', out)).rejects.toThrow(/expected a dataset directory/);
  });

  it('prints JSON for machines, and nothing else', async () => {
    const printed = JSON.parse(
      await bars('import', LONG, '--out', fresh(), '--on-bad-bar', 'drop', '--json'),
    );
    expect(printed.manifest.symbols.map(({ symbol }: { symbol: string }) => symbol)).toEqual(['A', 'B']);
    expect(printed.report[0].dropped).toEqual([
      { place: `${LONG} line 5`, time: Date.UTC(2015, 0, 6), reason: 'expected prices > 0, found 0' },
    ]);
    expect(printed.files[0].unused).toEqual(['ask']);
  });

  it('points to --adjust where an adjusted close is left unused', async () => {
    const path = csv('symbol,ts,open,close,Adj Close\nA,2015-01-05,2,2,1\n');
    expect(await bars('import', path, '--out', fresh())).toContain(
      '--adjust scales them by the adjusted close',
    );
    const adjusted = await bars('import', path, '--out', fresh(), '--adjust');
    expect(adjusted).not.toContain('--adjust');
  });

  it.each([
    [['import', LONG], /--out/],
    [['import', '--out', 'x'], /paths/],
    [['import', LONG, '--out', 'x', '--on-bad-bar', 'ignore'], /Allowed choices are error, drop/],
    [['synth', '--out', 'x', '--assets', 'many'], /expected a number/],
    [['synth', '--out', 'x', '--start', '2010-02-30'], /expected a date/],
  ])('refuses %j', async (args, message) => {
    await expect(bars(...args)).rejects.toThrow(message);
  });
});

describe('backsweep bars synth', () => {
  it('makes the same dataset from the same flags', async () => {
    const [a, b, c] = [fresh(), fresh(), fresh()];
    const flags = ['--assets', '3', '--bars', '50', '--gaps', '0.1', '--interval', 'hour', '--json'];
    const one = JSON.parse(await bars('synth', '--out', a, '--seed', '5', ...flags));
    const two = JSON.parse(await bars('synth', '--out', b, '--seed', '5', ...flags));
    const other = JSON.parse(await bars('synth', '--out', c, '--seed', '6', ...flags));
    expect(one.manifest).toEqual(two.manifest);
    expect(other.manifest.datasetId).not.toBe(one.manifest.datasetId);
    const { report } = JSON.parse(await bars('inspect', a, '--json'));
    expect(report.map(({ symbol }: { symbol: string }) => symbol)).toEqual(['SYN001', 'SYN002', 'SYN003']);
  });
});

describe('help', () => {
  it('has an example for every command', () => {
    for (const command of barsCommand().commands) {
      let help = '';
      command
        .configureOutput({
          writeOut: (text) => {
            help += text;
          },
        })
        .outputHelp();
      expect(help).toContain(`$ backsweep bars ${command.name()} `);
    }
  });
});
