import { Command, InvalidArgumentError, Option } from 'commander';
import { openDataset, writeDataset } from '../../adapters/local/dataset-directory.ts';
import { type ImportedBars, importBars } from '../../adapters/local/import-bars.ts';
import type { DatasetManifest } from '../../contracts/dataset-manifest.ts';
import { type BarsSummary, summarizeBars } from '../../formats/bars-report.ts';
import type { SymbolBars } from '../../formats/dataset-id.ts';
import { unionOfTimes } from '../../formats/join-bars.ts';
import { SYNTH_INTERVALS, type SynthInterval, synthBars } from '../../formats/synth-bars.ts';
import { formatTimestamp, parseTimestamp } from '../../formats/timestamp.ts';
import { readSymbol } from '../../sweep/load-bars.ts';
import { bucketName, endpointOption } from '../cloud-options.ts';
import { table } from '../table.ts';

/** Dropped bars of one symbol that are printed one by one. */
const MAX_DROPPED_LINES = 20;

interface ImportFlags {
  readonly out: string;
  readonly adjust?: boolean;
  readonly closeOnly?: boolean;
  readonly onBadBar: 'error' | 'drop';
  readonly symbol?: string;
  readonly json?: boolean;
}

interface PushFlags {
  readonly endpoint?: string;
  readonly json?: boolean;
}

interface SynthFlags {
  readonly out: string;
  readonly assets: number;
  readonly bars: number;
  readonly seed: number;
  readonly correlation: number;
  readonly gaps: number;
  readonly interval: SynthInterval;
  readonly start: number;
  readonly json?: boolean;
}

/** `backsweep bars import|inspect|synth|push`: datasets of bars on disk, and from there to a bucket; errors are thrown for the caller to print. */
export function barsCommand(): Command {
  const bars = new Command('bars').description('make and look at datasets of bars (OHLCV)');
  bars
    .command('import')
    .description(
      'check files of bars (CSV, .csv.gz, Parquet; long or one per symbol) and write them as a dataset',
    )
    .argument('<paths...>', 'files, or folders of files')
    .requiredOption('--out <dir>', 'directory of the dataset: new, empty, or holding the same dataset')
    .option('--adjust', 'scale open, high, low and close by adjusted close / close')
    .option('--close-only', 'files with a close alone: use it as open, high and low too')
    .addOption(
      new Option('--on-bad-bar <what>', 'an impossible bar ends the import, or is left out and reported')
        .choices(['error', 'drop'])
        .default('error'),
    )
    .option('--symbol <name>', 'symbol of the file without a symbol column (default: its name)')
    .option('--json', 'print the whole report as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ backsweep bars import prices.csv.gz --out bars/us --on-bad-bar drop
  $ backsweep bars import yahoo/ --out bars/yahoo --adjust        # AAPL.csv, MSFT.csv, …
`,
    )
    .action(importAction);
  bars
    .command('inspect')
    .description('check a dataset against its manifest and show what is in it')
    .argument('<dir>', 'directory of a dataset')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  $ backsweep bars inspect bars/us\n')
    .action(inspectAction);
  bars
    .command('synth')
    .description('make up bars: seeded, correlated, with gaps; the same flags give the same bytes everywhere')
    .requiredOption('--out <dir>', 'directory of the dataset: new, empty, or holding the same dataset')
    .option('--assets <n>', 'number of symbols', number, 10)
    .option('--bars <n>', 'length of the time index', number, 2_520)
    .option('--seed <n>', 'seed', number, 1)
    .option('--correlation <r>', 'correlation of any two symbols, 0 to 1', number, 0.3)
    .option('--gaps <p>', 'probability of a missing bar, 0 to below 1', number, 0)
    .addOption(new Option('--interval <step>', 'step between bars').choices(SYNTH_INTERVALS).default('day'))
    .option('--start <date>', 'time of the first bar', time, Date.UTC(2010, 0, 4))
    .option('--json', 'print the manifest as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  $ backsweep bars synth --out bars/synth --assets 50 --bars 2520 --seed 7 --gaps 0.01\n',
    )
    .action(synthAction);
  bars
    .command('push')
    .description('put a dataset into the bucket of a stack; what is there already is not sent')
    .argument('<dir>', 'directory of a dataset')
    .argument('<bucket>', 's3://bucket, the output BucketName of the stack', bucketName)
    .addOption(endpointOption())
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  $ backsweep bars push bars/us s3://backsweep-dev-data\n')
    .action(pushAction);
  return bars;
}

async function importAction(paths: string[], flags: ImportFlags): Promise<void> {
  const imported = await importBars(paths, flags);
  const manifest = await writeDataset(flags.out, imported.symbols, `imported from ${paths.join(', ')}`);
  if (flags.json)
    return printJson({ out: flags.out, manifest, files: imported.files, report: imported.report });
  for (const line of remarks(imported, flags)) process.stdout.write(`${line}\n`);
  process.stdout.write(`\n${summaryTable(imported.report)}\n`);
  printDone(flags.out, manifest);
}

async function inspectAction(dir: string, flags: { readonly json?: boolean }): Promise<void> {
  const { manifest, read } = await openDataset(dir);
  const symbols: SymbolBars[] = [];
  for (const entry of manifest.symbols) {
    symbols.push({ symbol: entry.symbol, columns: await readSymbol(manifest, entry, read) });
  }
  const index = unionOfTimes(symbols.map(({ columns }) => columns.times));
  const report = symbols.map(({ symbol, columns }) => ({ symbol, ...summarizeBars(columns, index) }));
  if (flags.json) return printJson({ manifest, report });
  process.stdout.write(`${summaryTable(report)}\n`);
  for (const line of splitWarnings(report)) process.stdout.write(`${line}\n`);
  printDone(dir, manifest);
}

async function synthAction(flags: SynthFlags): Promise<void> {
  const { out, json, gaps, ...options } = flags;
  const symbols = synthBars({ ...options, gapProbability: gaps });
  const manifest = await writeDataset(out, symbols, `made up: ${JSON.stringify({ ...options, gaps })}`);
  if (json) return printJson({ out, manifest });
  printDone(out, manifest);
}

async function pushAction(dir: string, bucket: string, { endpoint, json }: PushFlags): Promise<void> {
  const { manifest, read } = await openDataset(dir);
  // Loaded only here: importing bars needs no cloud.
  const { openBucket, pushedText } = await import('../push-to-bucket.ts');
  const { pushDataset } = await import('../../sweep/push.ts');
  const pushed = await pushDataset(openBucket(bucket, endpoint), manifest, read);
  const bars = `s3://${bucket}/datasets/${manifest.datasetId}`;
  if (json) return printJson({ bars, datasetId: manifest.datasetId, sent: pushed });
  process.stdout.write(`${dir}: ${pushedText(pushed)}\nin a sweep file: bars: ${bars}\n`);
}

/** What a person should know before trusting the bars, one line each. */
function remarks({ files, report }: ImportedBars, flags: ImportFlags): string[] {
  const lines: string[] = [];
  for (const { file, unused } of files) {
    const isAdjusted = (name: string) => /adj/i.test(name);
    if (unused.length > 0) lines.push(`note: ${file}: unused columns ${unused.join(', ')}`);
    if (!flags.adjust && !flags.closeOnly && unused.some(isAdjusted)) {
      lines.push(`note: ${file}: prices are not adjusted; --adjust scales them by the adjusted close`);
    }
  }
  for (const { symbol, bars, dropped, empty, filled, sorted } of report) {
    if (!sorted) lines.push(`note: ${symbol}: rows were not in order of time and have been sorted`);
    if (filled > 0)
      lines.push(`note: ${symbol}: ${filled} missing highs or lows set to max or min of open and close`);
    if (empty > 0) lines.push(`note: ${symbol}: ${empty} rows without any price taken as missing bars`);
    if (bars === 0) lines.push(`warning: ${symbol}: no bar is left; it is not in the dataset`);
    for (const { place, time, reason } of dropped.slice(0, MAX_DROPPED_LINES)) {
      lines.push(`warning: ${symbol}: dropped ${formatTimestamp(time)} (${place}): ${reason}`);
    }
    const more = dropped.length - MAX_DROPPED_LINES;
    if (more > 0) lines.push(`warning: ${symbol}: dropped ${more} more bars; --json lists them`);
  }
  return [...lines, ...splitWarnings(report)];
}

function splitWarnings(report: readonly (BarsSummary & { readonly symbol: string })[]): string[] {
  return report.flatMap(({ symbol, splits }) =>
    splits.map(
      ({ time, ratio, split }) =>
        `warning: ${symbol}: close × ${ratio.toFixed(3)} at ${formatTimestamp(time)} looks like an unadjusted ${split} split`,
    ),
  );
}

function summaryTable(
  report: readonly (BarsSummary & { readonly symbol: string; readonly dropped?: readonly unknown[] })[],
): string {
  const withDropped = report.some(({ dropped }) => dropped !== undefined);
  return table(
    [
      'symbol',
      'bars',
      'first',
      'last',
      'missing',
      'zero volume',
      'jumps ×1.35',
      ...(withDropped ? ['dropped'] : []),
    ],
    report.map((row) => [
      row.symbol,
      row.bars,
      row.bars === 0 ? '' : formatTimestamp(row.from),
      row.bars === 0 ? '' : formatTimestamp(row.to),
      row.missing,
      row.unknownVolume === row.bars ? 'unknown' : row.zeroVolume,
      row.jumps,
      ...(withDropped ? [row.dropped?.length] : []),
    ]),
  );
}

function printDone(dir: string, manifest: DatasetManifest): void {
  const range = `${formatTimestamp(manifest.from)} to ${formatTimestamp(manifest.to)}`;
  process.stdout.write(
    `${dir}: dataset ${manifest.datasetId}, ${manifest.symbols.length} symbols × ${manifest.bars} bars, ${range}\n`,
  );
}

function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('expected a number.');
  return value;
}

function time(text: string): number {
  const value = parseTimestamp(text);
  if (Number.isNaN(value)) throw new InvalidArgumentError('expected a date such as 2010-01-04.');
  return value;
}
