// `npm run bench:report`: how long a report takes to open in Chromium (CHROMIUM, default /usr/bin/chromium), from the start of the
// navigation until it is drawn and until the page waits for input. Writes bench/report.json; `npm run docs` puts it into docs/report.md.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { buildPrograms } from './build-programs.mjs';

const ROUNDS = 11;
const out = mkdtempSync(join(tmpdir(), 'backsweep-report-'));
try {
  await buildPrograms(['report'], out);
  process.stderr.write('making a report of 432 and one of 1,000,000 runs\n');
  const program = [join(out, 'report.mjs'), out];
  const made = JSON.parse(execFileSync(process.execPath, program, { encoding: 'utf8' }));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  const times = new Map(made.map(({ name }) => [name, []]));
  // In alternation; the first round warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const { name, file } of made) {
      const opened = await open(browser, file);
      if (round > 0) times.get(name).push(opened);
    }
  }
  const version = browser.version();
  await browser.close();
  const reports = made.map(({ name, runs, bytes }) => ({
    name,
    runs,
    bytes,
    drawnMs: median(times.get(name).map(({ drawn }) => drawn)),
    readyMs: median(times.get(name).map(({ ready }) => ready)),
    slowestReadyMs: Math.max(...times.get(name).map(({ ready }) => ready)),
  }));
  const machine = { cpu: cpus()[0].model, cores: cpus().length, chromium: version };
  const text = JSON.stringify({ machine, rounds: ROUNDS, reports }, null, 2);
  writeFileSync(fileURLToPath(new URL('report.json', import.meta.url)), `${text}\n`);
  process.stdout.write(`${text}\nwritten to bench/report.json\n`);
} finally {
  rmSync(out, { recursive: true });
}

/** Milliseconds since the navigation began: until something is drawn, and until the page has nothing left to do. */
async function open(browser, file) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.goto(pathToFileURL(file).href);
  await page.waitForSelector('footer');
  const times = await page.evaluate(async () => {
    const ready = await new Promise((resolve) => requestIdleCallback(() => resolve(performance.now())));
    const [paint] = performance.getEntriesByName('first-contentful-paint');
    return { drawn: paint.startTime, ready };
  });
  await context.close();
  return times;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length / 2)]);
}
