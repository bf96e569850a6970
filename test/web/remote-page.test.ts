import { createServer, type IncomingMessage } from 'node:http';
import { fileURLToPath } from 'node:url';
import { type StreamEvent, subscribe } from 'earshot/client';
import { createEarshotServer, type EarshotServer } from 'earshot/server';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openModel } from '../../src/node/index.ts';
import { closeServer, openServer } from '../../src/page-server/open-server.ts';
import { createPageHandler } from '../../src/page-server/page-handler.ts';
import { clockText } from '../../web/clock-text.ts';
import { describeInChromium } from '../browser/helpers/in-chromium.ts';
import { expectSpoken, SPOKEN } from '../helpers/spoken.ts';
import { Line } from '../server/line.ts';
import { alone, words } from '../server/server.ts';
import { seriousViolations } from './helpers/axe.ts';

const SAMPLE = fileURLToPath(new URL('../../samples/words.wav', import.meta.url));
/** Two frames, and what rounding makes of them. */
const MOST_SECONDS_APART = 0.0401;

const pageHandler = createPageHandler();

describeInChromium('the page, with a server to listen', { microphone: SAMPLE }, (chromium) => {
  let earshot: EarshotServer;
  let origin: URL;
  const server = createServer((request, response) => {
    if (!earshot.handle(request, response)) pageHandler(request, response);
  });
  beforeAll(async () => {
    earshot = await createEarshotServer({ workers: 1 });
    earshot.attach(server);
    origin = await openServer(server, 0, '127.0.0.1');
  });
  afterAll(async () => {
    await earshot.close();
    await closeServer(server);
  });

  /** Opens the page, chooses the server, and closes it at the end. */
  async function withPage(address: string, use: (page: Page) => Promise<void>): Promise<void> {
    const context = await chromium.browser.newContext({ permissions: ['microphone'], locale: 'en-GB' });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const troubles: string[] = [];
    page.on('pageerror', ({ message }) => troubles.push(message));
    await page.goto(address);
    await page.locator('#start:enabled').waitFor();
    await page.getByRole('radio', { name: 'On the server' }).check();
    await use(page);
    await context.close();
    expect(troubles).toEqual([]);
  }

  const status = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();
  const list = async (page: Page, part: 'word' | 'time') =>
    (await page.locator(`#detections .${part}`).allTextContents()).reverse();
  const local = async () => {
    const { sampleRate, samples } = words();
    const events = alone(await openModel(), sampleRate, samples);
    return events.filter((event) => event.type === 'detection');
  };

  it('hears on the server under a path too, which a proxy takes away', async () => {
    const strip = (request: IncomingMessage): void => {
      request.url = request.url?.replace(/^\/ears/, '');
    };
    const proxied = createServer((request, response) => {
      strip(request);
      if (!earshot.handle(request, response)) pageHandler(request, response);
    });
    proxied.on('upgrade', (request) => {
      if (!request.url?.startsWith('/ears/')) request.url = '/nowhere';
      strip(request);
    });
    earshot.attach(proxied);
    const address = new URL('ears/', await openServer(proxied, 0, '127.0.0.1'));
    await withPage(address.href, async (page) => {
      await page.locator('#file').setInputFiles(SAMPLE);
      await status(page, 'Heard all of words.wav');
      expect(await list(page, 'word')).toEqual((await local()).map(({ label }) => label));
    });
    await closeServer(proxied);
  });

  it('shows the words of a file that the page itself hears, at the same times', async () => {
    const told: Extract<StreamEvent, { type: 'detection' }>[] = [];
    const subscription = await subscribe(origin.href.replace('localhost', '127.0.0.1'));
    subscription.on('detection', (event) => told.push(event));
    await withPage(origin.href, async (page) => {
      await page.locator('#file').setInputFiles(SAMPLE);
      await status(page, 'Heard all of words.wav');
      const here = await local();
      expect(await list(page, 'word')).toEqual(here.map(({ label }) => label));
      await expect.poll(() => told.length).toBe(here.length);
      expect(await list(page, 'time')).toEqual(told.map(({ start }) => clockText(start)));
      for (const [n, { start, end }] of told.entries()) {
        expect(Math.abs(start - here[n].start)).toBeLessThanOrEqual(MOST_SECONDS_APART);
        expect(Math.abs(end - here[n].end)).toBeLessThanOrEqual(MOST_SECONDS_APART);
      }
      await status(page, 'Not connected');
      expect(await page.getByRole('img', { name: 'Heat map of the hidden state' }).isVisible()).toBe(false);
      expect(await page.getByText('No sound leaves this page').isVisible()).toBe(false);
      expect(await seriousViolations(page)).toEqual([]);
    });
    subscription.close();
  });

  it('hears the microphone, and says when the connection is lost and back', { retry: 1 }, async () => {
    const line = await Line.to(origin.href);
    await withPage(line.url.replace('ws:', 'http:'), async (page) => {
      await page.evaluate(`
        globalThis.seen = [];
        const text = document.querySelector('#connection-text');
        new MutationObserver(() => seen.push(text.textContent)).observe(text, { childList: true });
      `);
      await page.getByRole('button', { name: 'Start listening' }).click();
      await page.locator('#detections li').nth(1).waitFor();
      line.cut();
      await page
        .locator('#detections li')
        .nth(SPOKEN.length - 1)
        .waitFor();
      await page.getByRole('button', { name: 'Stop' }).click();
      await status(page, 'the microphone is off');
      expectSpoken(await list(page, 'word'));
      const { host } = new URL(line.url);
      expect(await page.evaluate('seen.filter((text, n) => text !== seen[n - 1])')).toEqual([
        'Connecting …',
        `Connected to ${host}`,
        'Connection lost; trying again …',
        `Connected to ${host}`,
        'Not connected',
      ]);
    });
    line.close();
  });

  it('goes over to the page itself when asked to while it listens', async () => {
    await withPage(origin.href, async (page) => {
      await page.getByRole('button', { name: 'Start listening' }).click();
      await status(page, 'Connected to');
      await page.getByRole('radio', { name: 'In this page' }).check();
      await page.locator('#detections li').nth(1).waitFor();
      expect(await page.getByText('No sound leaves this page').isVisible()).toBe(true);
      const streams = async () => (await fetch(new URL('/v1/streams', origin))).json();
      await expect.poll(streams, { timeout: 10_000 }).toEqual({ streams: [] });
    });
  });

  it('hears less with higher thresholds', async () => {
    await withPage(origin.href, async (page) => {
      await page.getByRole('slider', { name: 'all words' }).fill('1');
      await page.getByRole('slider', { name: 'go' }).fill('0.5');
      await page.locator('#file').setInputFiles(SAMPLE);
      await status(page, 'Heard all of');
      expect(await list(page, 'word')).toEqual(['go']);
    });
  });

  it('gives a server the token that it wants, and keeps it nowhere', async () => {
    const token = 'page-microphone-0123456789';
    const guarded = await createEarshotServer({ workers: 1, tokens: [{ token, produce: ['*'] }] });
    const asked: string[] = [];
    const http = createServer((request, response) => {
      if (!guarded.handle(request, response)) pageHandler(request, response);
    }).on('upgrade', ({ url }) => asked.push(url ?? ''));
    guarded.attach(http);
    const address = await openServer(http, 0, '127.0.0.1');
    await withPage(address.href, async (page) => {
      const field = page.getByLabel('Token, if the server wants one');
      await page.locator('#file').setInputFiles(SAMPLE);
      const alert = page.getByRole('alert');
      await alert.filter({ hasText: 'is this the right one?' }).waitFor();
      expect(await alert.textContent()).toContain('EARSHOT_CONNECTION');
      await field.fill(` ${token} `);
      expect(await seriousViolations(page)).toEqual([]);
      await page.locator('#file').setInputFiles(SAMPLE);
      await status(page, 'Heard all of words.wav');
      expect(await list(page, 'word')).toEqual((await local()).map(({ label }) => label));
      expect(asked.length).toBeGreaterThan(1);
      expect(asked.join()).not.toContain(token);
      await page.getByRole('radio', { name: 'In this page' }).check();
      expect(await field.isVisible()).toBe(false);
      await page.reload();
      await page.getByRole('radio', { name: 'On the server' }).check();
      expect(await field.inputValue()).toBe('');
      expect(await page.evaluate('localStorage.length + sessionStorage.length + document.cookie.length')).toBe(0);
    });
    await guarded.close();
    await closeServer(http);
  });

  it('says so when a token cannot be one', async () => {
    await withPage(origin.href, async (page) => {
      await page.getByLabel('Token, if the server wants one').fill('two words');
      await page.locator('#file').setInputFiles(SAMPLE);
      await page.getByRole('alert').filter({ hasText: 'Is the token complete' }).waitFor();
    });
  });

  it('says what to do where there is only the page', async () => {
    const alone = createServer(pageHandler);
    const address = await openServer(alone, 0, '127.0.0.1');
    await withPage(address.href, async (page) => {
      await page.locator('#file').setInputFiles(SAMPLE);
      await page.getByRole('alert').filter({ hasText: 'EARSHOT_CONNECTION' }).waitFor();
      await page.getByText('earshot serve').waitFor();
    });
    await closeServer(alone);
  });
});
