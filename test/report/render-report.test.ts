import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { renderReport } from '../../src/report/render-report.ts';
import type { ReportData, ReportPlace } from '../../src/report/report-data.ts';

const HOSTILE = '</script><script>alert(1)</script><!--<img src=x onerror=alert(2)>"\'&\u2028';
const ASSETS = { script: 'document.title;', style: 'p{}' };
const PLACE = {
  seconds: null,
  workerSeconds: null,
  costUsd: null,
  by: HOSTILE,
  replayCommand: HOSTILE,
} as ReportPlace;
const render = (data: object) => renderReport(data as ReportData, PLACE, ASSETS);

describe('a report as HTML', () => {
  const data = {
    name: HOSTILE,
    symbols: [HOSTILE],
    failures: [{ cause: HOSTILE, runs: 1, runId: null }],
    spec: HOSTILE,
  };
  const html = render(data);

  it('holds hostile names, symbols and messages as data that cannot end the element it stands in', () => {
    const [, json] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)!;
    expect(json).not.toMatch(/[<>&\u2028\u2029]/);
    expect(JSON.parse(json!)).toEqual(data);
    expect(html.match(/<script/g)).toHaveLength(3);
    expect(html.match(/<\/script>/g)).toHaveLength(3);
    expect(html).not.toContain('<img');
    expect(html).not.toContain('<!--');
    expect(/<title>(.*)<\/title>/s.exec(html)![1]).toMatch(/^&lt;\/script&gt;&lt;script&gt;alert/);
  });

  it('admits its own script by its digest, and no connection, source or form', () => {
    const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(html)!;
    const digest = createHash('sha256').update(ASSETS.script).digest('base64');
    expect(policy).toBe(
      `default-src 'none'; script-src 'sha256-${digest}'; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'`,
    );
    expect(html).not.toMatch(/<[^>]*\b(src|href)=/);
  });

  it('differs by what was measured in one line alone', () => {
    const other = renderReport(data as unknown as ReportData, { ...PLACE, seconds: 3 }, ASSETS);
    const lines = html.split('\n');
    expect(other.split('\n').filter((line, i) => line !== lines[i])).toEqual([
      expect.stringContaining('id="place"'),
    ]);
  });
});
