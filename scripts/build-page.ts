import { copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

/** Bundles the page of web/ into dist/web, with the worklet beside it. */
async function buildPage(): Promise<void> {
  await rm('dist/web', { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: {
      page: 'web/main.ts',
      style: 'web/style.css',
      'spotter.worklet': 'worklets/spotter.worklet.ts',
    },
    outdir: 'dist/web',
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  await writeFile('dist/web/licences.txt', await licences(Object.keys(metafile.inputs)));
  for (const file of ['index.html', 'icon.svg']) await copyFile(`web/${file}`, `dist/web/${file}`);
}

/** The licences of the packages that these files belong to, which their terms want to be kept with the bundle. */
async function licences(files: readonly string[]): Promise<string> {
  const folders = files.map((file) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? '');
  const texts = [...new Set(folders)].filter((folder) => folder !== '').map(licence);
  return (await Promise.all(texts)).join('\n');
}

async function licence(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
  const entries = await readdir(folder);
  // Some packages say it at the end of their README.
  const file = entries.find((entry) => /^licen[cs]e/i.test(entry)) ?? entries.find((entry) => /^readme/i.test(entry));
  if (!file) throw new Error(`${name} comes without the text of its licence`);
  return `${name} ${version} (${license})\n\n${await readFile(`${folder}/${file}`, 'utf8')}`;
}

await buildPage();
