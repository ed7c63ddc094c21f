// Keeps the code that V8 compiles for the command line, so that a call of it need not compile again (docs/decisions/0015):
// runs a small sweep, which calls most of it, and keeps what was compiled up to then.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';
import { KEPT_CODE, keptScript, runScript } from '../dist/cli/kept-program.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = mkdtempSync(join(tmpdir(), 'backsweep-keep-code-'));
const at = (name) => join(out, name);
const main = join(root, 'dist', 'cli', 'main.js');
const size = ['--assets', '4', '--bars', '600', '--seed', '1'];
const sweep = `
bars: ./bars
strategy: {name: momentum, params: {lookback: {from: 20, to: 60, step: 20}, top: 2, rebalance: [week, month]}}
stops: {stopLoss: [null, 0.03], trailingStop: 0.1, takeProfit: 0.3}
conditions: ["params.lookback > 20 || stops.stopLoss != null"]
constraints: ["orders >= 1"]
`;
try {
  execFileSync(process.execPath, [main, 'bars', 'synth', '--out', at('bars'), ...size], { stdio: 'ignore' });
  writeFileSync(at('sweep.yaml'), sweep);
  process.argv = [process.execPath, main, 'run', at('sweep.yaml'), '--dir', at('results')];
  const { write } = process.stdout;
  process.stdout.write = () => true;
  v8.setFlagsFromString('--no-flush-bytecode'); // or what was called early is gone at the end
  const script = keptScript();
  await runScript(script).ended;
  v8.setFlagsFromString('--flush-bytecode'); // flags are part of what V8 compares
  process.stdout.write = write;
  if (process.exitCode !== 0)
    throw new Error(`expected a sweep that runs, found exit code ${process.exitCode}`);
  writeFileSync(join(root, KEPT_CODE), script.createCachedData());
} finally {
  rmSync(out, { recursive: true });
}
