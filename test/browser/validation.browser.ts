import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from './browser.ts';
import { MOMENTUM, reportOfFile } from './reports.ts';

let browser: Awaited<ReturnType<typeof startBrowser>>;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.stop());

const VALIDATED = {
  ...MOMENTUM,
  stops: {},
  validation: { walkForward: { train: 120, test: 60 }, cpcv: { groups: 4, test: 2 }, holdout: '20%' },
};

describe('the verdict', () => {
  it('says its sentences in order, then the figures, each with how to read it', async () => {
    const { html, data } = await reportOfFile(VALIDATED);
    const { page, problems } = await browser.open(html);
    const { verdict, statistics } = data.summary;
    expect(statistics.gaps).toEqual([]);
    const shown = await page.locator('#verdict .judgement, #verdict .reason').allTextContents();
    expect(shown.map((text) => text.replaceAll('\u00a0', ' ').replaceAll('−', '-'))).toEqual(verdict);
    const rows = await page.locator('#verdict .scroll tbody tr').allTextContents();
    const pbo = rows.find((row) => row.startsWith('PBO'))!;
    expect(Number(/^PBO([\d.]+)Share/.exec(pbo)![1])).toBeCloseTo(statistics.overfitting!.probability, 2);
    expect(rows).toHaveLength(10);
    expect(rows.filter((row) => row.includes('–'))).toEqual([]);
    expect(await page.locator('#verdict canvas').count()).toBe(1);
    await page.locator('#verdict summary').click();
    const behind = page.locator('#verdict .behind tbody tr');
    await behind.first().waitFor(); // built a moment after the click
    expect(await behind.count()).toBe(7);
    expect(problems).toEqual([]);
  });

  it('says why figures are missing where they are', async () => {
    const { html, data } = await reportOfFile({
      name: 'one',
      strategy: { name: 'momentum', params: { lookback: 20 } },
    });
    const { page, problems } = await browser.open(html);
    const { gaps } = data.summary.statistics;
    expect(gaps.length).toBeGreaterThan(0);
    expect(await page.locator('#verdict .gaps li').allTextContents()).toEqual(gaps);
    expect(await page.locator('#verdict canvas').count()).toBe(0);
    expect(await page.locator('#validation').count()).toBe(0);
    expect(problems).toEqual([]);
  });
});

describe('the validation', () => {
  it('lists every window, draws the followed account, and tells paths and holdout', async () => {
    const { html, data } = await reportOfFile(VALIDATED);
    const { page, problems } = await browser.open(html);
    const { walkForward, cpcv, holdout } = data.summary.validation!;
    const rows = page.locator('#validation .scroll tbody tr');
    expect(await rows.count()).toBe(walkForward!.folds.length);
    const [first] = walkForward!.folds;
    const text = await rows.first().textContent();
    expect(text).toContain(first!.testFrom.slice(0, 10));
    expect(text).toContain(first!.run_id!.slice(0, 10));
    expect(text).toContain(first!.trainObjective!.toFixed(3).replace('-', '−'));
    expect(text).toContain(first!.testObjective!.toFixed(3).replace('-', '−'));
    expect(await page.locator('#validation canvas').count()).toBe(1);
    expect(await page.locator('#validation .cpcv').textContent()).toContain(`${cpcv!.paths} paths`);
    expect(await page.locator('#validation .holdout').textContent()).toContain(`${holdout!.bars} bars`);
    expect(problems).toEqual([]);
  });

  it('shows the windows on a phone without scrolling: dates, run and figures, parameters below', async () => {
    const { html, data } = await reportOfFile(VALIDATED);
    const { page, problems } = await browser.open(html, { viewport: { width: 390, height: 844 } });
    const table = page.locator('#validation .scroll').first();
    const [needed, room] = await table.evaluate((element) => [element.scrollWidth, element.clientWidth]);
    expect(needed).toBeLessThanOrEqual(room!);
    const heads = await table.locator('thead th:visible').allTextContents();
    expect(heads).toEqual(['#', 'test', 'run', 'sharpe in', 'out', 'beats']);
    const { folds } = data.summary.validation!.walkForward!;
    expect(await table.locator('tbody tr').first().textContent()).toContain(folds[0]!.run_id!.slice(0, 10));
    expect(problems).toEqual([]);
  });

  it('leaves what stands around the leaders off a phone, and the page no wider than it', async () => {
    const { html } = await reportOfFile(VALIDATED);
    const wide = await browser.open(html);
    expect(await wide.page.locator('#leaders th.wide').allTextContents()).toEqual([
      'robust',
      'neighbours',
      'within 10 %',
      'deflated Sharpe',
    ]);
    const { page, problems } = await browser.open(html, { viewport: { width: 375, height: 800 } });
    expect(await page.locator('#leaders th.wide:visible').count()).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(375);
    expect([...wide.problems, ...problems]).toEqual([]);
  });
});
