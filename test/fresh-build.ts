import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The command line and what imports the package by its name are tested as they were built; `npm test` builds first. */
export default function warnOfOldBuild(): void {
  const built = statSync('dist/cli/main.js', { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const files = ['src', 'server'].flatMap((directory) =>
    readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((name) => join(directory, name)),
  );
  const changed = files.find((path) => statSync(path).isFile() && statSync(path).mtimeMs > built);
  if (changed) console.warn(`${changed} is newer than dist: some tests test an old build, until npm run build`);
}
