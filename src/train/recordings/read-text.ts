import { readFile } from 'node:fs/promises';
import { EarshotError } from '../../errors.js';

/**
 * The text of a file; undefined if there is none.
 * @throws EarshotError EARSHOT_FILE_UNREADABLE
 */
export function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new EarshotError('EARSHOT_FILE_UNREADABLE', `${path} cannot be read: ${error.message}`, { value: path });
  });
}
