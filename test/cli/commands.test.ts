import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { cli, scratch } from '../support/cli.ts';

const { root, write, remove } = scratch('commands');
afterAll(remove);

describe('wrong bars', () => {
  it.each<[string, string, RegExp]>([
    ['a missing column', 'symbol,ts,open\nA,2020-01-01,1\n', /close/],
    [
      'text in a price',
      'symbol,ts,open,high,low,close\nA,2020-01-01,1,1,1,cheap\n',
      /bars\.csv.* line 2.*cheap/,
    ],
    ['high below low', 'symbol,ts,open,high,low,close\nA,2020-01-01,2,1,3,2\n', /high/],
    [
      'a time given twice',
      'symbol,ts,open,high,low,close\nA,2020-01-01,1,1,1,1\nA,2020-01-01,1,1,1,1\n',
      /2020-01-01/,
    ],
    ['no bar at all', 'symbol,ts,open,high,low,close\n', /found none|no rows/],
  ])('%s', async (_, csv, message) => {
    write('bars.csv', csv);
    write('events.json', '[]');
    const { code, stderr } = await cli(
      root,
      'simulate',
      '--bars',
      'bars.csv',
      '--instructions',
      'events.json',
    );
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });

  it('a file that is no Parquet', async () => {
    write('bars.parquet', 'PAR1 this is no parquet PAR1');
    write('events.json', '[]');
    const { code, stderr } = await cli(
      root,
      'simulate',
      '--bars',
      'bars.parquet',
      '--instructions',
      'events.json',
    );
    expect(stderr).toMatch(/bars\.parquet: expected/);
    expect(code).toBe(2);
  });
});

describe('the command itself', () => {
  it('names the command that was meant, and ends with exit 2', async () => {
    const { code, stderr } = await cli(root, 'rnu');
    expect(stderr).toContain("unknown command 'rnu'\n(Did you mean run?)");
    expect(code).toBe(2);
  });

  it.each([
    [['run']],
    [['top', 'last', '-n', '0']],
    [['top', '--ascending', '--descending']],
    [['query', 'last', 'x', '--format', 'xml']],
  ])('refuses %j with exit 2', async (args) => {
    const { code, stderr, stdout } = await cli(root, ...args);
    expect(stderr).toContain('--help shows the flags and an example');
    expect([code, stdout]).toEqual([2, '']);
  });

  it('tells errors as JSON where --json is given, and nothing else', async () => {
    const bad = JSON.parse((await cli(root, 'run', 'gone.yaml', '--json')).stderr);
    expect(bad).toEqual({
      error: {
        kind: 'invalid_input',
        message: 'gone.yaml: expected a file, found none; check the path',
        exitCode: 2,
      },
    });
    const usage = JSON.parse((await cli(root, 'run', '--json')).stderr);
    expect(usage.error).toMatchObject({ kind: 'usage', exitCode: 2 });
  });
});

describe('help', () => {
  it('lists every command, and each has an example', async () => {
    const { code, stdout } = await cli(root, '--help');
    expect(code).toBe(0);
    const names = [
      'run',
      'plan',
      'status',
      'list',
      'cancel',
      'resume',
      'top',
      'query',
      'show',
      'simulate',
      'strategies',
      'schema',
    ];
    for (const name of [...names, 'bars']) expect(stdout).toMatch(new RegExp(`^  ${name} +\\w`, 'm'));
    const helps = await Promise.all(names.map((name) => cli(root, name, '--help')));
    for (const [i, help] of helps.entries()) {
      expect([help.code, help.stderr]).toEqual([0, '']);
      expect(help.stdout).toContain(`$ backsweep ${names[i]}`);
    }
  });

  it('knows its version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect((await cli(root, '--version')).stdout).toBe(`${version}\n`);
  });

  it('prints the strategies with defaults, and the schema of the sweep file', async () => {
    const { stdout } = await cli(root, 'strategies', 'momentum');
    expect(stdout).toMatch(/^ {2}lookback +whole number ≥ 1 +120 +Bars over which/m);
    expect((await cli(root, 'strategies', 'momentun')).stderr).toContain('did you mean momentum?');
    const schema = JSON.parse((await cli(root, 'schema')).stdout);
    expect(Object.keys(schema.properties)).toContain('constraints');
  });
});
