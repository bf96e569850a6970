import { EarshotError } from '../../errors.js';

/** A line of a text that is not empty, and where it stands, for messages. */
export interface Line {
  readonly text: string;
  readonly where: string;
}

/** Cells by the names of their columns; an empty cell is none. */
export interface Row {
  readonly cells: Readonly<Record<string, string>>;
  readonly where: string;
}

/**
 * The lines of a text file, without a byte order mark and without empty ones.
 * @param name of the file, for messages
 */
export function linesOf(text: string, name: string): Line[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line, n) => ({ text: line, where: `${name}, line ${n + 1}` }))
    .filter(({ text }) => text.trim() !== '');
}

/** The columns that the first line of a table names; none of an empty one. */
export const tsvColumns = ([head]: readonly Line[]): string[] => head?.text.split('\t') ?? [];

/**
 * The rows of a table with tabs between its cells, whose first line names the columns; nothing is quoted.
 * @param required columns that must be there
 * @throws EarshotError EARSHOT_BAD_ARGUMENT
 */
export function tsvRows(table: readonly Line[], required: readonly string[]): Row[] {
  const [head, ...lines] = table;
  if (!head) return [];
  const columns = tsvColumns(table);
  for (const column of required) {
    if (!columns.includes(column)) throw badLine(head.where, `Expected a column \`${column}\``);
  }
  return lines.map(({ text, where }) => {
    const cells = text.split('\t');
    const given = columns.flatMap((column, n) => (cells[n] ? [[column, cells[n]] as const] : []));
    return { cells: Object.fromEntries(given), where };
  });
}

export const badLine = (where: string, what: string): EarshotError =>
  new EarshotError('EARSHOT_BAD_ARGUMENT', `${where}: ${what}`, { value: where });
