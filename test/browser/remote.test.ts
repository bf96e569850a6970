import { beforeAll, expect, expectTypeOf, it } from 'vitest';
import type { DetectionEvent, FrameEvent, ListenerState, ListenOptions } from '../../src/browser/index.js';
import type * as Client from '../../src/client/index.js';
import { loadModel } from '../../src/model.ts';
import { bundledModelBytes } from '../helpers/models.ts';
import { expectSpoken, FEWEST_HEARD } from '../helpers/spoken.ts';
import { Line } from '../server/line.ts';
import { alone, startServer, type TestServer, words } from '../server/server.ts';
import { describeInChromium } from './helpers/in-chromium.ts';
import { withSilence } from './helpers/speaking-file.ts';

const ROOT = new URL('../../', import.meta.url);
/** Two frames, and what rounding makes of them. */
const MOST_SECONDS_APART = 0.0401;
const CLIENT_PAGE = `<!doctype html>
<script type="module">
  import * as client from '/dist/client/index.js';
  globalThis.client = client;
</script>`;
const resources = { '/dist/': new URL('dist/', ROOT), '/client/': CLIENT_PAGE };
const microphone = withSilence(new URL('samples/words.wav', ROOT), 1.5, 60);
const model = await loadModel(bundledModelBytes());
const { sampleRate, samples } = words();

interface Heard {
  detections: DetectionEvent[];
  frames: FrameEvent[];
  samples: number;
  sampleRate: number;
}

/** Runs in the page: hears words.wav at some rate, on a server or here. */
async function hear({ server, rate }: { server?: string; rate: number }): Promise<Heard> {
  const context = new OfflineAudioContext({ numberOfChannels: 1, length: 1, sampleRate: rate });
  const buffer = await context.decodeAudioData(await (await fetch('/samples/words.wav')).arrayBuffer());
  const heard: Omit<Heard, 'sampleRate'> = { detections: [], frames: [], samples: 0 };
  const callbacks: Partial<ListenOptions> = {
    onDetection: (event) => heard.detections.push(event),
    onFrame: (event) => heard.frames.push(event),
    onSamples: (some) => {
      heard.samples += some.length;
    },
  };
  const where = server === undefined ? { model: modelBytes } : { server };
  const listener = await earshot.listenTo(buffer, { ...callbacks, ...where } as ListenOptions);
  await listener.finished;
  return { ...heard, sampleRate: listener.sampleRate };
}

const labels = (events: readonly { label: string }[]) => events.map(({ label }) => label);

describeInChromium('A server in the place of the page, in Chromium', { resources, microphone }, (chromium) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ allowedOrigins: [chromium.origin] });
  });

  it.each([8000, 16000, 44100, 48000])('hears in a recording at %d Hz what the page itself hears', async (rate) => {
    const page = await chromium.open();
    const here = await page.evaluate(hear, { rate });
    const there = await page.evaluate(hear, { rate, server: server.url });
    expect(here.detections.length).toBeGreaterThan(4);
    expect(labels(there.detections)).toEqual(labels(here.detections));
    for (const [n, { start, end }] of there.detections.entries()) {
      expect(Math.abs(start - here.detections[n].start)).toBeLessThanOrEqual(MOST_SECONDS_APART);
      expect(Math.abs(end - here.detections[n].end)).toBeLessThanOrEqual(MOST_SECONDS_APART);
    }
    expect(there.frames.map(({ index, time }) => [index, time])).toEqual(
      here.frames.map(({ index, time }) => [index, time]),
    );
    expect([there.sampleRate, here.sampleRate]).toEqual([16000, rate]);
    expect(there.samples).toBe(Math.ceil((here.samples * 16000) / rate));
    await page.context().close();
  });

  it('hears a recording to its end, also when wrong thresholds are refused, or right ones come after all was sent', async () => {
    const page = await chromium.open();
    const heard = await page.evaluate(async (address) => {
      const context = new OfflineAudioContext({ numberOfChannels: 1, length: 1, sampleRate: 16000 });
      const once = await context.decodeAudioData(await (await fetch('/samples/words.wav')).arrayBuffer());
      const times = 8;
      const long = new AudioBuffer({ length: times * once.length, sampleRate: once.sampleRate });
      for (let n = 0; n < times; n++) long.copyToChannel(once.getChannelData(0), 0, n * once.length);
      const [words, errors]: [string[], string[]] = [[], []];
      const listener = await earshot.listenTo(long, {
        server: address,
        onDetection: ({ label }) => words.push(label),
        onError: ({ code }) => errors.push(code),
      });
      const refused: unknown[] = [];
      for (const decision of [{ thresholds: { abracadabra: 0.5 } }, { threshold: 2 }]) {
        try {
          listener.configure(decision);
        } catch (error) {
          refused.push((error as { code?: string }).code);
        }
      }
      const sliding = setInterval(() => listener.configure({ threshold: 0.9 }), 10);
      await listener.finished;
      clearInterval(sliding);
      return { words: words.length / times, errors, refused };
    }, server.url);
    expect(heard.refused).toEqual(['EARSHOT_BAD_ARGUMENT', 'EARSHOT_BAD_ARGUMENT']);
    expect(heard.errors).toEqual([]);
    expect(heard.words).toBeGreaterThan(FEWEST_HEARD - 1);
    await page.context().close();
  });

  it('hears all of a recording though the page fails at every sample that it is shown', async () => {
    const page = await chromium.open();
    page.removeAllListeners('pageerror');
    const words = await page.evaluate(async (address) => {
      const words: string[] = [];
      const listener = await earshot.listenTo(await (await fetch('/samples/words.wav')).blob(), {
        server: address,
        onDetection: ({ label }) => words.push(label),
        onSamples: () => {
          throw new Error('This page has a fault');
        },
      });
      await listener.finished;
      return words;
    }, server.url);
    expectSpoken(words);
    await page.context().close();
  });

  it('hears the microphone, says when the connection is lost and back, and ends its stream', { retry: 1 }, async () => {
    const line = await Line.to(server.url);
    const context = await chromium.browser.newContext({ permissions: ['microphone'] });
    const page = await context.newPage();
    const states: ListenerState[] = [];
    const heard: string[] = [];
    await page.exposeFunction('tellState', (state: ListenerState) => states.push(state));
    await page.exposeFunction('tellWord', (label: string) => heard.push(label));
    await page.goto(chromium.origin);
    await page.waitForFunction(() => globalThis.modelBytes !== undefined);
    await page.evaluate(async (address) => {
      const tell = globalThis as unknown as Record<'tellState' | 'tellWord', (text: string) => void>;
      const listener = await earshot.listen({
        server: { address, name: 'page' },
        onDetection: ({ label }) => tell.tellWord(label),
        onStateChange: (state) => tell.tellState(state),
      });
      Object.assign(globalThis, { stop: () => listener.stop() });
    }, line.url);
    await expect.poll(() => heard.length, { timeout: 15_000 }).toBeGreaterThan(1);
    line.cut();
    await expect.poll(() => heard.length, { timeout: 15_000 }).toBeGreaterThanOrEqual(FEWEST_HEARD);
    await page.evaluate(() => (globalThis as unknown as { stop(): Promise<void> }).stop());
    expectSpoken(heard);
    expect(states.filter((state) => state !== 'suspended')).toEqual(['reconnecting', 'running', 'stopped']);
    const streams = async () => (await fetch(`${server.url.replace('ws', 'http')}/v1/streams`)).json();
    await expect.poll(streams, { timeout: 10_000 }).toEqual({ streams: [] });
    line.close();
    await context.close();
  });

  it.each([
    [{ server: 'ws://127.0.0.1:1' }, 'EARSHOT_CONNECTION'],
    [{ server: 'nonsense' }, 'EARSHOT_BAD_ARGUMENT'],
    [{ server: 'ws://127.0.0.1:1', extractor: 'meyda' }, 'EARSHOT_BAD_ARGUMENT'],
    [{ server: 'ws://127.0.0.1:1', decision: { refractoryFrames: 3 } }, 'EARSHOT_BAD_ARGUMENT'],
    [{}, 'EARSHOT_BAD_ARGUMENT'],
  ])('fails with a code: %j', async (options, code) => {
    const page = await chromium.open();
    const failure = await page.evaluate(async (given) => {
      const buffer = new AudioBuffer({ length: 4800, sampleRate: 48000 });
      return earshot.listenTo(buffer, given as ListenOptions).catch((error) => error.code);
    }, options);
    expect(failure).toBe(code);
    await page.context().close();
  });
});

it('takes the class of WebSocket that browsers have', () => {
  expectTypeOf<typeof WebSocket>().toExtend<Client.SocketClass>();
});

describeInChromium('earshot/client in Chromium', { resources }, (chromium) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ allowedOrigins: [chromium.origin] });
  });

  it('sends samples and subscribes, over a connection that is cut, and misses nothing', async () => {
    const line = await Line.to(server.url);
    const page = await (await chromium.browser.newContext()).newPage();
    await page.exposeFunction('cut', () => line.cut());
    await page.goto(`${chromium.origin}/client/`);
    await page.waitForFunction(() => 'client' in globalThis);
    const result = await page.evaluate(
      async ({ url, rate, values }) => {
        const { client: library, cut } = globalThis as unknown as { client: typeof Client; cut(): Promise<void> };
        const { connect, subscribe } = library;
        const audio = Float32Array.from(values);
        const subscription = await subscribe(url, { stream: 'browser' });
        const reading = (async () => {
          const types: string[] = [];
          for await (const event of subscription) {
            types.push(event.type);
            if (event.type === 'stream_closed') break;
          }
          return types;
        })();
        const client = await connect(url, { sampleRate: rate, name: 'browser' });
        const events: unknown[] = [];
        client.on('frame', (event) => events.push(event));
        client.on('detection', (event) => events.push(event));
        for (let at = 0; at < audio.length; at += 1777) {
          await client.send(audio.subarray(at, at + 1777));
          if (at % 8 === 0) await cut();
        }
        const totals = await client.close();
        const types = await reading;
        subscription.close();
        return { events, totals, types };
      },
      { url: line.url, rate: sampleRate, values: [...samples] },
    );
    const expected = alone(model, sampleRate, samples);
    const detections = expected.filter(({ type }) => type === 'detection');
    expect(result.events).toEqual(expected);
    expect(result.totals).toMatchObject({ samples: samples.length, detections: detections.length });
    expect(result.types).toEqual(['stream_opened', ...detections.map(({ type }) => type), 'stream_closed']);
    line.close();
    await page.context().close();
  });
});
