import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cellStatistic, groupRuns } from '../../src/report/cells.ts';
import type { PackedRuns } from '../../src/report/report-data.ts';
import type { RunColumns } from '../../src/report/run-columns.ts';
import { unpack } from '../../src/report/typed-arrays.ts';
import { type OpenedPage, startBrowser } from './browser.ts';
import { type MadeReport, MOMENTUM, reportOfFile } from './reports.ts';

let browser: Awaited<ReturnType<typeof startBrowser>>;
let report: MadeReport;
let opened: OpenedPage;
let page: Page;

beforeAll(async () => {
  browser = await startBrowser();
  report = await reportOfFile(MOMENTUM);
  opened = await browser.open(report.html);
  page = opened.page;
});
afterAll(async () => {
  // After everything that the tests did: nothing was said on the console, and nothing was asked of the network.
  expect(opened.problems).toEqual([]);
  await browser.stop();
});

const unpacked = ({ rows, positions, metrics }: PackedRuns): RunColumns => ({
  rows,
  positions: positions.map((packed) => unpack(packed) as Uint8Array),
  metrics: metrics.map((packed) => unpack(packed) as Float32Array),
});
const metricAt = (name: string) => report.data.metrics.findIndex((metric) => metric.name === name);
const axisAt = (name: string) => report.data.axes.findIndex((axis) => axis.name === name);

/** The texts of one column of the leaderboard, by its heading. */
async function column(heading: string): Promise<string[]> {
  return page.evaluate((text) => {
    const cells = [...document.querySelectorAll('#leaders thead th')];
    const at = cells.findIndex(
      (cell) => (cell.querySelector('button') ?? cell).firstChild?.textContent === text,
    );
    return [...document.querySelectorAll('#leaders tbody tr')].map((row) => row.children[at]!.textContent!);
  }, heading);
}
const numberIn = (text: string) => Number(text.replace('−', '-').replace(/[ %,]/g, ''));
const heading = (name: string) => page.locator('#leaders thead button', { hasText: new RegExp(`^${name}`) });
const label = (section: string, name: string) =>
  page.locator(`#${section} label.control`, { hasText: new RegExp(`^${name}`) }).locator('select');
const status = (section: string) => page.locator(`#${section} .status`).first().textContent();
const pixels = (section: string) =>
  page
    .locator(`#${section} canvas`)
    .first()
    .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());

describe('the headline', () => {
  it('tells runs, time, cost, parity, memory and prevented re-entries as the summary has them', async () => {
    const tiles = await page.locator('.tile').allTextContents();
    const { summary } = report.data;
    const grouped = summary.reentriesDense.toLocaleString('en-US');
    expect(tiles.join('\n')).toContain(`Runs${summary.runs}`);
    expect(tiles.join('\n')).toContain('Time12 s');
    expect(tiles.join('\n')).toContain('Cost$0');
    const { identical, notChecked } = summary.parity;
    expect([identical > 0, identical + notChecked]).toEqual([true, summary.runs]);
    expect(tiles.join('\n')).toContain(`Parityidentical${identical} runs checked`);
    expect(tiles.join('\n')).toContain(`Re-entries prevented${grouped}`);
    expect(summary.reentriesDense).toBeGreaterThan(0);
    expect(await page.title()).toBe('momentum-stops · backsweep report');
  });
});

describe('the leaderboard', () => {
  it('is sorted by a click on a heading, best first, by another the other way, and says so to screen readers', async () => {
    expect(await column('#')).toEqual(Array.from({ length: 20 }, (_, i) => String(i + 1)));
    const returns = [...unpacked(report.data.leaders).metrics[metricAt('total_return')]!].sort(
      (a, b) => b - a,
    );
    await heading('total return').click();
    expect(await heading('total return').locator('..').getAttribute('aria-sort')).toBe('descending');
    const shown = (await column('total return')).map(numberIn);
    expect(shown).toEqual(returns.slice(0, 20).map((value) => Number((100 * value).toFixed(2))));
    await heading('total return').click();
    expect(await heading('total return').locator('..').getAttribute('aria-sort')).toBe('ascending');
    expect(numberIn((await column('total return'))[0]!)).toBe(Number((100 * returns.at(-1)!).toFixed(2)));
  });

  it('is sorted by keyboard, and the heading keeps the focus', async () => {
    await heading('lookback').focus();
    await page.keyboard.press('Enter');
    expect((await column('lookback'))[0]).toBe('10');
    await page.keyboard.press('Enter');
    expect((await column('lookback'))[0]).toBe('60');
    expect(await page.evaluate(() => document.activeElement?.firstChild?.textContent)).toBe('lookback');
    await heading('#').click();
  });

  it('is turned page by page', async () => {
    await page.getByRole('button', { name: 'Next' }).click();
    expect((await column('#'))[0]).toBe('21');
    expect(await status('leaderboard')).toBe('21–40 of 432');
    await page.getByRole('button', { name: 'Previous' }).click();
    expect((await column('#'))[0]).toBe('1');
  });
});

describe('parallel coordinates', () => {
  /** Drags along an axis of the chart, from one share of its height to another. */
  async function brush(axis: number, from: number, to: number): Promise<void> {
    const chart = page.locator('#parallel .chart');
    await chart.scrollIntoViewIfNeeded();
    const box = (await chart.boundingBox())!;
    const axes = report.data.axes.length + 4;
    const x = box.x + 46 + (axis * (box.width - 46 - 70)) / (axes - 1);
    const y = (share: number) => box.y + 44 + share * (380 - 44 - 24);
    await page.mouse.move(x, y(from));
    await page.mouse.down();
    for (let step = 1; step <= 8; step++) await page.mouse.move(x, y(from + ((to - from) * step) / 8));
    await page.mouse.up();
  }

  it('filter the leaderboard to the runs inside what is brushed, and let go', async () => {
    // lookback is the first axis, 60 at the top: the upper half are 40, 50 and 60.
    expect(axisAt('lookback')).toBe(0);
    await brush(0, 0.02, 0.5);
    const leaders = unpacked(report.data.leaders);
    const inside = [...leaders.positions[0]!].filter((position) => position >= 3).length;
    const expected = `1–20 of ${inside} that pass the filter, of 432 leaders`;
    await expect.poll(() => status('leaderboard')).toBe(expected);
    for (const text of await column('lookback')) expect(['40', '50', '60']).toContain(text);
    await page.getByRole('button', { name: 'Clear filter' }).click();
    expect(await status('leaderboard')).toBe('1–20 of 432');
  });

  it('are filtered without a pointer too, and the chart shows it', async () => {
    const before = await pixels('parallel');
    await page.locator('#filters summary').focus();
    await page.keyboard.press('Enter');
    await page.locator('[data-filter="axis-0-to"]').focus();
    await page.keyboard.press('Home'); // the first position: lookback 10 alone
    await expect.poll(() => status('leaderboard')).toMatch(/ of 72 that pass the filter/);
    expect(new Set(await column('lookback'))).toEqual(new Set(['10']));
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-filter'))).toBe('axis-0-to');
    expect(await pixels('parallel')).not.toBe(before);
    await page.getByRole('button', { name: 'Clear filter' }).click();
  });
});

describe('the landscape', () => {
  /** The table behind the heatmap: a row a position across. */
  async function table(): Promise<number[][]> {
    const details = page.locator('#landscape > details');
    if (!(await details.evaluate((element) => (element as HTMLDetailsElement).open)))
      await details.locator('summary').click();
    const rows = details.locator('tbody tr');
    await rows.first().waitFor();
    return rows.evaluateAll((found) =>
      found.map((row) =>
        [...row.querySelectorAll('td')].map((cell) =>
          Number(cell.textContent!.replace('−', '-').replace(/[^\d.-]/g, '')),
        ),
      ),
    );
  }
  /** The same from the runs themselves. */
  function expected(
    x: string,
    y: string,
    metric: string,
    how: 'median' | 'worst' | 'mean',
    pins: Record<string, number> = {},
  ) {
    const runs = unpacked(report.data.runs);
    const sizes = report.data.axes.map(({ labels }) => labels.length);
    const fixed = report.data.axes.map(({ name }) => pins[name] ?? -1);
    const grouped = groupRuns(runs, [axisAt(x), axisAt(y)], sizes, fixed);
    const cells = cellStatistic(grouped, runs.metrics[metricAt(metric)]!, how, 'higher');
    const width = sizes[axisAt(y)]!;
    return Array.from({ length: sizes[axisAt(x)]! }, (_, i) =>
      [...cells.subarray(i * width, (i + 1) * width)].map((value) => Number(value.toFixed(3))),
    );
  }

  it('begins with the two longest axes and the objective, its median over the rest', async () => {
    expect(await table()).toEqual(expected('lookback', 'trailingStop', 'sharpe', 'median'));
    expect(await status('landscape')).toMatch(/^sharpe, the median of the runs|^sharpe, the median: best/);
  });

  it('changes with axes, aggregation and fixed values', async () => {
    const before = await pixels('landscape');
    await label('landscape', 'Up').selectOption({ label: 'stopLoss' });
    await label('landscape', 'Other axes').selectOption('worst');
    expect(await table()).toEqual(expected('lookback', 'stopLoss', 'sharpe', 'worst'));
    await label('landscape', 'top').selectOption({ label: '3' });
    await label('landscape', 'Other axes').selectOption('mean');
    expect(await table()).toEqual(expected('lookback', 'stopLoss', 'sharpe', 'mean', { top: 2 }));
    expect(await pixels('landscape')).not.toBe(before);
  });

  it('swaps its axes where one is chosen for the other', async () => {
    await label('landscape', 'Across').selectOption({ label: 'stopLoss' });
    expect(
      await label('landscape', 'Up').evaluate(
        (select) => (select as HTMLSelectElement).selectedOptions[0]!.textContent,
      ),
    ).toBe('lookback');
    expect(await table()).toEqual(expected('stopLoss', 'lookback', 'sharpe', 'mean', { top: 2 }));
  });

  it('says what a plateau is', async () => {
    expect(await page.locator('#landscape figcaption').textContent()).toMatch(
      /A cell is a plateau .* best quarter .* better half/,
    );
  });
});

describe('the best runs over time', () => {
  it('are drawn on a logarithmic scale when asked for, and describe themselves', async () => {
    const linear = await pixels('curves');
    await label('curves', 'Equity scale').selectOption('log');
    expect(await pixels('curves')).not.toBe(linear);
    const text = await page.locator('#curves .chart').getAttribute('aria-label');
    expect(text).toMatch(/equity ends at .*equal weight: equity ends at .*logarithmic scale/s);
    await label('curves', 'Equity scale').selectOption('linear');
    expect(await pixels('curves')).toBe(linear);
  });

  it('list the stops and prevented re-entries of the chosen run', async () => {
    const { curves } = report.data;
    if (typeof curves === 'string') throw new Error(curves);
    const run = curves.runs.findIndex(({ stopCount }) => stopCount > 0);
    await label('curves', 'Marks of').selectOption(String(run));
    await page.locator('#curves summary').click();
    const rows = page.locator('#curves tbody tr');
    await rows.first().waitFor();
    expect(await rows.count()).toBe(curves.runs[run]!.stopCount + curves.runs[run]!.preventedCount);
  });

  it('leave out the lines that are unchecked', async () => {
    const all = await pixels('curves');
    await page.locator('#curves .legend input').last().uncheck();
    expect(await pixels('curves')).not.toBe(all);
    await page.locator('#curves .legend input').last().check();
  });
});

describe('the distribution', () => {
  it('changes with the metric, and tells it in words', async () => {
    await label('distribution', 'Metric').selectOption({ label: 'max drawdown' });
    expect(await status('distribution')).toMatch(/^432 runs from −[\d.]+ % to −?[\d.]+ %, median/);
    expect(await status('distribution')).toContain('Equal weight');
  });
});

describe('the theme', () => {
  it('follows the system, then the button, and charts are drawn anew', async () => {
    const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    expect(await background()).toBe('rgb(255, 255, 255)');
    const light = await pixels('landscape');
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(background).toBe('rgb(24, 28, 32)');
    expect(await pixels('landscape')).not.toBe(light);
    const button = page.locator('button.theme');
    await button.click();
    expect(await button.textContent()).toBe('Theme: light');
    expect(await background()).toBe('rgb(255, 255, 255)');
    await button.click();
    await page.emulateMedia({ colorScheme: 'light' });
    await expect.poll(background).toBe('rgb(24, 28, 32)');
    await button.click();
    expect(await button.textContent()).toBe('Theme: auto');
    expect(await background()).toBe('rgb(255, 255, 255)');
  });
});
