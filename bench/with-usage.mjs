// Runs the command line and writes what the process used to the file named by BACKSWEEP_USAGE.
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const usage = { peakBytes: maxRSS * 1024, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 };
  writeFileSync(process.env.BACKSWEEP_USAGE, JSON.stringify(usage));
});
process.argv.splice(1, 1, new URL('../dist/cli/main.js', import.meta.url).pathname);
await import('../dist/cli/main.js');
