import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { expectSpoken } from '../helpers/spoken.ts';
import { describeInChromium } from './helpers/in-chromium.ts';
import { withSilence } from './helpers/speaking-file.ts';

const ROOT = new URL('../../', import.meta.url);
const microphone = withSilence(new URL('samples/words.wav', ROOT), 1.5, 60);
const [, code] = /```js\n(.*?)```/s.exec(readFileSync(new URL('README.md', ROOT), 'utf8')) ?? [];
const PAGE = `<!doctype html>
<script type="importmap">{ "imports": { "earshot/browser": "/browser/index.js" } }</script>
<script type="module">${code?.replace('// later', 'await new Promise((resolve) => setTimeout(resolve, 7000));')}
console.log('stopped');</script>`;

describeInChromium('The README in Chromium', { microphone, resources: { '/readme/': PAGE } }, (chromium) => {
  it('has code for a page that runs as it stands', { retry: 1, timeout: 20_000 }, async () => {
    const page = await (await chromium.browser.newContext({ permissions: ['microphone'] })).newPage();
    const lines: string[] = [];
    page.on('console', (message) => lines.push(message.text()));
    page.on('pageerror', (error) => lines.push(error.message));
    await page.goto(`${chromium.origin}/readme/`);
    await expect.poll(() => lines.at(-1), { timeout: 15_000 }).toBe('stopped');
    expectSpoken(lines.map((line) => line.split(' ')[0]));
    await page.context().close();
  });
});
