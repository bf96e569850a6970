import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

// Packs Earshot and tries the tarball as a stranger would: in an empty project, with production dependencies only.

const npm = (args: string[], cwd: string): string =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

/** Under the LGPL, separate and replaceable, and named in NOTICE. */
const KNOWN_LGPL = ['codec-parser'];

const folder = mkdtempSync(join(tmpdir(), 'earshot-package-'));
try {
  const tarball = pack();
  checkWithTools(tarball);
  const project = install(tarball);
  checkContents(project);
  checkLicences(project);
  checkCommand(project);
  checkLibrary(project);
  checkTypes(project);
  checkWithoutAlsa(project);
  console.log('The package is good.');
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function pack(): string {
  const [{ filename, size }] = JSON.parse(
    npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], '.'),
  );
  console.log(`${filename}: ${(size / 1024).toFixed(0)} KB`);
  return join(folder, filename);
}

function checkWithTools(tarball: string): void {
  execFileSync(resolve('node_modules/.bin/publint'), ['run', tarball, '--strict'], { stdio: 'inherit' });
  execFileSync(resolve('node_modules/.bin/attw'), [tarball, '--profile', 'esm-only'], { stdio: 'inherit' });
}

function install(tarball: string): string {
  const project = join(folder, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'a-stranger', private: true, type: 'module' }));
  npm(['install', '--omit=dev', tarball], project);
  cpSync('samples', join(project, 'recordings'), { recursive: true });
  cpSync('test/fixtures/audio', join(project, 'formats'), { recursive: true });
  return project;
}

function checkContents(project: string): void {
  const root = join(project, 'node_modules', 'earshot');
  const files = [
    'dist/kernels/simd/bytes.js',
    'models/commands.safetensors',
    'LICENSE',
    'NOTICE',
    'models/LICENSE',
    'docs/library.md',
  ];
  const bundles = ['browser/index.js', 'browser/spotter.worklet.js', 'web/index.html', 'web/licences.txt'];
  for (const file of files) readFileSync(join(root, file));
  for (const file of bundles) readFileSync(join(root, 'dist', file));
  const unwanted = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((f) =>
    /(^|\/)(src|test|bench)\//.test(f),
  );
  if (unwanted.length > 0) throw new Error(`The package holds ${unwanted.join(', ')}`);
}

/** Nothing under the GPL may be installed together with Earshot. */
function checkLicences(project: string): void {
  const root = join(project, 'node_modules');
  const manifests = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((f) =>
    /(^|node_modules\/)(@[^/]+\/)?[^/@]+\/package\.json$/.test(f),
  );
  const licences = new Map<string, string>();
  for (const file of manifests) {
    const { name, license, licenses } = JSON.parse(readFileSync(join(root, file), 'utf8'));
    if (name) licences.set(name, JSON.stringify(license ?? licenses ?? 'none'));
  }
  const bad = [...licences].filter(
    ([name, licence]) => /GPL|none/i.test(licence) && !(KNOWN_LGPL.includes(name) && /LGPL/.test(licence)),
  );
  if (licences.size < 10) throw new Error(`Only ${licences.size} packages found: the check itself is broken`);
  if (bad.length > 0) throw new Error(`Licences that cannot go with MIT: ${bad.join('; ')}`);
  console.log(`${licences.size} packages, none under the GPL; LGPL: ${KNOWN_LGPL.join(', ')}`);
}

function earshot(project: string, args: string[], env: NodeJS.ProcessEnv = {}) {
  const command = join(project, 'node_modules', 'earshot', 'dist', 'cli', 'main.js');
  return spawnSync(process.execPath, [command, ...args], {
    cwd: project,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
}

function checkCommand(project: string): void {
  const run = execFileSync('npx', ['earshot', 'file', 'recordings/words.wav'], { cwd: project, encoding: 'utf8' });
  for (const word of ['on', 'off', 'go', 'down', 'left', 'right']) {
    if (!new RegExp(`\\b${word}\\b`).test(run)) throw new Error(`npx earshot file did not find "${word}":\n${run}`);
  }
}

function checkLibrary(project: string): void {
  const script = `
    import { openModel, spotFile } from 'earshot/node';
    const model = await openModel();
    if (model.kernels.name !== 'simd') throw new Error('no SIMD');
    const words = [];
    for await (const event of spotFile('recordings/sentence.wav', { model })) {
      if (event.type === 'detection') words.push(event.label);
    }
    if (words.join() !== 'yes,no') throw new Error(words.join());
  `;
  writeFileSync(join(project, 'use.js'), script);
  execFileSync(process.execPath, ['use.js'], { cwd: project, stdio: 'inherit' });
}

function checkTypes(project: string): void {
  const script = `
    import { loadModel, type SpotterEvent } from 'earshot';
    import { openModel, spotFile } from 'earshot/node';
    const model = await openModel();
    export const labels: readonly string[] = (await loadModel(new Uint8Array())).labels;
    export async function* words(path: string): AsyncGenerator<string> {
      for await (const event of spotFile(path, { model })) if (event.type === 'detection') yield event.label;
    }
    export const timeOf = (event: SpotterEvent): number => (event.type === 'frame' ? event.time : event.end);
    // @ts-expect-error a frame has no label
    export const labelOf = (event: SpotterEvent): string => event.label;
  `;
  writeFileSync(join(project, 'use.ts'), script);
  const types = resolve('node_modules/@types');
  const common = ['--noEmit', '--strict', '--target', 'ES2023', '--typeRoots', types, '--types', 'node', 'use.ts'];
  for (const [module, resolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ]) {
    const args = ['--module', module, '--moduleResolution', resolution, ...common];
    execFileSync(resolve('node_modules/.bin/tsc'), args, { cwd: project, stdio: 'inherit' });
  }
}

/** Where libasound is missing, everything but devices and whole-file decoding works. */
function checkWithoutAlsa(project: string): void {
  if (process.platform !== 'linux') return;
  const hidden = join(folder, 'no-alsa');
  mkdirSync(hidden);
  writeFileSync(join(hidden, 'libasound.so.2'), 'not a library');
  const env = { LD_LIBRARY_PATH: hidden };
  const streams = earshot(project, ['file', 'recordings', ...streamedFormats(project)], env);
  if (streams.status !== 0) throw new Error(`Without libasound: ${streams.stderr}`);
  const whole = earshot(project, ['file', 'formats/tones.m4a'], env);
  if (whole.status !== 1 || !whole.stderr.includes('EARSHOT_AUDIO_BACKEND')) {
    throw new Error(`Expected a coded error without libasound, got ${whole.status}: ${whole.stderr}`);
  }
}

function streamedFormats(project: string): string[] {
  return readdirSync(join(project, 'formats'))
    .filter((name) => /\.(wav|flac|mp3|ogg|opus)$/.test(name))
    .map((name) => join('formats', name));
}
