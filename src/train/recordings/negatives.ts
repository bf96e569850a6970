import { dirname, join, resolve } from 'node:path';
import { soundFiles } from './files.js';
import { readText } from './read-text.js';
import { badLine, type Line, linesOf, tsvColumns, tsvRows } from './tsv.js';

/** A list that may lie beside recordings or the folders of them, and tell which words they hold. */
const WORD_LIST = 'words.tsv';

/**
 * The recordings below some directories in which no label is spoken. A `words.tsv` in a recording's folder, in the
 * directory, or beside the directory says what is spoken: a header line, then a line a recording, with its path (column
 * `file`, relative to the list) and the words in it (column `command_words`, separated by spaces). Recordings that no list
 * names count as holding none. A manifest may have the same name: a list with a column `label` and none of `command_words` says
 * nothing here.
 * @throws EarshotError EARSHOT_FILE_NOT_FOUND, EARSHOT_FILE_UNREADABLE; EARSHOT_BAD_ARGUMENT for a list without these
 *   columns or with a line without a file
 */
export async function listNegatives(directories: readonly string[], labels: readonly string[]): Promise<string[]> {
  const found = await Promise.all(directories.map((directory) => negativesBelow(directory, labels)));
  return found.flat();
}

async function negativesBelow(directory: string, labels: readonly string[]): Promise<string[]> {
  const paths = await soundFiles([directory]);
  const folders = new Set([
    dirname(resolve(directory)),
    resolve(directory),
    ...paths.map((path) => dirname(resolve(path))),
  ]);
  const lists = await Promise.all(Array.from(folders, (folder) => readWordList(folder, labels)));
  const withWords = new Set(lists.flat());
  return paths.filter((path) => !withWords.has(resolve(path)));
}

/** Absolute paths of the recordings that hold a label by the list in a folder; none if there is no list. */
async function readWordList(folder: string, labels: readonly string[]): Promise<string[]> {
  const path = join(folder, WORD_LIST);
  const text = await readText(path);
  if (text === undefined) return [];
  const lines = linesOf(text, path);
  if (isManifest(lines)) return [];
  const rows = tsvRows(lines, ['file', 'command_words']);
  return rows.flatMap(({ cells: { file, command_words: words = '' }, where }) => {
    if (file === undefined) throw badLine(where, 'Expected a `file`');
    return labels.some((label) => holds(words, label)) ? [resolve(folder, file)] : [];
  });
}

function isManifest(lines: readonly Line[]): boolean {
  const columns = tsvColumns(lines);
  return columns.includes('label') && !columns.includes('command_words');
}

/** Whether the words are among others; a label may be several. */
const holds = (words: string, label: string): boolean =>
  ` ${words.trim().replace(/\s+/g, ' ')} `.includes(` ${label} `);
