import { execSync } from 'node:child_process';

// npm runs this after `npm ci` and before it packs. For `npx earshot` in this folder it installs the folder once more, into
// a place of its own, and runs it again: then what is built will do.
if (process.env.npm_command === 'exec') await import('./build-missing.js');
else execSync('npm run build', { stdio: 'inherit' });
