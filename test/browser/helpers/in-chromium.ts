import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import type * as Earshot from '../../../src/browser/index.js';
import { findChromium } from './find-chromium.ts';
import { type Resource, type Served, serve } from './serve.ts';

declare global {
  /** The library, in the pages that tests open. */
  var earshot: typeof Earshot;
  /** The bytes of the model that comes with the package. */
  var modelBytes: Uint8Array;
}

const ROOT = new URL('../../../', import.meta.url);

/** A page that loads the library and the model, and leaves them in globals. */
export const PAGE = `<!doctype html>
<title>Earshot</title>
<button>A place to click</button>
<script type="module" src="/page.js"></script>`;

const SCRIPT = `
  import * as earshot from '/browser/index.js';
  globalThis.earshot = earshot;
  globalThis.modelBytes = await earshot.fetchModel('/models/commands.safetensors');`;

const RESOURCES: Record<string, Resource> = {
  '/': PAGE,
  '/page.js': SCRIPT,
  '/browser/': new URL('dist/browser/', ROOT),
  '/models/': new URL('models/', ROOT),
  '/samples/': new URL('samples/', ROOT),
};

export interface InChromium {
  /** Opens a page in a profile of its own, with the library loaded. */
  open(options?: { path?: string; origin?: string }): Promise<Page>;
  readonly browser: Browser;
  readonly origin: string;
}

export interface ChromiumOptions {
  /** A WAV file that the microphone plays over and over; without it a beeping one, and with null none at all. */
  microphone?: string | null;
  /** What the user answers when a page asks for the microphone. */
  answer?: 'allow' | 'deny';
  args?: string[];
  resources?: Record<string, Resource>;
  /** Headers of the answer to `path`, or to all for "*". */
  headers?: Record<string, Record<string, string>>;
}

/**
 * A suite in a real Chromium. On a machine where none can run it is skipped, by name; in continuous integration that
 * fails.
 */
export function describeInChromium(name: string, options: ChromiumOptions, suite: (it: InChromium) => void): void {
  const found = findChromium();
  if (!found && process.env.CI) throw new Error('There is no Chromium on this machine, and CI must have one');
  describe.skipIf(!found)(found ? name : `${name} (skipped: no Chromium on this machine)`, () => {
    let browser: Browser;
    let served: Served;
    beforeAll(async () => {
      served = await serve({ ...RESOURCES, ...options.resources }, options.headers);
      browser = await chromium.launch({
        executablePath: found?.executablePath ?? '',
        env: { ...(process.env as Record<string, string>), ...found?.env },
        args: [...microphoneArgs(options), ...(options.args ?? [])],
      });
    }, 60_000);
    afterAll(async () => {
      await browser?.close();
      served?.close();
    });
    suite({
      open: ({ path = '/', origin = served.origin } = {}) => openPage(browser, `${origin}${path}`),
      get browser() {
        return browser;
      },
      get origin() {
        return served.origin;
      },
    });
  });
}

function microphoneArgs({ microphone, answer = 'allow' }: ChromiumOptions): string[] {
  const args = [`--use-fake-ui-for-media-stream${answer === 'deny' ? '=deny' : ''}`];
  if (microphone !== null) args.push('--use-fake-device-for-media-stream');
  if (typeof microphone === 'string') args.push(`--use-file-for-fake-audio-capture=${microphone}`);
  return args;
}

async function openPage(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error('In the page:', error));
  await page.goto(url);
  await page.waitForFunction(() => globalThis.modelBytes !== undefined, undefined, { timeout: 5000 });
  return page;
}
