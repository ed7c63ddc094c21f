// `npm run bench:sweep`: the part of `npm run bench` that measures whole sweeps, alone; writes bench/sweep.json.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPrograms } from './build-programs.mjs';
import { measureWholeSweeps } from './whole-sweeps.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = mkdtempSync(join(tmpdir(), 'backsweep-sweep-'));
try {
  await buildPrograms(['sweep'], out);
  const { large, tenThousand, million, answered } = await measureWholeSweeps(out);
  const cpuMicros = ({ cpuSeconds }, runs) => ((cpuSeconds * 1e6) / runs).toFixed(0);
  const lines = large.map(
    ({ name, runs, engineMicros, shardMicros, kernelSeconds, machineScaling, core, one, two }) =>
      `${name}: a run ${engineMicros.toFixed(0)} µs, in its shard ${shardMicros.toFixed(0)} µs, in all ${cpuMicros(one, runs)} µs of CPU on one thread, ` +
      `${cpuMicros(two, runs)} µs on two; 100,000 runs ${core ? `${core.seconds.toFixed(1)} s on one core, ` : ''}${one.seconds.toFixed(1)} s on one thread, ${two.seconds.toFixed(1)} s on two: ` +
      `${(one.seconds / two.seconds).toFixed(2)}×, two processes of bare runs ${machineScaling.toFixed(2)}×; ` +
      `${(two.seconds / (kernelSeconds / 2)).toFixed(2)} × (kernel ÷ 2), ${(two.seconds / (kernelSeconds / machineScaling)).toFixed(2)} × (kernel ÷ ${machineScaling.toFixed(2)})`,
  );
  const mib = ({ peakBytes }) => `${(peakBytes / 2 ** 20).toFixed(0)} MiB`;
  lines.push(
    `1,000,000 runs on 10 assets × 500 bars: ${million.seconds.toFixed(0)} s, peak ${mib(million)}, ${(million.peakBytes / tenThousand.peakBytes).toFixed(2)}× that of 10,000 runs (${mib(tenThousand)})`,
    ...Object.entries(answered).map(([name, seconds]) => `${name} on them: ${seconds.toFixed(1)} s`),
  );
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length };
  const figures = { machine, large, tenThousand, million, answered };
  writeFileSync(join(here, 'sweep.json'), `${JSON.stringify(figures, null, 2)}\n`);
  process.stdout.write(`${lines.join('\n')}\nwritten to bench/sweep.json\n`);
} finally {
  rmSync(out, { recursive: true });
}
