import { expect, it } from 'vitest';
import type { ListenOptions } from '../../src/browser/index.js';
import { describeInChromium, PAGE } from './helpers/in-chromium.ts';

/** The code of the error that listening ends with, in the page. */
async function codeOf(options: Partial<ListenOptions>): Promise<string> {
  try {
    const listener = await earshot.listen({ model: modelBytes, ...options });
    await listener.stop();
    return 'none';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

/** Keeps, in the page, what is opened: microphones and contexts. */
function keepTrack(): void {
  const opened = { tracks: [] as MediaStreamTrack[], contexts: [] as AudioContext[] };
  const { mediaDevices } = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (constraints) => {
    const stream = await open(constraints);
    opened.tracks.push(...stream.getTracks());
    return stream;
  };
  globalThis.AudioContext = class extends AudioContext {
    constructor(options?: AudioContextOptions) {
      super(options);
      opened.contexts.push(this);
    }
  };
  Object.assign(globalThis, { opened });
}

declare global {
  var opened: { tracks: MediaStreamTrack[]; contexts: AudioContext[] };
}

const resources = { '/no-wasm/': PAGE, '/strict/': PAGE };
const policy = (script: string) => ({ 'content-security-policy': `default-src 'self'; script-src ${script}` });
const headers = { '/no-wasm/': policy("'self'"), '/strict/': policy("'self' 'wasm-unsafe-eval'") };

describeInChromium('Listening in Chromium', { resources, headers }, (chromium) => {
  it('says when there is no such microphone, and lists those that there are', async () => {
    const page = await chromium.open();
    expect(await page.evaluate(codeOf, { deviceId: 'none' })).toBe('EARSHOT_MICROPHONE_MISSING');
    const devices = await page.evaluate(() => earshot.listDevices());
    expect(devices.length).toBeGreaterThan(0);
    expect(await page.evaluate(codeOf, { deviceId: devices[0].deviceId })).toBe('none');
    await page.context().close();
  });

  it('says when the worklet is not there, or something else is', async () => {
    const page = await chromium.open();
    expect(await page.evaluate(codeOf, { workletUrl: '/nowhere.js' })).toBe('EARSHOT_WORKLET_FAILED');
    expect(await page.evaluate(codeOf, { workletUrl: '/' })).toBe('EARSHOT_WORKLET_FAILED');
    await page.context().close();
  });

  it('gives the microphone back each of a hundred times', async () => {
    const page = await chromium.open();
    await page.evaluate(keepTrack);
    const after = await page.evaluate(async () => {
      for (let i = 0; i < 100; i++) {
        const listener = await earshot.listen({ model: modelBytes });
        await listener.stop();
      }
      return {
        tracks: opened.tracks.map(({ readyState }) => readyState),
        contexts: opened.contexts.map(({ state }) => state),
      };
    });
    expect(after.tracks).toEqual(new Array(100).fill('ended'));
    expect(after.contexts).toEqual(new Array(100).fill('closed'));
    await page.context().close();
  });

  it('can be stopped while it starts', async () => {
    const page = await chromium.open();
    await page.evaluate(keepTrack);
    const result = await page.evaluate(async () => {
      const reasons: string[] = [];
      for (const delay of [0, 1, 5, 10, 20, 40, 80]) {
        const control = new AbortController();
        setTimeout(() => control.abort(), delay);
        const listening = earshot.listen({ model: modelBytes, signal: control.signal });
        reasons.push(
          await listening
            .then(({ finished }) => finished)
            .then(
              () => 'stopped',
              (error) => error.name,
            ),
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
      return {
        reasons,
        tracks: opened.tracks.map(({ readyState }) => readyState),
        contexts: opened.contexts.map(({ state }) => state),
      };
    });
    expect(result.reasons[0]).toBe('AbortError');
    for (const reason of result.reasons) expect(['AbortError', 'stopped']).toContain(reason);
    expect(new Set(result.tracks)).toEqual(new Set(['ended']));
    for (const state of result.contexts) expect(state).toBe('closed');
    await page.context().close();
  });

  it('ends with an error when the microphone goes', async () => {
    const page = await chromium.open();
    await page.evaluate(keepTrack);
    const told = await page.evaluate(async () => {
      const told: string[] = [];
      const listener = await earshot.listen({
        model: modelBytes,
        onError: ({ code }) => told.push(code),
        onStateChange: (state) => told.push(state),
      });
      told.length = 0;
      // What the browser does when a device is unplugged; a fake one cannot be.
      for (const track of opened.tracks) {
        track.stop();
        track.dispatchEvent(new Event('ended'));
      }
      await listener.finished;
      return [...told, listener.state, opened.contexts[0].state];
    });
    expect(told).toEqual(['stopped', 'EARSHOT_MICROPHONE_LOST', 'stopped', 'closed']);
    await page.context().close();
  });

  it('goes on after a suspension, with a gesture of the user', async () => {
    const page = await chromium.open();
    await page.evaluate(keepTrack);
    await page.evaluate(async () => {
      const told: string[] = [];
      const listener = await earshot.listen({ model: modelBytes, onStateChange: (state) => told.push(state) });
      Object.assign(globalThis, { told, listener });
      await until(() => listener.state === 'running');
      told.length = 0;
      await opened.contexts[0].suspend();
      await until(() => listener.state === 'suspended');

      async function until(holds: () => boolean): Promise<void> {
        while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
      }
    });
    await page.click('button');
    await page.waitForFunction('listener.state === "running"', undefined, { timeout: 3000 });
    expect(await page.evaluate('told')).toEqual(['suspended', 'running']);
    expect(await page.evaluate('listener.lostBlocks')).toBe(0);
    await page.context().close();
  });

  it('goes on after a suspension with a bare click, which is all that a screen reader may send', async () => {
    const page = await chromium.open();
    await page.evaluate(keepTrack);
    const states = await page.evaluate(async () => {
      const listener = await earshot.listen({ model: modelBytes });
      await opened.contexts[0].suspend();
      document.querySelector('button')?.click();
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return [opened.contexts[0].state, listener.state];
    });
    expect(states).toEqual(['running', 'running']);
    await page.context().close();
  });

  it('counts an interruption, as Safari calls it, as a suspension, and goes on after a gesture', async () => {
    const page = await chromium.open();
    await page.evaluate(keepTrack);
    await page.evaluate(async () => {
      const told: string[] = [];
      const listener = await earshot.listen({ model: modelBytes, onStateChange: (state) => told.push(state) });
      Object.assign(globalThis, { told, listener });
      const [context] = opened.contexts;
      while (context.state !== 'running') await new Promise((resolve) => setTimeout(resolve, 10));
      told.length = 0;
      await context.suspend();
      // What Safari says during a telephone call; Chromium has no way to bring it about.
      Object.defineProperty(context, 'state', { get: () => 'interrupted', configurable: true });
      context.dispatchEvent(new Event('statechange'));
      context.addEventListener('statechange', () => Reflect.deleteProperty(context, 'state'), { capture: true });
    });
    expect(await page.evaluate('listener.state')).toBe('suspended');
    await page.click('button');
    await page.waitForFunction('listener.state === "running"', undefined, { timeout: 3000 });
    expect(await page.evaluate('told')).toEqual(['suspended', 'running']);
    await page.context().close();
  });

  it('goes on when the page is seen again', async () => {
    const page = await chromium.open();
    await page.evaluate(keepTrack);
    const state = await page.evaluate(async () => {
      const listener = await earshot.listen({ model: modelBytes });
      const until = async (state: string) => {
        while (listener.state !== state) await new Promise((resolve) => setTimeout(resolve, 10));
      };
      await until('running');
      await opened.contexts[0].suspend();
      await until('suspended');
      // A browser without windows shows all of its pages.
      document.dispatchEvent(new Event('visibilitychange'));
      await until('running');
      return listener.state;
    });
    expect(state).toBe('running');
    await page.context().close();
  });

  it('loses nothing while the page is busy', async () => {
    const page = await chromium.open();
    const heard = await page.evaluate(async () => {
      const indices: number[] = [];
      const listener = await earshot.listen({ model: modelBytes, onFrame: ({ index }) => indices.push(index) });
      const until = async (count: number) => {
        while (indices.length < count) await new Promise((resolve) => setTimeout(resolve, 10));
      };
      await until(20);
      const before = indices.length;
      for (const end = performance.now() + 1500; performance.now() < end; );
      await until(before + 75);
      await listener.stop();
      return { indices, lost: listener.lostBlocks };
    });
    expect(heard).toEqual({ indices: heard.indices.map((_, n) => n), lost: 0 });
    await page.context().close();
  });

  it('asks for sound as it is, unless told otherwise', async () => {
    const page = await chromium.open();
    const asked = await page.evaluate(async () => {
      const asked: unknown[] = [];
      const { mediaDevices } = navigator;
      const open = mediaDevices.getUserMedia.bind(mediaDevices);
      mediaDevices.getUserMedia = (constraints) => {
        asked.push(constraints?.audio);
        return open(constraints);
      };
      for (const options of [{}, { echoCancellation: true, noiseSuppression: true, autoGainControl: true }]) {
        await (await earshot.listen({ model: modelBytes, ...options })).stop();
      }
      return asked;
    });
    expect(asked).toEqual([
      { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
      { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    ]);
    await page.context().close();
  });

  it('says what a browser lacks', async () => {
    const page = await chromium.open();
    const codes = await page.evaluate(async () => {
      const failed = () => earshot.listen({ model: modelBytes }).catch((error) => error.code);
      Object.defineProperty(navigator, 'mediaDevices', { value: undefined });
      const withoutDevices = await failed();
      Reflect.deleteProperty(globalThis, 'AudioWorkletNode');
      return [withoutDevices, await failed()];
    });
    expect(codes).toEqual(['EARSHOT_UNSUPPORTED', 'EARSHOT_UNSUPPORTED']);
    await page.context().close();
  });

  it.each([
    ['SecurityError', 'EARSHOT_MICROPHONE_DENIED'],
    ['OverconstrainedError', 'EARSHOT_MICROPHONE_MISSING'],
    ['NotReadableError', 'EARSHOT_MICROPHONE_LOST'],
    ['AbortError', 'EARSHOT_MICROPHONE_LOST'],
    ['NotSupportedError', 'EARSHOT_UNSUPPORTED'],
  ])('has a code for what browsers call %s', async (name, code) => {
    const page = await chromium.open();
    await page.evaluate((name) => {
      navigator.mediaDevices.getUserMedia = async () => {
        throw new DOMException('No', name);
      };
    }, name);
    expect(await page.evaluate(codeOf, {})).toBe(code);
    await page.context().close();
  });

  it('gives the microphone back where a context of that rate cannot have it, as in Firefox', async () => {
    const page = await chromium.open();
    await page.evaluate(keepTrack);
    const code = await page.evaluate(async () => {
      const audioContext = new AudioContext({ sampleRate: 8000 });
      audioContext.createMediaStreamSource = () => {
        throw new DOMException('Other sample-rate', 'NotSupportedError');
      };
      return earshot.listen({ model: modelBytes, audioContext }).catch((error) => error.code);
    });
    expect(code).toBe('EARSHOT_UNSUPPORTED');
    expect(await page.evaluate(() => opened.tracks.map(({ readyState }) => readyState))).toEqual(['ended']);
    await page.context().close();
  });

  it('says when a model cannot be fetched', async () => {
    const page = await chromium.open();
    const codes = await page.evaluate(() =>
      Promise.all(
        ['/nowhere.safetensors', 'http://127.0.0.1:1/'].map((url) => earshot.fetchModel(url).catch(({ code }) => code)),
      ),
    );
    expect(codes).toEqual(['EARSHOT_MODEL_NOT_FOUND', 'EARSHOT_MODEL_NOT_FOUND']);
    await page.context().close();
  });

  it('hears a stream and a node of a graph, and refuses what is neither', async () => {
    const page = await chromium.open();
    const heard = await page.evaluate(async () => {
      const context = new AudioContext();
      const tone = new OscillatorNode(context);
      const destination = context.createMediaStreamDestination();
      tone.connect(destination);
      tone.start();
      const isHeard = (source: MediaStream | AudioNode) =>
        new Promise<boolean>((resolve, reject) => {
          const onSamples = (samples: Float32Array) => samples.some((sample) => sample > 0.5) && resolve(true);
          earshot.listenTo(source, { model: modelBytes, onSamples }).catch(reject);
        });
      const codes = [new MediaStream(), 'a stream' as never].map((source) =>
        earshot.listenTo(source, { model: modelBytes }).catch(({ code }) => code),
      );
      const misspelt = { model: modelBytes, onDetections() {} };
      const named = earshot.listenTo(tone, misspelt).catch(({ message }) => message.split(',')[0]);
      return Promise.all([isHeard(destination.stream), isHeard(tone), ...codes, named]);
    });
    expect(heard).toEqual([
      true,
      true,
      'EARSHOT_BAD_ARGUMENT',
      'EARSHOT_BAD_ARGUMENT',
      'There is no `onDetections` in `options`',
    ]);
    await page.context().close();
  });

  it('ends with the tracks of a stream that was handed over', async () => {
    const page = await chromium.open();
    const states = await page.evaluate(async () => {
      const { stream } = new AudioContext().createMediaStreamDestination();
      const listener = await earshot.listenTo(stream, { model: modelBytes });
      const [track] = stream.getTracks();
      const before = [listener.state !== 'stopped', track.readyState];
      track.stop();
      track.dispatchEvent(new Event('ended'));
      await listener.finished;
      return [...before, listener.state];
    });
    expect(states).toEqual([true, 'live', 'stopped']);
    await page.context().close();
  });

  it('ends with the last audio track of a stream, though its video goes on', async () => {
    const page = await chromium.open();
    const states = await page.evaluate(async () => {
      const context = new AudioContext();
      const audio = [0, 1].map(() => context.createMediaStreamDestination().stream.getTracks()[0]);
      const video = document.createElement('canvas').captureStream().getTracks();
      const listener = await earshot.listenTo(new MediaStream([...audio, ...video]), { model: modelBytes });
      const isOver: boolean[] = [];
      for (const track of audio) {
        track.stop();
        track.dispatchEvent(new Event('ended'));
        isOver.push(listener.state === 'stopped');
      }
      return [...isOver, video[0].readyState];
    });
    expect(states).toEqual([false, true, 'live']);
    await page.context().close();
  });

  it('takes a decision that is a proxy, as the state of reactive frameworks is', async () => {
    const page = await chromium.open();
    const heard = await page.evaluate(async () => {
      const reactive = (thresholds: Record<string, number>) =>
        new Proxy({ smoothingFrames: 8, thresholds: new Proxy(thresholds, {}) }, {});
      const buffer = new AudioBuffer({ length: 16000, sampleRate: 16000 });
      const failures: string[] = [];
      const listener = await earshot.listenTo(buffer, {
        model: modelBytes,
        decision: reactive({ go: 0.5 }),
        onError: ({ message }) => failures.push(message),
      });
      listener.configure(reactive({ go: 0.6 }));
      await listener.finished;
      return failures;
    });
    expect(heard).toEqual([]);
    await page.context().close();
  });

  it.each([8000, 16000, 22050, 44100, 48000, 96000])('hears in a context of %d Hz', async (sampleRate) => {
    const page = await chromium.open();
    const heard = await page.evaluate(async (sampleRate) => {
      const audioContext = new AudioContext({ sampleRate });
      const times: number[] = [];
      const onFrame = ({ time }: { time: number }) => times.push(time);
      const listener = await earshot.listen({ model: modelBytes, audioContext, onFrame });
      while (times.length < 50) await new Promise((resolve) => setTimeout(resolve, 10));
      await listener.stop();
      return { rate: listener.sampleRate, time: times[49], lost: listener.lostBlocks };
    }, sampleRate);
    expect(heard).toEqual({ rate: sampleRate, time: 49 * 0.02 + 0.032, lost: 0 });
    await page.context().close();
  });

  it('leaves a context of the page as it is', async () => {
    const page = await chromium.open();
    const states = await page.evaluate(async () => {
      const audioContext = new AudioContext({ sampleRate: 16000 });
      const listener = await earshot.listen({ model: modelBytes, audioContext });
      const { sampleRate } = listener;
      await listener.stop();
      return [sampleRate, audioContext.state];
    });
    expect(states).toEqual([16000, 'running']);
    await page.context().close();
  });

  for (const [path, expected] of [
    ['/strict/', 'simd'],
    ['/no-wasm/', 'plain'],
  ]) {
    it(`has ${expected} kernels under the content security policy of ${path}`, async () => {
      const page = await chromium.open({ path });
      const kernels = await page.evaluate(async () => {
        const listener = await earshot.listen({ model: modelBytes });
        await listener.stop();
        return listener.kernels;
      });
      expect(kernels).toBe(expected);
      await page.context().close();
    });
  }
});

describeInChromium('A page that may not use the microphone', { answer: 'deny' }, (chromium) => {
  it('is told so', async () => {
    const page = await chromium.open();
    expect(await page.evaluate(codeOf, {})).toBe('EARSHOT_MICROPHONE_DENIED');
    await page.context().close();
  });
});

const GESTURE = ['--autoplay-policy=document-user-activation-required'];

/** Begins by itself: what a test evaluates in a page counts as a gesture. */
const EARLY = {
  '/early/': '<!doctype html><button>A place to click</button><script type="module" src="/early.js"></script>',
  '/early.js': `
    import * as earshot from '/browser/index.js';
    const model = await earshot.fetchModel('/models/commands.safetensors');
    const { stream } = new AudioContext().createMediaStreamDestination();
    globalThis.listener = await earshot.listenTo(stream, { model });
    console.log(listener.state);`,
};

describeInChromium('A page that may not play without a gesture', { args: GESTURE, resources: EARLY }, (chromium) => {
  it('is heard after one', async () => {
    const page = await chromium.browser.newPage();
    const suspended = page.waitForEvent('console', (message) => message.text() === 'suspended');
    await page.goto(`${chromium.origin}/early/`);
    await suspended;
    await page.click('button');
    await page.waitForFunction('listener.state === "running"', undefined, { timeout: 3000 });
    await page.context().close();
  });
});

describeInChromium('A machine without microphones', { microphone: null }, (chromium) => {
  it('is told from one that forbids them', async () => {
    const page = await chromium.open();
    expect(await page.evaluate(codeOf, {})).toBe('EARSHOT_MICROPHONE_MISSING');
    expect(await page.evaluate(() => earshot.listDevices())).toEqual([]);
    await page.context().close();
  });
});

const INSECURE = '--host-resolver-rules=MAP insecure.test 127.0.0.1';

describeInChromium('A page that came without encryption', { args: [INSECURE] }, (chromium) => {
  it('is told that it needs some', async () => {
    const page = await chromium.open({ origin: chromium.origin.replace('127.0.0.1', 'insecure.test') });
    expect(await page.evaluate(codeOf, {})).toBe('EARSHOT_INSECURE_CONTEXT');
    expect(await page.evaluate(() => earshot.listDevices().catch(({ code }) => code))).toBe('EARSHOT_INSECURE_CONTEXT');
    await page.context().close();
  });
});
