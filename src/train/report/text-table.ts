import type { Table } from './html-page.js';

/** A table for the terminal: its title and indented lines, without the last line's end. */
export function tableText({ title, head, rows }: Table): string {
  const lines = head.length > 0 ? [head, ...rows] : rows;
  const widths = lines[0].map((_, column) => Math.max(...lines.map((cells) => cells[column].length)));
  // Numbers stand right, below one another; facts, which have no head, read from the left.
  const align = (cell: string, column: number): string =>
    column === 0 || head.length === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]);
  return [title, ...lines.map((cells) => `  ${cells.map(align).join('  ')}`.trimEnd())].join('\n');
}
