import { expect, it } from 'vitest';
import type { DetectionEvent, FrameEvent, ListenOptions } from '../../src/browser/index.js';
import { loadModel } from '../../src/model.ts';
import { bundledModelBytes } from '../helpers/models.ts';
import { expectSpoken } from '../helpers/spoken.ts';
import { readWav } from '../helpers/wav.ts';
import { describeInChromium } from './helpers/in-chromium.ts';
import { resample } from './helpers/resample.ts';

const ROOT = new URL('../../', import.meta.url);
const RATES = [8000, 16000, 22050, 44100, 48000, 96000];
const words = readWav(new URL('samples/words.wav', ROOT));
const signals = new Map(RATES.map((rate) => [rate, resample(words.samples, words.sampleRate, rate)]));
const atRate = (rate: number) => signals.get(rate) as Float32Array;
const bytesOf = (samples: Float32Array) => new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
const model = await loadModel(bundledModelBytes());

interface Heard {
  frames: FrameEvent[];
  detections: DetectionEvent[];
  features: number[][];
  hidden: number[][];
  samples: number[];
  lostBlocks: number;
  kernels: string;
  state: string;
}

/** What `Spotter` in Node says. */
function inNode(samples: Float32Array, sampleRate: number) {
  const spotter = model.spotter({ sampleRate });
  const events = [...spotter.push(samples), ...spotter.flush()];
  const frames = events.filter((event) => event.type === 'frame');
  const detections = events.filter((event) => event.type === 'detection');
  return { frames, detections };
}

/** Runs in the page: hears floats that the server gives, or a file, with everything reported. */
async function hear({ url, rate, options }: { url: string; rate?: number; options: Partial<ListenOptions> }) {
  const bytes = await (await fetch(url)).arrayBuffer();
  const source = rate === undefined ? new File([bytes], 'a file') : bufferOf(new Float32Array(bytes), rate);
  const heard: Omit<Heard, 'lostBlocks' | 'kernels' | 'state'> = {
    frames: [],
    detections: [],
    features: [],
    hidden: [],
    samples: [],
  };
  const listener = await earshot.listenTo(source, {
    model: modelBytes,
    onFrame: (frame) => heard.frames.push(frame),
    onDetection: (detection) => heard.detections.push(detection),
    onInspect: ({ features, hidden }) => {
      heard.features.push([...features]);
      heard.hidden.push(hidden.flatMap((layer) => [...layer]));
    },
    onSamples: (samples) => heard.samples.push(samples.length),
    ...options,
  });
  await listener.finished;
  const { lostBlocks, kernels, state } = listener;
  return { ...heard, lostBlocks, kernels, state };

  function bufferOf(samples: Float32Array<ArrayBuffer>, sampleRate: number): AudioBuffer {
    const buffer = new AudioBuffer({ length: samples.length, sampleRate });
    buffer.copyToChannel(samples, 0);
    return buffer;
  }
}

const labels = (events: readonly DetectionEvent[]) => events.map(({ label }) => label);

function worst(a: readonly number[][], b: readonly number[][]): number {
  expect(a.length).toBe(b.length);
  return Math.max(...a.map((row, k) => Math.max(...row.map((value, i) => Math.abs(value - b[k][i])))));
}

const posteriors = (frames: readonly FrameEvent[]) => frames.map((frame) => frame.posteriors);

const resources = Object.fromEntries(RATES.map((rate) => [`/rate/${rate}`, bytesOf(atRate(rate))]));

describeInChromium('A recording in Chromium', { resources }, (chromium) => {
  for (const rate of RATES) {
    it(`has the detections of Node at ${rate} Hz`, async () => {
      const page = await chromium.open();
      const heard = await page.evaluate(hear, { url: `/rate/${rate}`, rate, options: {} });
      const expected = inNode(atRate(rate), rate);
      expectSpoken(labels(heard.detections));
      expect(labels(heard.detections)).toEqual(labels(expected.detections));
      heard.detections.forEach((detection, n) => {
        expect(Math.abs(detection.end - expected.detections[n].end)).toBeLessThanOrEqual(0.04);
        expect(Math.abs(detection.start - expected.detections[n].start)).toBeLessThanOrEqual(0.04);
      });
      expect(heard.frames.map(({ index }) => index)).toEqual(expected.frames.map(({ index }) => index));
      expect(heard.frames.map(({ sample }) => sample)).toEqual(expected.frames.map(({ sample }) => sample));
      const difference = worst(posteriors(heard.frames), posteriors(expected.frames));
      console.log(`${rate} Hz: posteriors differ by at most ${difference.toExponential(1)} from Node's`);
      expect(difference).toBeLessThan(1e-5);
      expect(heard).toMatchObject({ lostBlocks: 0, kernels: 'simd', state: 'stopped' });
      expect(heard.samples.reduce((sum, count) => sum + count, 0)).toBe(atRate(rate).length);
      await page.context().close();
    });
  }

  it('is heard with Meyda as with the fused features', async () => {
    const page = await chromium.open();
    const run = (extractor: 'fused' | 'meyda') =>
      page.evaluate(hear, { url: '/rate/48000', rate: 48000, options: { extractor } });
    const fused = await run('fused');
    const meyda = await run('meyda');
    expect(meyda.detections.map(({ label, end }) => [label, end])).toEqual(
      fused.detections.map(({ label, end }) => [label, end]),
    );
    const difference = worst(meyda.features, fused.features);
    console.log(`meyda and fused: MFCCs differ by at most ${difference.toExponential(1)}`);
    expect(difference).toBeLessThan(1e-3);
    await page.context().close();
  });

  it('is heard with plain kernels as with SIMD ones', async () => {
    const page = await chromium.open();
    const run = (kernels: 'simd' | 'plain') =>
      page.evaluate(hear, { url: '/rate/16000', rate: 16000, options: { kernels } });
    const simd = await run('simd');
    const plain = await run('plain');
    expect(plain.kernels).toBe('plain');
    expect(labels(plain.detections)).toEqual(labels(simd.detections));
    expect(worst(posteriors(plain.frames), posteriors(simd.frames))).toBeLessThan(1e-4);
    await page.context().close();
  });

  it('shows what the network holds', async () => {
    const page = await chromium.open();
    const { hidden, features } = await page.evaluate(hear, { url: '/rate/8000', rate: 8000, options: {} });
    const spotter = model.spotter();
    spotter.push(atRate(8000));
    const { layers, features: expected, frames } = spotter.inspect();
    expect(worst([hidden[frames - 1]], [layers.flatMap((layer) => [...layer.hidden])])).toBeLessThan(1e-4);
    expect(worst([features[frames - 1]], [[...expected]])).toBeLessThan(1e-3);
    await page.context().close();
  });

  it('may be a file, which is decoded at its own rate', async () => {
    const page = await chromium.open();
    const heard = await page.evaluate(hear, { url: '/samples/words.wav', options: {} });
    const expected = inNode(words.samples, words.sampleRate);
    expectSpoken(labels(heard.detections));
    expect(heard.frames.length).toBe(expected.frames.length);
    expect(heard.frames.at(-1)?.sample).toBe(expected.frames.at(-1)?.sample);
    const difference = worst(posteriors(heard.frames), posteriors(expected.frames));
    console.log(`a file: posteriors differ by at most ${difference.toExponential(1)} from Node's`);
    // Browsers make their own floats of 16 bits.
    expect(difference).toBeLessThan(1e-3);
    await page.context().close();
  });
});
