import { mkdir, rename, rm } from 'node:fs/promises';
import { extract } from 'tar';

/**
 * Unpacks a .tar.gz into a new directory, which is there only when it is whole.
 * @throws Error for an archive that is damaged or cut off
 */
export async function unpack(archive: string, directory: string): Promise<void> {
  const part = `${directory}.part`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true });
  await extract({ file: archive, cwd: part, strict: true });
  await rename(part, directory);
}
