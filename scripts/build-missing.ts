import { execSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** One file of each step of the build, the last steps among them. */
const BUILT = ['dist/cli/main.js', 'dist/server/index.js', 'dist/browser/index.js', 'dist/web/index.html'];

// `npm ci` builds; who installed without scripts, or has removed dist, has it built before `npm start`.
if (!BUILT.every((file) => existsSync(file))) execSync('npm run build', { stdio: 'inherit' });
