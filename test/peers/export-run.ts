import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BIN, sweepFile, writeBars } from '../support/cli.ts';

/** Runs a sweep of one run in a folder through the command line, exports the run there and gives the export's folder. */
export async function exportRun(
  root: string,
  to: 'vectorbt' | 'nautilus',
  name: string,
  fields: Parameters<typeof sweepFile>[0],
): Promise<string> {
  const backsweep = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
      cwd: root,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`backsweep ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  await writeBars(root);
  writeFileSync(join(root, 'sweep.yaml'), sweepFile({ name, ...fields }));
  backsweep('run', 'sweep.yaml', '--threads', '1');
  const [{ run_id }] = JSON.parse(backsweep('top', 'last', '--json'));
  const out = `exported-${run_id}`;
  backsweep('export', run_id, '--to', to, '--out', out);
  return join(root, out);
}
