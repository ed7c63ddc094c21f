import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli, scratch, sweepFile, writeBars } from '../support/cli.ts';
import { command } from '../support/command.ts';

const { root, write, remove } = scratch('errors');
beforeAll(() => writeBars(root));
afterAll(remove);

const params = (fields: object) => ({ strategy: { name: 'momentum', params: fields } });

describe('a wrong sweep file ends with exit 2 and one message that says what to do', () => {
  it.each<[string, object, RegExp]>([
    [
      'a grid that is too large',
      params({ lookback: { from: 1, to: 9000, step: 1 }, skip: { from: 0, to: 999, step: 1 } }),
      /the grid is too large: expected at most 1000000 runs \(maxRuns\), found 36000000; add sample/,
    ],
    [
      'a condition that excludes everything',
      { conditions: ['params.top > 5'] },
      /none of 16 points left: "params.top > 5" excluded 16; loosen/,
    ],
    [
      'an unknown strategy',
      { strategy: { name: 'momentun' } },
      /expected a built-in one, or the path of a module .* found "momentun"; did you mean momentum\?/,
    ],
    [
      'an unknown parameter',
      params({ lookbak: 10 }),
      /strategy\.params\.lookbak: .*no parameter lookbak; did you mean lookback\?/,
    ],
    [
      'an unknown name in a condition',
      { conditions: ['params.topp > 1'] },
      /unknown name params\.topp; did you mean params\.top\?/,
    ],
    [
      'an axis that is none',
      { stops: { stopLos: [0.1] } },
      /bad\.yaml:1:\d+: stops\.stopLos: unknown field "stopLos"; did you mean stopLoss\?/,
    ],
    ['an unknown objective', { objective: 'sharp' }, /objective: expected one of .* found sharp/],
    [
      'a period outside the data',
      { period: { from: '1990-01-01', to: '1990-12-31' } },
      /period: expected bars between 2015-01-05 and .* found none from 1990-01-01/,
    ],
    [
      'an unknown symbol',
      { universe: ['SYN01'] },
      /universe: expected one of the 3 symbols .* found "SYN01"; did you mean SYN001/,
    ],
    [
      'no dataset',
      { bars: './nothing' },
      /nothing: expected a dataset directory with manifest\.json, found none; make one with `backsweep bars import/,
    ],
    [
      'a dataset in the cloud',
      { bars: 's3://bucket/datasets/x' },
      /bars: expected a dataset directory for a run on this machine, found s3:/,
    ],
    [
      'a module that is not there',
      { strategy: { name: './gone.ts' } },
      /gone\.ts: expected the module of a strategy, found no such file/,
    ],
    [
      'a file of instructions that is not there',
      { strategy: { name: 'instructions', params: { file: ['gone.json'] } } },
      /gone\.json: expected a file, found none; check the path/,
    ],
  ])('%s', async (_, fields, message) => {
    write('bad.yaml', sweepFile(fields));
    const { code, stdout, stderr } = await command(root, {}, ['run', 'bad.yaml', '--dir', 'unused']);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^error: /);
    expect(stderr).not.toContain('    at ');
    expect([code, stdout]).toEqual([2, '']);
    expect(readdirSync(root)).not.toContain('unused');
  });

  it('also where the file is missing, or no YAML', async () => {
    expect((await cli(root, 'run', 'gone.yaml')).stderr).toBe(
      'error: gone.yaml: expected a file, found none; check the path\n',
    );
    write('broken.yaml', 'name: [a\nbars: b');
    expect((await cli(root, 'run', 'broken.yaml')).stderr).toMatch(
      /^error: broken\.yaml:\d+:\d+: expected YAML or JSON/,
    );
  });
});

describe('damage outside ends with exit 3', () => {
  it('where an object of the dataset was cut off', async () => {
    const damaged = scratch('damaged');
    await writeBars(damaged.root);
    const bars = join(damaged.root, 'bars');
    const object = readdirSync(bars).find((name) => name.endsWith('.parquet'))!;
    truncateSync(join(bars, object), 100);
    damaged.write('sweep.yaml', sweepFile());
    const { code, stderr } = await cli(damaged.root, 'run', 'sweep.yaml');
    damaged.remove();
    expect(stderr).toMatch(
      /expected \d+ bytes with sha256 [0-9a-f]{64}, found 100 bytes; the copy is damaged/,
    );
    expect(code).toBe(3);
  });

  it('where a result was damaged, naming it', async () => {
    write('one.yaml', sweepFile({ stops: {} }));
    await cli(root, 'run', 'one.yaml', '--dir', 'one');
    const [folder] = readdirSync(join(root, 'one/results'));
    const file = join(root, 'one/results', folder!, 'shard-00000.parquet');
    writeFileSync(file, readFileSync(file).subarray(0, 50));
    const { code, stderr } = await cli(root, 'top', '--dir', 'one');
    expect(stderr).toMatch(/results cannot be .*shard-00000\.parquet/);
    expect(code).toBe(3);
  });

  it('where the directory of sweeps cannot be made', async () => {
    write('taken', 'a file');
    write('good.yaml', sweepFile());
    const { code, stderr } = await cli(root, 'run', 'good.yaml', '--dir', 'taken');
    expect(stderr).toMatch(/^error: cannot write .*taken/);
    expect(code).toBe(3);
  });
});
