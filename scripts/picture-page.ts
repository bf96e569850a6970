import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { closeServer, openServer } from '../src/page-server/open-server.ts';
import { createPageHandler } from '../src/page-server/page-handler.ts';
import { findChromium } from '../test/browser/helpers/find-chromium.ts';

// Takes pictures of the page (as built, in dist/) while it hears samples/words.wav, for people to look at:
//   npx tsx scripts/picture-page.ts FOLDER

const SIZES = { desktop: { width: 1280, height: 912 }, phone: { width: 390, height: 844 } };
/** Words that it is to have heard by then. */
const WORDS = 10;

const folder = resolve(process.argv[2] ?? 'pictures');
const found = findChromium();
if (!found) throw new Error('There is no Chromium on this machine');
mkdirSync(folder, { recursive: true });
const server = createServer(createPageHandler());
const { href } = await openServer(server, 0, '127.0.0.1');
const browser = await chromium.launch({
  executablePath: found.executablePath,
  env: { ...(process.env as Record<string, string>), ...found.env },
  args: [
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-audio-capture=${resolve('samples/words.wav')}`,
  ],
});
for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.newPage({ viewport, colorScheme, permissions: ['microphone'], locale: 'en-GB' });
    await page.goto(href);
    await page.getByRole('button', { name: 'Start listening' }).click();
    await page.mouse.move(0, 0);
    await page
      .locator('#detections li')
      .nth(WORDS - 1)
      .waitFor();
    const path = join(folder, `${size}-${colorScheme}.png`);
    await page.screenshot({ path, fullPage: size === 'phone' });
    console.log(path);
    await page.close();
  }
}
await browser.close();
await closeServer(server);
