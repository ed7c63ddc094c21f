// Runs the command line and writes what the process used to the file named by BACKSWEEP_USAGE.
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  const { maxRSS } = process.resourceUsage();
  writeFileSync(process.env.BACKSWEEP_USAGE, JSON.stringify({ peakBytes: maxRSS * 1024 }));
});
process.argv.splice(1, 1, new URL('../dist/cli/main.js', import.meta.url).pathname);
await import('../dist/cli/main.js');
