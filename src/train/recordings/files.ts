import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { EarshotError } from '../../errors.js';

/**
 * All files in a directory and those below it, each directory's entries in the order of their names' code units. Hidden
 * entries are left out, and so are links to directories, which may lead in a circle. A path that is no directory stands
 * for itself.
 * @throws EarshotError EARSHOT_FILE_NOT_FOUND
 */
export async function filesBelow(path: string): Promise<string[]> {
  const found = await stat(path).catch((cause) => {
    throw new EarshotError('EARSHOT_FILE_NOT_FOUND', `There is no ${path}`, { value: path, cause });
  });
  return found.isDirectory() ? filesIn(path) : [path];
}

/**
 * All files below some paths that may hold sound.
 * @throws EarshotError EARSHOT_FILE_NOT_FOUND, also where there is none below one of them
 */
export async function soundFiles(paths: readonly string[]): Promise<string[]> {
  return (await Promise.all(paths.map(soundFilesBelow))).flat();
}

async function soundFilesBelow(path: string): Promise<string[]> {
  const files = (await filesBelow(path)).filter((file) => !TEXT.test(file));
  if (files.length > 0) return files;
  throw new EarshotError('EARSHOT_FILE_NOT_FOUND', `There is no recording in ${path}`, { value: path });
}

/** A folder of long noises in the layout of Speech Commands. */
const BACKGROUND = '_background_noise_';

/**
 * All recordings of words below a directory: the folder of noises is left out.
 * @throws EarshotError EARSHOT_FILE_NOT_FOUND
 */
export async function wordRecordings(directory: string): Promise<string[]> {
  const paths = await soundFiles([directory]);
  return paths.filter((path) => !relative(directory, path).split(sep).includes(BACKGROUND));
}

/** What lies beside recordings: transcripts, lists, licences. */
const TEXT = /(\.(tsv|csv|txt|md|json|jsonl)|(^|[\\/])LICEN[CS]E)$/i;

async function filesIn(directory: string): Promise<string[]> {
  const entries = (await readdir(directory, { withFileTypes: true }))
    .filter(({ name }) => !name.startsWith('.'))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return filesIn(path);
      return (await isFile(entry, path)) ? [path] : [];
    }),
  );
  return found.flat();
}

async function isFile(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  return stat(path).then(
    (target) => target.isFile(),
    () => false,
  );
}
