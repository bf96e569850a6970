import { readFile, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** The two files that a page needs beside a model, each with everything in it. */
const ENTRY_POINTS = { index: 'src/browser/index.ts', 'spotter.worklet': 'worklets/spotter.worklet.ts' };
const FOLDER = 'dist/browser';
/** What a page has to load at most, both files together. */
const MOST_GZIPPED_BYTES = 63 * 1024;

/** For those whose bundler takes the worklet as a file and gives its address. */
const WORKLET_TYPES = `declare const url: string;
export default url;
`;

// Bundles the browser's library and its worklet, and tells their sizes.
async function main(): Promise<void> {
  await build({
    entryPoints: ENTRY_POINTS,
    outdir: FOLDER,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: ['es2022'],
    legalComments: 'linked',
    logLevel: 'warning',
  });
  await writeFile(`${FOLDER}/spotter.worklet.d.ts`, WORKLET_TYPES);
  let total = 0;
  for (const name of Object.keys(ENTRY_POINTS)) total += await tellSize(`${FOLDER}/${name}.js`);
  console.log(`together ${kilobytes(total)} gzipped, at most ${kilobytes(MOST_GZIPPED_BYTES)}`);
  if (total > MOST_GZIPPED_BYTES) throw new Error('The browser files have grown too large');
}

async function tellSize(path: string): Promise<number> {
  const bytes = await readFile(path);
  const gzipped = gzipSync(bytes).length;
  console.log(`${path}: ${kilobytes(bytes.length)}, ${kilobytes(gzipped)} gzipped`);
  return gzipped;
}

const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`;

await main();
