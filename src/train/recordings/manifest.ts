import { dirname, extname, resolve } from 'node:path';
import * as v from 'valibot';
import { EarshotError } from '../../errors.js';
import { readText } from './read-text.js';
import { SPLITS } from './split.js';
import { badLine, type Line, linesOf, type Row, tsvRows } from './tsv.js';

const seconds = v.pipe(v.number(), v.minValue(0), v.finite());

const entry = v.pipe(
  v.object({
    /** Relative to the manifest. */
    file: v.pipe(v.string(), v.minLength(1)),
    /** What is said. */
    label: v.pipe(v.string(), v.minLength(1)),
    split: v.optional(v.picklist(SPLITS)),
    /** Decides the split where none is given, so that a speaker is in one part only. */
    speaker: v.optional(v.pipe(v.string(), v.minLength(1))),
    /** Where in the recording the label is said, in seconds. */
    start: v.optional(seconds),
    end: v.optional(seconds),
  }),
  v.check(({ start = 0, end = Infinity }) => start < end, 'Expected `end` to be after `start`'),
);

/** One line of a manifest. */
export type ManifestEntry = v.InferOutput<typeof entry>;

export type ManifestFormat = 'tsv' | 'jsonl';

/** The format that a name promises; undefined for what is no manifest. */
export function manifestFormat(path: string): ManifestFormat | undefined {
  const extension = extname(path).toLowerCase();
  if (extension === '.tsv') return 'tsv';
  return extension === '.jsonl' ? 'jsonl' : undefined;
}

/**
 * Reads a manifest; the files' names come back absolute.
 * @throws EarshotError EARSHOT_FILE_NOT_FOUND, EARSHOT_FILE_UNREADABLE, or EARSHOT_BAD_ARGUMENT that names the first line
 *   that is wrong
 */
export async function readManifest(path: string, format: ManifestFormat): Promise<ManifestEntry[]> {
  const text = await readText(path);
  if (text === undefined) throw new EarshotError('EARSHOT_FILE_NOT_FOUND', `There is no ${path}`, { value: path });
  const folder = dirname(path);
  return parseManifest(text, format, path).map((line) => ({ ...line, file: resolve(folder, line.file) }));
}

/**
 * Parses a manifest. TSV: the first line names the columns, of which `file` and `label` must be there; an empty cell is
 * no value; nothing is quoted. JSONL: an object a line. Other columns and keys are passed over, and so are empty lines.
 * @param name of the manifest, for messages
 * @throws EarshotError EARSHOT_BAD_ARGUMENT
 */
export function parseManifest(text: string, format: ManifestFormat, name = 'the manifest'): ManifestEntry[] {
  const lines = linesOf(text, name);
  const values = format === 'tsv' ? tsvRows(lines, ['file', 'label']).map(tsvValue) : lines.map(jsonValue);
  return values.map(({ value, where }) => {
    const result = v.safeParse(entry, value);
    if (result.success) return result.output;
    const [issue] = result.issues;
    const key = v.getDotPath(issue);
    throw badLine(where, key === null ? issue.message : `\`${key}\`: ${issue.message}`);
  });
}

interface Value {
  readonly value: unknown;
  readonly where: string;
}

const NUMBERS = ['start', 'end'];

function tsvValue({ cells, where }: Row): Value {
  const numbers = NUMBERS.filter((column) => column in cells).map((column) => [column, Number(cells[column])] as const);
  return { value: { ...cells, ...Object.fromEntries(numbers) }, where };
}

function jsonValue({ text, where }: Line): Value {
  try {
    return { value: JSON.parse(text), where };
  } catch {
    throw badLine(where, 'Expected an object of JSON');
  }
}
