// Makes the reports that bench/report.mjs opens: of 432 runs that were simulated, and of a million that were made up. Prints
// how large they are.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MOMENTUM, reportOfFile, reportOfMillion } from '../test/browser/reports.ts';

const [folder] = process.argv.slice(2);
const reports = {
  small: await reportOfFile(MOMENTUM),
  million: await reportOfMillion(),
};
const made = Object.entries(reports).map(([name, { html, data }]) => {
  const file = join(folder!, `${name}.html`);
  writeFileSync(file, html);
  return { name, file, runs: data.summary.runs, bytes: Buffer.byteLength(html) };
});
process.stdout.write(JSON.stringify(made));
