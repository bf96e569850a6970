import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

const require = createRequire(import.meta.url);
const VERSION = '147.0.0';
const UNPACKED = join(tmpdir(), `earshot-chromium-${VERSION}`);
const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:/Program Files/Google/Chrome/Application/chrome.exe',
];

/** A browser that can be started, and what its environment needs. */
export interface Chromium {
  executablePath: string;
  env: Record<string, string>;
}

/** The Chromium of npm's @sparticuz/chromium, which is for Linux on x64; elsewhere an installed one; or none. */
export function findChromium(): Chromium | undefined {
  if (process.platform === 'linux' && process.arch === 'x64') return unpackedChromium();
  const executablePath = INSTALLED.find((path) => existsSync(path));
  return executablePath === undefined ? undefined : { executablePath, env: {} };
}

function unpackedChromium(): Chromium {
  if (!existsSync(UNPACKED)) unpack();
  const executablePath = join(UNPACKED, 'chromium');
  const hasLibraries = !execFileSync('ldd', [executablePath], { encoding: 'utf8' }).includes('not found');
  const env: Record<string, string> = hasLibraries ? {} : { LD_LIBRARY_PATH: join(UNPACKED, 'lib') };
  if (!existsSync('/etc/fonts')) env.FONTCONFIG_PATH = UNPACKED;
  return { executablePath, env };
}

/** Into a folder of its own first, because several test files may do this at the same time. */
function unpack(): void {
  const bin = join(dirname(require.resolve('@sparticuz/chromium')), '../../bin');
  const folder = mkdtempSync(`${UNPACKED}-`);
  const read = (name: string) => brotliDecompressSync(readFileSync(join(bin, name)));
  writeFileSync(join(folder, 'chromium'), read('chromium.br'));
  chmodSync(join(folder, 'chromium'), 0o755);
  for (const archive of ['al2023.tar.br', 'fonts.tar.br', 'swiftshader.tar.br']) {
    execFileSync('tar', ['-x', '-C', folder], { input: read(archive) });
  }
  const fonts = join(folder, 'fonts.conf');
  writeFileSync(fonts, readFileSync(fonts, 'utf8').replace('/tmp/fonts', join(UNPACKED, 'fonts')));
  try {
    renameSync(folder, UNPACKED);
  } catch (error) {
    rmSync(folder, { recursive: true });
    if (!existsSync(UNPACKED)) throw error;
  }
}
