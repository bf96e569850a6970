import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Something in a directory: a file, or a directory that could not be read. */
export interface Found {
  readonly path: string;
  /** Why the directory could not be read. */
  readonly error?: unknown;
}

/**
 * The files in a directory and those below it, each directory's entries in the order of their names' code units. Hidden
 * entries are left out, and so are links to directories (they may lead in a circle), pipes and devices.
 */
export async function* filesIn(directory: string): AsyncGenerator<Found> {
  let entries: Dirent[];
  try {
    entries = await readdir(directory, { withFileTypes: true });
  } catch (error) {
    yield { path: directory, error };
    return;
  }
  const shown = entries.filter(({ name }) => !name.startsWith('.'));
  for (const entry of shown.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else if (await isFile(entry, path)) yield { path };
  }
}

async function isFile(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  return stat(path).then(
    (target) => target.isFile(),
    () => false,
  );
}
