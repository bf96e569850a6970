import { readdirSync } from 'node:fs';
import Meyda from 'meyda';
import { describe, expect, test } from 'vitest';
import { createExtractor, type ExtractorConfig, type ExtractorName } from '../../src/features/extractor.ts';
import type { Kernels } from '../../src/kernels/kernels.ts';
import { plainKernels } from '../../src/kernels/plain.ts';
import { changedBytes, put, simdOrThrow, take, worst } from '../helpers/kernels.ts';
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

/** Gives the MFCCs of a frame, which stands in the middle of other numbers, as they do. */
type Extract = (frame: Float32Array) => Float32Array;

/** As `toEqual`, which takes longer than all the rest. */
const isSame = (a: Float32Array, b: Float32Array): boolean =>
  a.length === b.length && a.every((x, i) => Object.is(x, b[i]));

function makeExtract(name: ExtractorName, kernels: Kernels, config: ExtractorConfig): Extract {
  const extractor = createExtractor(name, kernels, config);
  const { frameSamples, coefficients } = config;
  const samples = put(kernels, new Float32Array(frameSamples + 20).fill(0.7)) + 7 * 4;
  const around = put(kernels, new Float32Array(coefficients + 10).fill(5));
  return (frame) => {
    kernels.memory.f32.set(frame, samples >> 2);
    extractor.extract(samples, around + 3 * 4);
    expect(isSame(take(kernels, samples, frameSamples), frame)).toBe(true);
    const out = take(kernels, around, coefficients + 10);
    expect([...out.subarray(0, 3), ...out.subarray(3 + coefficients)].every((x) => x === 5)).toBe(true);
    return out.subarray(3, 3 + coefficients);
  };
}

const KINDS: [string, () => Promise<Kernels>][] = [
  ['plain', async () => plainKernels()],
  ['simd', simdOrThrow],
];

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
  ['frames of a power of four', { ...NARROW, frameSamples: 512, melBands: 41, coefficients: 39 }],
])('fused features (%s)', async (_, config) => {
  const meyda = meydaOf(config);
  const fused = await Promise.all(KINDS.map(async ([, kernels]) => makeExtract('fused', await kernels(), config)));
  const viaMeyda = makeExtract('meyda', plainKernels(), config);
  const check = (frames: readonly Float32Array[]) => {
    expect(frames.length).toBeGreaterThan(0);
    for (const extract of fused) {
      const differences = frames.map((frame) => worst(extract(frame), meyda(frame)));
      expect(Math.max(...differences)).toBeLessThanOrEqual(1e-3);
    }
    const [plain, simd] = fused;
    expect(Math.max(...frames.map((frame) => worst(plain(frame), simd(frame))))).toBeLessThanOrEqual(1e-4);
  };

  test.each(Object.entries(SIGNALS))("equal Meyda's within 1e-3 for %s", (_, signal) => {
    check(signal(config.frameSamples));
  });

  test.each(recordings)("equal Meyda's within 1e-3 on every frame of samples/%s", (name) => {
    check(framesOf(readWav(new URL(name, SAMPLES)).samples, config));
  });

  test("are replaced by Meyda's own to the last bit when those are asked for", () => {
    for (const frame of Object.values(SIGNALS).flatMap((signal) => signal(config.frameSamples))) {
      expect(viaMeyda(frame)).toEqual(Float32Array.from(meyda(frame)));
    }
  });
});

test('there are recordings to compare with', () => {
  expect(recordings.length).toBeGreaterThanOrEqual(5);
});

describe.each(KINDS)('on %s kernels', (_, makeKernels) => {
  test.each([
    'fused',
    'meyda',
  ] as const)('%s extractors of several configurations do not disturb each other', async (name) => {
    const configs = [NARROW, WIDE, { ...NARROW, melBands: 27, coefficients: 5 }, { ...NARROW, inputGain: 1 }];
    const frames = configs.map(({ frameSamples }, i) => noise(frameSamples, i));
    const alone = await Promise.all(
      configs.map(async (config, i) => makeExtract(name, await makeKernels(), config)(frames[i])),
    );
    const kernels = await makeKernels();
    const extracts = configs.map((config) => makeExtract(name, kernels, config));
    for (let turn = 0; turn < 3; turn++) {
      extracts.forEach((extract, i) => {
        expect(extract(frames[i])).toEqual(alone[i]);
      });
    }
  });

  test.each([5, 20])('writes nothing but %d coefficients and its own scratch', async (coefficients) => {
    const kernels = await makeKernels();
    const config = { ...NARROW, coefficients };
    const before = kernels.memory.allocate(16);
    const extractor = createExtractor('fused', kernels, config);
    const samples = put(kernels, noise(256, 1));
    const out = kernels.memory.allocate((coefficients + 4) * 4);
    const changed = changedBytes(kernels, () => extractor.extract(samples, out));
    const written = changed.filter((address) => address >= out);
    expect(Math.max(...written)).toBeLessThan(out + 4 * coefficients);
    expect(changed.filter((address) => address < before + 16 || (address >= samples && address < out))).toEqual([]);
  });

  test('an extractor does not change the samples and remembers nothing of the frames before', async () => {
    for (const name of ['fused', 'meyda'] as const) {
      const extract = makeExtract(name, await makeKernels(), NARROW);
      const frame = noise(256, 1);
      const first = extract(frame);
      extract(noise(256, 2, 1));
      expect(extract(frame)).toEqual(first);
    }
  });
});

test('extractors do not mind what others do with the one Meyda that all share', () => {
  const shared = Meyda as unknown as { extract(feature: string, frame: Float32Array): unknown };
  const frame = noise(256, 1);
  for (const name of ['fused', 'meyda'] as const) {
    const before = makeExtract(name, plainKernels(), NARROW)(frame);
    Object.assign(shared, { sampleRate: 44100, bufferSize: NARROW.frameSamples, melBands: NARROW.melBands });
    shared.extract('mfcc', noise(NARROW.frameSamples, 2));
    expect(makeExtract(name, plainKernels(), NARROW)(frame)).toEqual(before);
  }
});
