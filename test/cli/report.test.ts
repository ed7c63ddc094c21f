import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli, scratch, sweepFile, writeBars } from '../support/cli.ts';
import { command } from '../support/command.ts';

const { root, write, remove } = scratch('report');
let ran: Awaited<ReturnType<typeof cli>>;
let file: string;

beforeAll(async () => {
  await writeBars(root);
  write('sweep.json', sweepFile({ name: 'Tiny & "wild" / sweep' }));
  ran = await cli(root, 'run', 'sweep.json', '--dir', 'sweeps');
  file = /^report +(\S+)$/m.exec(ran.stdout)![1]!;
});
afterAll(remove);

const report = (...args: string[]) => command(root, {}, ['report', ...args]);
const lines = (name: string) => readFileSync(join(root, name), 'utf8').split('\n');

describe('backsweep run', () => {
  it('writes the report beside the results and prints where, under a name that every system takes', () => {
    expect(ran.code).toBe(0);
    expect(file).toMatch(/^sweeps\/reports\/tiny-wild-sweep-[0-9a-f]{10}\.html$/);
    expect(lines(file)[0]).toBe('<!doctype html>');
  });

  it('writes none with --no-report, and names the command that does', async () => {
    const { stdout } = await cli(root, 'run', 'sweep.json', '--dir', 'quiet', '--no-report');
    expect(existsSync(join(root, 'quiet', 'reports'))).toBe(false);
    expect(stdout).toMatch(/^go on with .*backsweep report [0-9a-f]{10} --dir quiet/m);
    expect(stdout).not.toMatch(/^report /m);
  });

  it('does not fail for a report that cannot be written, and says so', async () => {
    write('occupied', '');
    await cli(root, 'run', 'sweep.json', '--dir', 'full', '--no-report');
    write('full/reports', 'in the way');
    const { code, stderr, stdout } = await cli(root, 'run', 'sweep.json', '--dir', 'full');
    expect(stderr).toMatch(/^warning: the sweep is done, but not its report: full\/reports.*cannot write/m);
    expect(stdout).toContain('16 of 16 runs ok');
    expect(code).toBe(0);
  });
});

describe('backsweep report', () => {
  it('writes the same bytes again, to a file of one’s choice', async () => {
    const { code, stdout } = await report('last', '--dir', 'sweeps', '--out', 'again.html');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^again\.html \([\d.]+ kB\)\n$/);
    expect(lines('again.html')).toEqual(lines(file));
  });

  it('prints JSON for machines', async () => {
    const { stdout } = await report('last', '--dir', 'sweeps', '--json');
    expect(JSON.parse(stdout)).toEqual({
      file,
      bytes: readFileSync(join(root, file)).length,
      withoutCurves: null,
    });
  });

  it('does without curves where the bars are gone, and says why', async () => {
    renameSync(join(root, 'bars'), join(root, 'moved'));
    const { code, stderr } = await report('last', '--dir', 'sweeps', '--out', 'bare.html');
    renameSync(join(root, 'moved'), join(root, 'bars'));
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^note: no curves of the best runs: sweep .*expected its bars and strategy where they were/,
    );
    expect(lines('bare.html').join('')).toContain('expected its bars and strategy where they were');
  });

  it.each<[string, string[], RegExp]>([
    ['an unknown sweep', ['ffff', '--dir', 'sweeps'], /expected the beginning of one id, found none/],
    ['a directory that is none', ['last', '--dir', 'nothing'], /expected a directory of sweeps, found none/],
    [
      'a strategy without a bucket',
      ['last', '--dir', 'sweeps', '--strategy', 'x.ts'],
      /expected --bucket with it/,
    ],
    ['a bucket and a directory', ['last', '--dir', 'sweeps', '--bucket', 's3://data'], /cannot be used with/],
    ['what is no bucket', ['last', '--bucket', 'https://data'], /expected a bucket: s3:\/\/name/],
  ])('refuses %s, with exit 2', async (_, args, message) => {
    const { code, stderr } = await report(...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });

  it('refuses a sweep that has not ended, and says how to go on', async () => {
    const [, id] = /sweep ([0-9a-f]{10})/.exec(ran.stdout)!;
    rmSync(join(root, 'full', 'final'), { recursive: true });
    const { code, stderr } = await report(id!, '--dir', 'full');
    expect(stderr).toMatch(
      /expected a sweep that has ended, found no summary yet; `backsweep resume` goes on/,
    );
    expect(code).toBe(2);
  });
});
