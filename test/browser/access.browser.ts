import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from './browser.ts';
import { MOMENTUM, reportOfFile } from './reports.ts';

let browser: Awaited<ReturnType<typeof startBrowser>>;
let html: string;

beforeAll(async () => {
  browser = await startBrowser();
  html = (await reportOfFile(MOMENTUM)).html;
});
afterAll(() => browser.stop());

/** Text whose contrast with what is behind it is below 4.5 (3 for large text); runs in the page. */
function lowContrast(): string[] {
  const channels = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = ([r = 0, g = 0, b = 0]: number[]) => {
    const [x, y, z] = [r, g, b].map((c) =>
      c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * x! + 0.7152 * y! + 0.0722 * z!;
  };
  const behind = (element: Element | null): number[] => {
    if (!element) return [255, 255, 255];
    const color = channels(getComputedStyle(element).backgroundColor);
    return color.length === 4 && color[3] === 0 ? behind(element.parentElement) : color;
  };
  const found: string[] = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some(
      (node) => node.nodeType === 3 && node.textContent!.trim() !== '',
    );
    if (
      !own ||
      element.closest('script, noscript, [hidden], :disabled') ||
      element.getClientRects().length === 0
    )
      continue;
    const style = getComputedStyle(element);
    const [a, b] = [luminance(channels(style.color)), luminance(behind(element))].sort((x, y) => y - x);
    const ratio = (a! + 0.05) / (b! + 0.05);
    const large = Number.parseFloat(style.fontSize) >= 24;
    if (ratio < (large ? 3 : 4.5))
      found.push(`${element.tagName} ${element.textContent!.slice(0, 30)}: ${ratio.toFixed(2)}`);
  }
  return found;
}

/** What a screen reader could not name; runs in the page. */
function unnamed(): string[] {
  const nameOf = (element: Element) =>
    element.getAttribute('aria-label') ??
    (element.getAttribute('aria-labelledby') &&
      document.getElementById(element.getAttribute('aria-labelledby')!)?.textContent) ??
    ((element as HTMLInputElement).labels?.[0]?.textContent || element.textContent);
  return [
    ...document.querySelectorAll(
      'select, input, button, a, [role=img], [role=region], [role=group], nav, section, summary',
    ),
  ]
    .filter((element) => !nameOf(element)?.trim())
    .map((element) => element.outerHTML.slice(0, 100));
}

describe('a report for everybody', () => {
  it('has landmarks, one title, headings in order, and a name for whatever can be used', async () => {
    const { page, problems } = await browser.open(html);
    for (const landmark of ['header', 'nav', 'main', 'footer'])
      expect(await page.locator(`body ${landmark}`).count()).toBe(1);
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    const levels = await page
      .locator('h1, h2, h3')
      .evaluateAll((found) => found.map(({ tagName }) => Number(tagName[1])));
    expect(levels[0]).toBe(1);
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    for (const [i, level] of levels.entries()) expect(level - (levels[i - 1] ?? 0)).toBeLessThanOrEqual(1);
    for (const summary of await page.locator('details > summary').all()) await summary.click();
    expect(await page.evaluate(unnamed)).toEqual([]);
    expect(await page.locator('table:not(:has(caption))').count()).toBe(0);
    expect(await page.locator('[role=img]').count()).toBeGreaterThan(7);
    const ids = await page.locator('[id]').evaluateAll((found) => found.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    expect(problems).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('has readable contrast in the %s theme', async (colorScheme) => {
    const { page } = await browser.open(html, { colorScheme });
    expect(await page.evaluate(lowContrast)).toEqual([]);
  });

  it('is walked by keyboard from a skip link on, with a visible focus', async () => {
    const { page } = await browser.open(html);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the leaderboard');
    expect((await page.locator('.skip').boundingBox())!.x).toBeGreaterThanOrEqual(0);
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => location.hash)).toBe('#leaderboard');
    await page.keyboard.press('Tab');
    const seen = new Set<string>();
    for (let i = 0; i < 90; i++) {
      const focus = await page.evaluate(() => {
        const element = document.activeElement!;
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        return {
          visible: outlineStyle !== 'none' && outlineWidth !== '0px',
          section: element.closest('section')?.id ?? '',
          tag: element.tagName,
        };
      });
      if (focus.tag === 'BODY') break;
      expect(focus.visible).toBe(true);
      seen.add(focus.section);
      await page.keyboard.press('Tab');
    }
    for (const section of [
      'leaderboard',
      'parallel',
      'landscape',
      'slices',
      'curves',
      'distribution',
      'provenance',
    ]) {
      expect(seen).toContain(section);
    }
  });

  it.each([375, 320])(
    'fits a screen of %i pixels without scrolling sideways, charts included',
    async (width) => {
      const { page, problems } = await browser.open(html, {
        viewport: { width, height: 740 },
        hasTouch: true,
        isMobile: true,
      });
      for (const summary of await page.locator('details > summary').all()) await summary.click();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      for (const canvas of await page.locator('canvas').all()) {
        expect((await canvas.boundingBox())!.width).toBeLessThanOrEqual(width);
      }
      expect(problems).toEqual([]);
    },
  );

  it('moves nothing for those who asked for that', async () => {
    const { page } = await browser.open(html, { reducedMotion: 'reduce' });
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior)).toBe('auto');
  });

  it('is printed on white without controls', async () => {
    const { page } = await browser.open(html, { colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    expect(await page.locator('nav').isVisible()).toBe(false);
    expect(await page.locator('#landscape .controls').isVisible()).toBe(false);
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)).toBe(
      'rgb(255, 255, 255)',
    );
  });
});
