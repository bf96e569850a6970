import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Chart } from './chart.js';
import { knowLocale } from './known-locale.js';

const { resolve } = createRequire(import.meta.url);

/** A table of a report: the first column names, the others say. */
export interface Table {
  title: string;
  /** Empty where the lines speak for themselves. */
  head: string[];
  rows: string[][];
}

export interface Report {
  title: string;
  /** A sentence or two under the title. */
  introduction: string;
  /** In the order in which they are shown. */
  parts: readonly (Table | Chart)[];
}

/** A report as one HTML file that needs nothing else: tables, and charts that uPlot draws when it is opened. */
export async function htmlPage(report: Report): Promise<string> {
  const [script, style] = await Promise.all([
    readFile(resolve('uplot/dist/uPlot.iife.min.js'), 'utf8'),
    readFile(resolve('uplot/dist/uPlot.min.css'), 'utf8'),
  ]);
  const title = escapeHtml(report.title);
  const charts = report.parts.filter((part) => 'data' in part);
  const parts = report.parts.map((part) => ('data' in part ? chartHtml(part, charts.indexOf(part)) : tableHtml(part)));
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${style}${STYLE}</style>
<h1>${title}</h1>
<p>${escapeHtml(report.introduction)}</p>
${parts.join('\n')}
<script type="application/json" id="charts">${JSON.stringify(charts).replaceAll('<', '\\u003c')}</script>
<script>(${knowLocale})(navigator);</script>
<script>${script}</script>
<script>${DRAW}</script>
</html>
`;
}

const DRAW = `
JSON.parse(document.getElementById('charts').textContent).forEach(({ options, data }, n) => {
  const place = document.getElementById('chart-' + n);
  new uPlot({ ...options, width: Math.min(options.width, place.clientWidth) }, data, place);
});
`;

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.15rem 0.6rem; border-bottom: 1px solid #ddd; text-align: right; }
th:first-child, td:first-child, .facts td { text-align: left; }
div { overflow-x: auto; }
`;

const chartHtml = ({ title }: Chart, n: number): string => `<h2>${escapeHtml(title)}</h2>\n<div id="chart-${n}"></div>`;

function tableHtml({ title, head, rows }: Table): string {
  const row = (cells: readonly string[], tag: 'th' | 'td'): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  const lines = [...(head.length > 0 ? [row(head, 'th')] : []), ...rows.map((cells) => row(cells, 'td'))];
  const facts = head.length > 0 ? '' : ' class="facts"';
  return `<h2>${escapeHtml(title)}</h2>\n<div><table${facts}>\n${lines.join('\n')}\n</table></div>`;
}

const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
