import { readdirSync } from 'node:fs';
import Meyda from 'meyda';
import { describe, expect, test } from 'vitest';
import { createExtractor, type Extractor, type ExtractorConfig } from '../../src/features/extractor.ts';
import { worst } from '../helpers/kernels.ts';
import { noise } from '../helpers/sound.ts';
import { readWav } from '../helpers/wav.ts';

const NARROW: ExtractorConfig = {
  sampleRate: 8000,
  frameSamples: 256,
  melBands: 40,
  coefficients: 20,
  inputGain: 32768,
  windowing: 'hanning',
};
const WIDE: ExtractorConfig = { ...NARROW, sampleRate: 16000, frameSamples: 512, coefficients: 13 };

/** Meyda itself, set up here and not by the engine: a copy, because it keeps its configuration in itself. */
function meydaOf(config: ExtractorConfig): (frame: Float32Array) => number[] {
  const copy = Object.assign({}, Meyda, {
    sampleRate: config.sampleRate,
    bufferSize: config.frameSamples,
    melBands: config.melBands,
    numberOfMFCCCoefficients: config.coefficients,
    windowingFunction: 'hanning',
    melFilterBank: undefined,
  }) as unknown as { extract(feature: string, frame: Float32Array): number[] };
  return (frame) =>
    copy.extract(
      'mfcc',
      frame.map((sample) => sample * config.inputGain),
    );
}

/** MFCCs of one frame, which stands in the middle of other numbers. */
function extract(extractor: Extractor, { coefficients }: ExtractorConfig, frame: Float32Array): Float32Array {
  const samples = new Float32Array(frame.length + 20).fill(0.7);
  samples.set(frame, 7);
  const out = new Float32Array(coefficients + 10).fill(5);
  extractor.extract(samples, 7, out, 3);
  expect([...out.subarray(0, 3), ...out.subarray(3 + coefficients)]).toEqual(new Array(10).fill(5));
  return out.subarray(3, 3 + coefficients);
}

function framesOf(samples: Float32Array, { frameSamples }: ExtractorConfig): Float32Array[] {
  const hop = (frameSamples * 5) / 8;
  const count = Math.max(0, Math.floor((samples.length - frameSamples) / hop) + 1);
  return Array.from({ length: count }, (_, k) => samples.slice(k * hop, k * hop + frameSamples));
}

const tone = (length: number, period: number, shape: (phase: number) => number): Float32Array =>
  Float32Array.from({ length }, (_, i) => shape((2 * Math.PI * i) / period));

/** Frames of one kind, for frames of a length. */
const SIGNALS: Record<string, (length: number) => Float32Array[]> = {
  'random noise from the last bit to full scale': (length) =>
    [1 / 32768, 1e-3, 0.03, 0.3, 1].flatMap((level) =>
      Array.from({ length: 20 }, (_, seed) => noise(length, seed, level)),
    ),
  'digital silence': (length) => [new Float32Array(length)],
  'a constant': (length) => [1, -1, 0.01].map((level) => new Float32Array(length).fill(level)),
  'full-scale square waves': (length) =>
    [2, 3, 4, 8, 31.7, 256].map((period) => tone(length, period, (phase) => (Math.sin(phase + 0.1) < 0 ? -1 : 1))),
  'single impulses': (length) =>
    [0, 1, length / 2, length - 2, length - 1].flatMap((at) =>
      [1, -1, 1 / 32768].map((level) => {
        const frame = new Float32Array(length);
        frame[at] = level;
        return frame;
      }),
    ),
  sines: (length) => [2.1, 3, 8, 40, 200].map((period) => tone(length, period, (phase) => 0.9 * Math.sin(phase))),
  'sounds far beyond full scale': (length) => [10, 1000].map((level) => noise(length, 3, level)),
};

const SAMPLES = new URL('../../samples/', import.meta.url);
const recordings = readdirSync(SAMPLES).filter((name) => name.endsWith('.wav'));

describe.each([
  ['8 kHz, 256 samples, 20 coefficients', NARROW],
  ['16 kHz, 512 samples, 13 coefficients', WIDE],
  ['an odd number of bands', { ...NARROW, melBands: 27 }],
  ['more bands than bins', { ...NARROW, frameSamples: 64, melBands: 60 }],
])('fused features (%s)', (_, config) => {
  const meyda = meydaOf(config);
  const fused = createExtractor('fused', config);
  const viaMeyda = createExtractor('meyda', config);
  const check = (frames: readonly Float32Array[]) => {
    expect(frames.length).toBeGreaterThan(0);
    const differences = frames.map((frame) => worst(extract(fused, config, frame), meyda(frame)));
    expect(Math.max(...differences)).toBeLessThanOrEqual(1e-3);
  };

  test.each(Object.entries(SIGNALS))("equal Meyda's within 1e-3 for %s", (_, signal) => {
    check(signal(config.frameSamples));
  });

  test.each(recordings)("equal Meyda's within 1e-3 on every frame of samples/%s", (name) => {
    check(framesOf(readWav(new URL(name, SAMPLES)).samples, config));
  });

  test("are replaced by Meyda's own to the last bit when those are asked for", () => {
    for (const frame of Object.values(SIGNALS).flatMap((signal) => signal(config.frameSamples))) {
      expect(extract(viaMeyda, config, frame)).toEqual(Float32Array.from(meyda(frame)));
    }
  });
});

test('there are recordings to compare with', () => {
  expect(recordings.length).toBeGreaterThanOrEqual(5);
});

test.each(['fused', 'meyda'] as const)('%s extractors of several configurations do not disturb each other', (name) => {
  const configs = [NARROW, WIDE, { ...NARROW, melBands: 27, coefficients: 5 }, { ...NARROW, inputGain: 1 }];
  const frames = configs.map(({ frameSamples }, i) => noise(frameSamples, i));
  const alone = configs.map((config, i) => extract(createExtractor(name, config), config, frames[i]));
  const extractors = configs.map((config) => createExtractor(name, config));
  for (let turn = 0; turn < 3; turn++) {
    extractors.forEach((extractor, i) => {
      expect(extract(extractor, configs[i], frames[i])).toEqual(alone[i]);
    });
  }
});

test('an extractor does not change the samples and remembers nothing of the frames before', () => {
  for (const name of ['fused', 'meyda'] as const) {
    const extractor = createExtractor(name, NARROW);
    const frame = noise(256, 1);
    const copy = frame.slice();
    const first = extract(extractor, NARROW, frame);
    extract(extractor, NARROW, noise(256, 2, 1));
    expect(frame).toEqual(copy);
    expect(extract(extractor, NARROW, frame)).toEqual(first);
  }
});

test('extractors do not mind what others do with the one Meyda that all share', () => {
  const shared = Meyda as unknown as { extract(feature: string, frame: Float32Array): unknown };
  const frame = noise(256, 1);
  for (const name of ['fused', 'meyda'] as const) {
    const before = extract(createExtractor(name, NARROW), NARROW, frame);
    Object.assign(shared, { sampleRate: 44100, bufferSize: NARROW.frameSamples, melBands: NARROW.melBands });
    shared.extract('mfcc', noise(NARROW.frameSamples, 2));
    expect(extract(createExtractor(name, NARROW), NARROW, frame)).toEqual(before);
  }
});
