import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Much of what is tested is tested as it was built, which must be what the source says. */
export default function refuseOldBuild(): void {
  const built = statSync('dist/cli/main.js', { throwIfNoEntry: false })?.mtimeMs ?? 0;
  for (const directory of ['src', 'server', 'worklets', 'web']) {
    for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
      const path = join(directory, name);
      if (statSync(path).isFile() && statSync(path).mtimeMs > built) {
        throw new Error(`${path} is newer than dist: npm run build`);
      }
    }
  }
}
