import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joined } from '../../../src/audio/joined.ts';
import { mixAtSnr, noiseExcerpt } from '../../../src/train/evaluate/mix.ts';
import { rms } from '../../../src/train/power.ts';
import { Random } from '../../../src/train/random.ts';
import { convertRate, RateConverter } from '../../../src/train/recordings/convert-rate.ts';
import { oneSecond, readPiece, readSound } from '../../../src/train/recordings/sound.ts';
import { wordSpan } from '../../../src/train/recordings/word-span.ts';
import { wavFile } from '../../../web/wav.ts';
import { noise } from '../../helpers/sound.ts';
import { directoryOf } from '../evaluate/helpers.ts';

const RATE = 16000;
const tone = (seconds: number, level = 0.3, hertz = 300, rate = RATE): Float32Array =>
  Float32Array.from({ length: seconds * rate }, (_, i) => level * Math.sin((2 * Math.PI * hertz * i) / rate));

describe('oneSecond', () => {
  it('pads and cuts', () => {
    expect(oneSecond({ samples: Float32Array.of(1, 2), sampleRate: 4 })).toEqual(Float32Array.of(1, 2, 0, 0));
    const samples = Float32Array.from({ length: 220 }, (_, i) => i);
    expect(oneSecond({ samples, sampleRate: 200 })).toEqual(samples.subarray(0, 200));
  });

  it('takes of a long recording the second in which the word is', () => {
    const samples = new Float32Array(1000).fill(0.01);
    samples.fill(1, 650, 750);
    expect(oneSecond({ samples, sampleRate: 200 })).toEqual(samples.subarray(599, 799));
  });
});

describe('readPiece', () => {
  it('reads what lies between two moments of a file of many buffers', async () => {
    const path = join(directoryOf({ 'talk.wav': wavFile(tone(9), RATE) }), 'talk.wav');
    const { samples } = await readSound(path);
    expect(samples.length).toBe(9 * RATE);
    const seconds = fc.double({ min: 0, max: 10, noNaN: true });
    await fc.assert(
      fc.asyncProperty(seconds, fc.option(seconds, { nil: undefined }), async (start, end) => {
        const [from, to] = [start, end ?? Infinity].map((second) => Math.round(second * RATE));
        const piece = readPiece({ path, start, end });
        if (from < Math.min(to, samples.length)) {
          const { samples: found } = await piece;
          expect(found.length).toBe(Math.min(to, samples.length) - from);
          expect(found.every((sample, n) => sample === samples[from + n])).toBe(true);
        } else await expect(piece).rejects.toMatchObject({ code: 'EARSHOT_AUDIO_EMPTY' });
      }),
      { numRuns: 30 },
    );
  });
});

describe('wordSpan', () => {
  const place = (...parts: [at: number, samples: Float32Array][]): Float32Array => {
    const recording = noise(RATE, 3, 0.002);
    for (const [at, samples] of parts) {
      for (let i = 0; i < samples.length; i++) recording[at * RATE + i] += samples[i];
    }
    return recording;
  };

  it('finds a word in a quiet room to the block of 10 ms', () => {
    const { start, end } = wordSpan(place([0.3, tone(0.4)]), RATE);
    expect(start / RATE).toBeCloseTo(0.3, 5);
    expect(end / RATE).toBeCloseTo(0.7, 5);
  });

  it('holds a weak end and a pause, but no click', () => {
    const word = place([0.2, tone(0.2)], [0.45, tone(0.1, 0.02)], [0.8, tone(0.02)]);
    const { start, end } = wordSpan(word, RATE);
    expect([start / RATE, end / RATE]).toEqual([0.2, 0.55]);
  });

  it('is the whole recording of silence', () => {
    expect(wordSpan(new Float32Array(800), RATE)).toEqual({ start: 0, end: 800 });
  });

  it('lies within the recording, whatever it holds', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 900 }), (values) => {
        const { start, end } = wordSpan(Float32Array.from(values), 8000);
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(values.length);
      }),
    );
  });
});

describe('mixAtSnr', () => {
  it('gives exactly the ratio that was asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: -20, max: 40 }), fc.integer({ min: 1, max: 99 }), (snrDb, seed) => {
        const speech = new Float32Array(RATE);
        speech.set(tone(0.4), 4000);
        const word = { start: 4000, end: 4000 + 0.4 * RATE };
        const hiss = noise(RATE, seed, 0.1);
        const mixed = mixAtSnr(speech, word, hiss, snrDb);
        const added = mixed.map((sample, i) => sample - speech[i]);
        const ratio = 20 * Math.log10(rms(speech.subarray(word.start, word.end)) / rms(added));
        expect(ratio).toBeCloseTo(snrDb, 2);
      }),
      { numRuns: 30 },
    );
  });

  it('leaves speech alone where there is no noise', () => {
    const speech = tone(0.1);
    expect(mixAtSnr(speech, { start: 0, end: 10 }, new Float32Array(speech.length), 10)).toEqual(speech);
  });

  it('draws noise from any place, and goes round at its end', () => {
    const ramp = Float32Array.from({ length: 10 }, (_, i) => i);
    const starts = Array.from({ length: 200 }, (_, seed) => {
      const [start, ...rest] = noiseExcerpt(ramp, 13, new Random(seed));
      expect(rest).toEqual(rest.map((_, i) => (start + 1 + i) % 10));
      return start;
    });
    expect(new Set(starts)).toEqual(new Set(ramp));
  });
});

describe('convertRate', () => {
  it.each([
    [16000, 8000],
    [8000, 16000],
    [44100, 16000],
    [16000, 16000],
  ])('keeps a tone and its length from %i to %i Hz', (from, to) => {
    const converted = convertRate({ samples: tone(3, 0.3, 440, from), sampleRate: from }, to);
    const expected = tone(3, 0.3, 440, to);
    expect(converted.length).toBe(expected.length);
    const inner = (samples: Float32Array) => [...samples.subarray(200, -200)];
    const errors = inner(converted).map((sample, i) => Math.abs(sample - expected[200 + i]));
    expect(Math.max(...errors)).toBeLessThan(2e-3);
  });

  it('gives the same for any split of the recording', () => {
    const [from, to] = [fc.constantFrom(16000, 44100, 48000), fc.constantFrom(8000, 11025)];
    const samples = noise(50_000, 7);
    fc.assert(
      fc.property(from, to, fc.array(fc.nat(40_000)), (inputRate, outputRate, cuts) => {
        const converter = new RateConverter(inputRate, outputRate);
        const ends = [...cuts.sort((a, b) => a - b), samples.length];
        const parts = ends.map((end, n) => converter.write(samples.subarray(ends[n - 1] ?? 0, end)));
        expect(joined([...parts, converter.end()])).toEqual(
          convertRate({ samples, sampleRate: inputRate }, outputRate),
        );
      }),
      { numRuns: 20 },
    );
  });
});
