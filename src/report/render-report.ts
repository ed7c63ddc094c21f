import { hash } from 'node:crypto';
import type { ReportData, ReportPlace } from './report-data.ts';

/** Script and style of the page, as `npm run build` bundles them. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

/**
 * A report as one HTML file that needs no network: the page's script, its style, and the data as JSON.
 *
 * The policy admits this very script and nothing else, no connection and no other source. All text of a sweep is
 * data: the script puts it into the document as text, never as markup. The line of `place` is the only one that the
 * same sweep may have another of elsewhere.
 */
export function renderReport(data: ReportData, place: ReportPlace, { script, style }: PageAssets): string {
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${hash('sha256', script, 'base64')}'`,
    "style-src 'unsafe-inline'",
    'img-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escaped(data.name)} · backsweep report</title>
<style>${style}</style>
</head>
<body>
<noscript>This report draws itself with JavaScript, all of which is in this file. The tables are also in SQL: backsweep query.</noscript>
<script type="application/json" id="place">${embedded(place)}</script>
<script type="application/json" id="data">${embedded(data)}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** Text as HTML. */
function escaped(text: string): string {
  const names: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => names[character]!);
}

/** JSON that cannot end the element it stands in, nor begin a comment there. */
function embedded(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('&', '\\u0026')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}
