import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type Chart, chartsOf } from './charts.js';
import type { Evaluation } from './evaluation.js';
import { type Table, tablesOf } from './tables.js';

const { resolve } = createRequire(import.meta.url);

/** An evaluation as one HTML file that needs nothing else: tables, and charts that uPlot draws when it is opened. */
export async function htmlReport(evaluation: Evaluation): Promise<string> {
  const [script, style] = await Promise.all([
    readFile(resolve('uplot/dist/uPlot.iife.min.js'), 'utf8'),
    readFile(resolve('uplot/dist/uPlot.min.css'), 'utf8'),
  ]);
  const charts = chartsOf(evaluation);
  const title = escapeHtml(`Evaluation of ${evaluation.model.name}`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${style}${STYLE}</style>
<h1>${title}</h1>
<p>Model file ${evaluation.model.fingerprint}, ${evaluation.model.parameters} parameters, seed ${evaluation.seed}.</p>
${tablesOf(evaluation).map(tableHtml).join('\n')}
${charts.map(chartHtml).join('\n')}
<script type="application/json" id="charts">${JSON.stringify(charts).replaceAll('<', '\\u003c')}</script>
<script>${script}</script>
<script>${DRAW}</script>
</html>
`;
}

const DRAW = `
JSON.parse(document.getElementById('charts').textContent).forEach(({ options, data }, n) => {
  new uPlot(options, data, document.getElementById('chart-' + n));
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
