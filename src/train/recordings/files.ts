import { stat } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { EarshotError } from '../../errors.js';
import { filesIn } from '../../node/files-in.js';

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

/** All files in a directory and those below it. A path that is no directory stands for itself. */
async function filesBelow(path: string): Promise<string[]> {
  const found = await stat(path).catch((cause) => {
    throw new EarshotError('EARSHOT_FILE_NOT_FOUND', `There is no ${path}`, { value: path, cause });
  });
  if (!found.isDirectory()) return [path];
  const files: string[] = [];
  for await (const { path: file, error } of filesIn(path)) {
    if (error) throw error;
    files.push(file);
  }
  return files;
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
