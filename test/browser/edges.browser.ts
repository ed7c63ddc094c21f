import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { moduleSource, walkBars } from '../support/real-sweep.ts';
import { startBrowser } from './browser.ts';
import { MOMENTUM, reportOfFile, reportOfMillion } from './reports.ts';

let browser: Awaited<ReturnType<typeof startBrowser>>;

beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.stop());

/** Opens a report, and gives the text of a section; nothing may go wrong meanwhile. */
async function opened(html: string) {
  const { page, problems } = await browser.open(html);
  const text = async (section: string) => (await page.locator(`#${section}`).textContent()) ?? '';
  const drawn = (section: string) => page.locator(`#${section} .chart:has(canvas)`).count();
  return { page, problems, text, drawn };
}

describe('a report of', () => {
  it('one run without axes and stops says what there is not', async () => {
    const { html, data } = await reportOfFile({ name: 'one', strategy: { name: 'momentum', params: {} } });
    expect(data).toMatchObject({ okRuns: 1, axes: [] });
    const { text, drawn, problems } = await opened(html);
    expect(await text('landscape')).toContain('Nothing varies');
    expect(await text('slices')).toContain('Nothing varies');
    expect(await text('parallel')).toContain('there is one run');
    expect(await text('curves')).toContain('was never stopped out');
    expect(await text('leaderboard')).toContain('1–1 of 1');
    expect(await drawn('curves')).toBe(1);
    expect(await drawn('distribution')).toBe(1);
    expect(problems).toEqual([]);
  });

  it('one axis has a heatmap of one row', async () => {
    const strategy = { name: 'momentum', params: { lookback: { from: 10, to: 100, step: 10 } } };
    const { html } = await reportOfFile({ name: 'line', strategy });
    const { page, text, drawn, problems } = await opened(html);
    expect(await drawn('landscape')).toBe(1);
    expect(await page.locator('#landscape .controls select').count()).toBe(3);
    await page.locator('#landscape > details summary').click();
    const rows = page.locator('#landscape tbody tr');
    await rows.first().waitFor(); // built a moment after the click
    expect(await rows.count()).toBe(10);
    expect(await text('landscape')).toMatch(/best .* at \d+;/);
    expect(problems).toEqual([]);
  });

  it('axes of text, flags and none alone draws them in the order of the file', async () => {
    const { html, data } = await reportOfFile({
      name: 'kinds',
      strategy: { name: 'momentum', params: { rebalance: ['week', 'month', 7] } },
      portfolio: { allowShort: [true, false] },
      stops: { takeProfit: [null, 0.1] },
      fill: ['realistic', 'vectorbt'],
    });
    expect(data.axes.map(({ labels }) => labels)).toEqual([
      ['week', 'month', '7'],
      ['none', '10 %'],
      ['true', 'false'],
      ['realistic', 'vectorbt'],
    ]);
    const { drawn, problems } = await opened(html);
    for (const section of ['landscape', 'parallel', 'curves']) expect(await drawn(section)).toBe(1);
    expect(await drawn('slices')).toBe(4);
    expect(problems).toEqual([]);
  });

  it('runs none of which meets the constraints ranks nothing but shows the landscape', async () => {
    const { html } = await reportOfFile({ ...MOMENTUM, constraints: ['orders > 1000000'] });
    const { text, drawn, problems } = await opened(html);
    expect(await text('leaderboard')).toContain('No run meets the constraints');
    expect(await text('curves')).toContain('there is no leader to replay');
    expect(await drawn('landscape')).toBe(1);
    expect(problems).toEqual([]);
  });

  it('runs that all failed, of hostile names, shows the causes as text', async () => {
    const hostile = '</script><script>alert(1)</script><img src=x onerror=alert(2)>';
    const source = await moduleSource(`
      const any = { safeParse: (data) => ({ success: true, data }) };
      export default {
        name: 'own', params: any, warmup: () => 0,
        events(bars, { kind }) { throw new Error(kind + ${JSON.stringify(hostile)}); },
      };`);
    const file = { name: hostile, strategy: { name: './own.ts', params: { kind: ['<b>', '"&'] } } };
    const { html, data } = await reportOfFile(file, walkBars(2, 50), source);
    expect(data.summary).toMatchObject({ okRuns: 0, failedRuns: 2 });
    const { page, text, problems } = await opened(html);
    expect(await page.locator('h1').textContent()).toBe(hostile);
    expect(await text('problems')).toContain(`<b>${hostile}`);
    expect(await text('leaderboard')).toContain('No run succeeded');
    for (const section of ['landscape', 'slices', 'parallel', 'distribution']) {
      expect(await text(section)).toContain('No run succeeded');
    }
    expect(await page.locator('img, #problems b').count()).toBe(0);
    expect(problems).toEqual([]);
  });

  it('hostile symbols and values shows them as text in tooltips and tables', async () => {
    const symbol = '<img src=x onerror=alert(3)>';
    const bars = { ...walkBars(2, 400), symbols: [symbol, '</script>'] };
    const { html } = await reportOfFile({ ...MOMENTUM, name: 'symbols' }, bars);
    const { page, problems } = await opened(html);
    expect(await page.locator('.facts').textContent()).toContain(symbol);
    await page.locator('#curves summary').click();
    const chart = page.locator('#curves .chart');
    await chart.scrollIntoViewIfNeeded();
    const box = (await chart.boundingBox())!;
    for (let x = 60; x < box.width; x += 40) await page.mouse.move(box.x + x, box.y + 120);
    expect(await page.locator('.tip').count()).toBeGreaterThan(0);
    expect(await page.locator('#curves td', { hasText: symbol }).count()).toBeGreaterThan(0);
    expect(await page.locator('img').count()).toBe(0);
    expect(problems).toEqual([]);
  });

  it('1,000,000 runs is at most 5 MB, aggregates and says so, and filters its leaders', {
    timeout: 900_000,
  }, async () => {
    const { html, data } = await reportOfMillion();
    expect(data.summary.runs).toBe(1_000_000);
    expect(Buffer.byteLength(html)).toBeLessThan(5_000_000);
    expect(data.runs).toMatchObject({ complete: false, rows: 4_000 });
    const { page, text, drawn, problems } = await opened(html);
    expect(await text('landscape')).toContain('more runs than a page can carry');
    expect(await text('parallel')).toContain('a seeded sample of the 999,897 runs');
    expect(await text('problems')).toContain('too much of 1');
    expect(await drawn('slices')).toBe(5);
    await page.locator('#landscape .controls select').first().selectOption({ label: 'takeProfit' });
    await page.locator('#landscape .controls select').nth(3).selectOption('as_best');
    await page.locator('#landscape > details summary').click();
    const rows = page.locator('#landscape tbody tr');
    await rows.first().waitFor(); // built a moment after the click
    expect(await rows.count()).toBe(10);
    await page.locator('#filters summary').click();
    await page.locator('[data-filter="axis-1-to"]').selectOption('4');
    await expect
      .poll(() => page.locator('#leaderboard .status').textContent())
      .toMatch(/that pass the filter, of 1,000 leaders/);
    expect(problems).toEqual([]);
  });
});
