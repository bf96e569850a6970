import { rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BuildOptions, build as esbuild } from 'esbuild';
import type { Page } from 'playwright-core';
import { build, createServer, preview } from 'vite';
import { afterAll, expect, it } from 'vitest';
import { describeInChromium, type InChromium } from './helpers/in-chromium.ts';
import { packedProject } from './helpers/packed-project.ts';
import { serve } from './helpers/serve.ts';

const HEAR_A_SECOND = `
  const buffer = new AudioBuffer({ length: 16000, sampleRate: 16000 });
  let frames = 0;
  const options = { model: await fetchModel(modelUrl), onFrame: () => frames++ };
  const listener = await listenTo(buffer, typeof workletUrl === 'undefined' ? options : { ...options, workletUrl });
  await listener.finished;
  console.log(frames, 'frames', listener.kernels);`;

const page = (script: string) => `<!doctype html><title>A page</title><script type="module" src="${script}"></script>`;

const project = packedProject({
  'package.json': '{ "type": "module", "private": true }',
  'index.html': page('./with-vite.js'),
  'with-vite.js': `
    import { fetchModel, listenTo } from 'earshot/browser';
    import modelUrl from 'earshot/models/commands.safetensors?url';${HEAR_A_SECOND}`,
  'with-esbuild.js': `
    import { fetchModel, listenTo } from 'earshot/browser';
    import workletUrl from 'earshot/browser/spotter.worklet.js';
    import modelUrl from 'earshot/models/commands.safetensors';${HEAR_A_SECOND}`,
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

const vite = { root: project, base: '/sub/', logLevel: 'error', configFile: false } as const;

const bundling: BuildOptions = {
  entryPoints: [join(project, 'with-esbuild.js')],
  bundle: true,
  format: 'esm',
  loader: { '.worklet.js': 'file', '.safetensors': 'file' },
  logLevel: 'error',
};

const folder = (name: string) => pathToFileURL(join(project, name, '/'));
const ANY_ORIGIN = { '*': { 'access-control-allow-origin': '*' } };

/** What the page at a URL says once it has heard. */
async function said(chromium: InChromium, url: string): Promise<string> {
  const page: Page = await chromium.browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  const heard = page.waitForEvent('console', { predicate: (m) => m.text().includes('frames'), timeout: 10_000 });
  await page.goto(url);
  const text = await heard.then((message) => message.text()).catch(() => errors.join());
  await page.close();
  return text;
}

const originOf = (address: unknown) => `http://127.0.0.1:${(address as AddressInfo).port}`;

describeInChromium('The packed library', {}, (chromium) => {
  it('works in a page that Vite serves, under a base', async () => {
    const server = await createServer({ ...vite, server: { host: '127.0.0.1', port: 0 } });
    await server.listen();
    expect(await said(chromium, `${originOf(server.httpServer?.address())}/sub/`)).toBe('50 frames simd');
    await server.close();
  });

  it('works in a page that Vite builds, under a base', async () => {
    await build(vite);
    const server = await preview({ ...vite, preview: { host: '127.0.0.1', port: 0 } });
    expect(await said(chromium, `${originOf(server.httpServer.address())}/sub/`)).toBe('50 frames simd');
    await server.close();
  });

  it('works in a page that esbuild bundles', async () => {
    await esbuild({ ...bundling, outdir: join(project, 'bundled'), publicPath: '/bundled' });
    const server = await serve({ '/': page('/bundled/with-esbuild.js'), '/bundled/': folder('bundled') });
    expect(await said(chromium, `${server.origin}/`)).toBe('50 frames simd');
    server.close();
  });

  it('works in pages that are bundled for another origin to give', async () => {
    const other = await serve({ '/vite/': folder('vite'), '/esbuild/': folder('esbuild') }, ANY_ORIGIN);
    await build({ ...vite, base: `${other.origin}/vite/`, build: { outDir: 'vite' } });
    await esbuild({ ...bundling, outdir: join(project, 'esbuild'), publicPath: `${other.origin}/esbuild` });
    const server = await serve({
      '/vite/': new URL('index.html', folder('vite')),
      '/esbuild/': page(`${other.origin}/esbuild/with-esbuild.js`),
    });
    expect(await said(chromium, `${server.origin}/vite/`)).toBe('50 frames simd');
    expect(await said(chromium, `${server.origin}/esbuild/`)).toBe('50 frames simd');
    server.close();
    other.close();
  });

  it('works from a script tag, with the library and the model on another origin', async () => {
    const other = await serve({ '/earshot/': folder('node_modules/earshot') }, ANY_ORIGIN);
    const script = `
      import { fetchModel, listenTo } from '${other.origin}/earshot/dist/browser/index.js';
      const modelUrl = '${other.origin}/earshot/models/commands.safetensors';${HEAR_A_SECOND}`;
    const server = await serve({ '/': page('/script.js'), '/script.js': script });
    expect(await said(chromium, `${server.origin}/`)).toBe('50 frames simd');
    server.close();
    other.close();
  });
});
