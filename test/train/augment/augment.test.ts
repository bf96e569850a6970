import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Augmentation, Augmenter } from '../../../src/train/augment/augmenter.ts';
import { gate } from '../../../src/train/augment/gate.ts';
import { addAtSnr, addFloor, setPeak } from '../../../src/train/augment/level.ts';
import { throughLine } from '../../../src/train/augment/line.ts';
import { drawNoise, drawOneNoise } from '../../../src/train/augment/noise.ts';
import { readAtSpeed } from '../../../src/train/augment/resample-clip.ts';
import { addRoom } from '../../../src/train/augment/room.ts';
import { RunOn } from '../../../src/train/augment/run-on.ts';
import { tilt } from '../../../src/train/augment/tilt.ts';
import type { TrainingData } from '../../../src/train/data/training-data.ts';
import { power } from '../../../src/train/power.ts';
import { Random } from '../../../src/train/random.ts';
import { PRESETS } from '../../../src/train/recipe.ts';
import { worst } from '../../helpers/kernels.ts';
import { strengthAt } from '../../helpers/sound.ts';
import { numbers } from '../helpers.ts';

const RATE = 8000;
const int16 = (samples: Float32Array) => Int16Array.from(samples, (x) => Math.round(x * 32768));
const tone = (hertz: number, n = RATE, level = 0.5) =>
  Float32Array.from({ length: n }, (_, i) => level * Math.sin((2 * Math.PI * hertz * i) / RATE));

describe('reading at another speed', () => {
  test('at speed 1 without a shift is a copy, with silence around', () => {
    const out = new Float32Array(140);
    const samples = int16(numbers(120, 1));
    readAtSpeed(samples, 10, 110, 1, 20, out);
    expect([...out.subarray(0, 20)].every((x) => x === 0)).toBe(true);
    expect(
      worst(
        out.subarray(20, 120),
        Float32Array.from(samples.subarray(10, 110), (x) => x / 32768),
      ),
    ).toBe(0);
    expect([...out.subarray(120)].every((x) => x === 0)).toBe(true);
  });

  test.each([0.88, 1.12])('at speed %f moves a tone to its frequency times the speed', (speed) => {
    const out = new Float32Array(4000);
    readAtSpeed(int16(tone(500)), 0, RATE, speed, 0, out);
    expect(worst(out.subarray(10, 3990), tone(500 * speed).subarray(10, 3990))).toBeLessThan(0.005);
  });
});

describe('noise', () => {
  test('is added at the ratio of powers that was asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: -10, max: 40 }), fc.nat(), (snr, seed) => {
        const [speech, noise] = [tone(500), numbers(RATE, seed, 0.3)];
        const mixed = speech.slice();
        addAtSnr(mixed, noise, snr);
        const added = mixed.map((x, i) => x - speech[i]);
        expect(10 * Math.log10(power(speech) / power(added))).toBeCloseTo(snr, 1);
      }),
    );
  });

  test.each([
    ['a long recording fills the segment with a piece of it', 3 * RATE],
    ['a short recording lies in it whole, at different places', RATE / 4],
  ])('%s', (_, length) => {
    const samples = new Int16Array(new SharedArrayBuffer(2 * length));
    samples.set(int16(tone(500, length)));
    const data = { samples, noise: [{ offset: 0, length }] };
    const shares = new Set<number>();
    const starts = new Set<number>();
    for (let seed = 0; seed < 200; seed++) {
      const out = new Float32Array(RATE);
      drawOneNoise(data, new Random(seed), out);
      // Where it does not have the tone's level and peak, it is synthetic.
      const sounding = out.filter((x) => x !== 0);
      const peak = Math.max(...sounding.map(Math.abs));
      if (Math.abs(power(sounding) - 0.125) > 0.005 || Math.abs(peak - 0.5) > 0.005) continue;
      shares.add(Math.round((sounding.length / RATE) * 20) / 20);
      starts.add(out.findIndex((x) => x !== 0));
    }
    const expected = length >= RATE ? [0.95, 1] : [0.2, 0.25, 0.3];
    for (const share of shares) expect(expected).toContain(share);
    expect(starts.size).toBeGreaterThan(length >= RATE ? 1 : 20);
  });

  test('is often of two sources at once, either of them the louder', () => {
    const length = 3 * RATE;
    const samples = new Int16Array(new SharedArrayBuffer(4 * length));
    samples.set(int16(tone(500, length)));
    samples.set(int16(tone(1500, length)), length);
    const noise = [0, length].map((offset) => ({ offset, length }));
    const drawn = Array.from({ length: 400 }, (_, seed) => {
      const out = new Float32Array(RATE);
      drawNoise({ samples, noise }, new Random(seed), out);
      // A recording is read at 0.8 to 1.25 times its speed.
      const piece = out.subarray(0, RATE / 4);
      const strength = (from: number, to: number) =>
        Math.max(...Array.from({ length: 50 }, (_, n) => strengthAt(piece, from + ((to - from) * n) / 49, RATE)));
      return [strength(380, 640), strength(1180, 1900)];
    });
    const both = drawn.filter(([low, high]) => Math.min(low, high) > 0.1 * Math.max(low, high));
    expect(both.length).toBeGreaterThan(20);
    expect(new Set(both.map(([low, high]) => low > high)).size).toBe(2);
  });

  test('as silence is scaled to the peak that was asked for', () => {
    const samples = numbers(RATE, 3, 0.01);
    setPeak(samples, -6);
    expect(Math.max(...samples.map(Math.abs))).toBeCloseTo(10 ** (-6 / 20), 5);
  });
});

describe('a noise floor', () => {
  test('has the level that was asked for', () => {
    const samples = new Float32Array(RATE);
    addFloor(samples, -60, new Random(1));
    expect(10 * Math.log10(power(samples))).toBeCloseTo(-60, 0);
  });
});

describe('noise suppression', () => {
  test('keeps the word as it is, and makes the rest weaker by 20 dB or more', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1000, max: 5000 }), (seed, start) => {
        const before = numbers(RATE, seed, 0.003);
        before.set(numbers(2000, seed + 1, 0.5), start);
        const after = before.slice();
        gate(after, RATE, new Random(seed));
        expect(after.subarray(start, start + 2000)).toEqual(before.subarray(start, start + 2000));
        const rest = (samples: Float32Array) =>
          power(samples.subarray(0, start - 600)) + power(samples.subarray(start + 2600));
        expect(rest(after)).toBeLessThanOrEqual(rest(before) / 99);
      }),
    );
  });
});

describe('another microphone', () => {
  const [low, high] = [tone(150), tone(3800)];
  const leanDb = (samples: Float32Array) =>
    20 * Math.log10(strengthAt(samples, 3800, RATE) / strengthAt(samples, 150, RATE));

  test('is duller or brighter by up to 30 dB, and as loud', () => {
    const leans: number[] = [];
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const samples = low.map((x, i) => x + high[i]);
        const before = power(samples);
        tilt(samples, RATE, new Random(seed));
        expect(power(samples) / before).toBeCloseTo(1, 3);
        leans.push(leanDb(samples));
      }),
    );
    expect(Math.max(...leans.map(Math.abs))).toBeLessThan(30);
    expect(leans.some((lean) => lean < -12)).toBe(true);
    expect(leans.some((lean) => lean > 12)).toBe(true);
  });

  test('leaves silence alone', () => {
    const silence = new Float32Array(100);
    tilt(silence, RATE, new Random(1));
    expect(silence.every((x) => x === 0)).toBe(true);
  });
});

describe('a room', () => {
  test('keeps the direct sound, adds echoes after it only, and no more power than twice', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const samples = new Float32Array(RATE);
        samples[1000] = 1;
        addRoom(samples, RATE, new Random(seed));
        expect(samples[1000]).toBe(1);
        expect(samples.subarray(0, 1000).every((x) => x === 0)).toBe(true);
        const total = samples.reduce((sum, x) => sum + x * x, 0);
        expect(total).toBeGreaterThan(1.01);
        expect(total).toBeLessThan(2.1);
      }),
    );
  });
});

describe('a line', () => {
  test('takes away what no telephone carries, and keeps what speech is made of', () => {
    for (let seed = 0; seed < 20; seed++) {
      const kept = (hertz: number) => {
        const samples = tone(hertz);
        throughLine(samples, RATE, new Random(seed));
        return power(samples.subarray(2000)) / power(tone(hertz));
      };
      expect(kept(20)).toBeLessThan(0.05);
      expect(kept(1000)).toBeGreaterThan(0.8);
    }
  });
});

describe('segments', () => {
  const samples = new Int16Array(new SharedArrayBuffer(2 * 40_000));
  samples.set(int16(numbers(40_000, 1, 0.4)));
  const span = { offset: 0, length: RATE };
  const data: TrainingData = {
    samples,
    training: [],
    validation: [],
    speech: [],
    rooms: [],
    noise: [{ offset: 8000, length: 32_000 }],
  };
  const make = (options: Augmentation, kind: 'word' | 'speech' | 'silence', seed: number) => {
    const out = new Float32Array(8096);
    new Augmenter(data, RATE, out.length, options).segment(kind, span, new Random(seed), out);
    return out;
  };
  const options = PRESETS.commands.augmentation;
  const off: Augmentation = {
    ...options,
    gateShare: 0,
    tiltShare: 0,
    floorShare: 0,
    shiftS: 0,
    speed: 0,
    gainDb: [0, 0],
    noiseShare: 0,
    talkShare: 0,
    roomShare: 0,
    lineShare: 0,
  };

  test('are the same for the same random numbers, others for others, finite and within full scale', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('word', 'speech', 'silence'), (seed, kind) => {
        const one = make(options, kind, seed);
        expect(make(options, kind, seed)).toEqual(one);
        // Silence may be without any sound twice.
        if (kind !== 'silence') expect(make(options, kind, seed + 1)).not.toEqual(one);
        expect(one.every((x) => x >= -1 && x < 1)).toBe(true);
      }),
    );
  });

  test('of words run together are never quiet for as long as a pause', () => {
    const burst = int16(numbers(3000, 5, 0.3));
    const words = new Int16Array(new SharedArrayBuffer(2 * 8 * RATE));
    for (let word = 0; word < 8; word++) words.set(burst, word * RATE + 2500);
    const training = Array.from({ length: 8 }, (_, word) => {
      return { offset: word * RATE, length: RATE, label: 1 + (word % 3), source: 0 };
    });
    const { shiftS, speed, gainDb } = options;
    const moved = { ...off, shiftS, speed, gainDb };
    const augmenter = new Augmenter({ ...data, samples: words, training }, RATE, 8096, moved);
    for (let seed = 0; seed < 20; seed++) {
      const out = new Float32Array(8096);
      augmenter.segment('runOn', undefined, new Random(seed), out);
      const blocks = Array.from({ length: 100 }, (_, n) => power(out.subarray(80 * n, 80 * n + 80)) > 1e-6);
      const longest = Math.max(...blocks.map((_, n) => blocks.slice(n).concat(true).indexOf(true)));
      expect(longest).toBeLessThan(8);
    }
  });

  test('of words run together often hold a keyword, always between two other words', () => {
    const words = new Int16Array(new SharedArrayBuffer(2 * 2 * RATE));
    const [other, keyword] = [400, 1500];
    const strongest = (block: Float32Array) =>
      strengthAt(block, keyword, RATE) > strengthAt(block, other, RATE) ? keyword : other;
    words.set(int16(tone(other, 3200)), 2400);
    words.set(int16(tone(keyword, 3200)), RATE + 2400);
    const clip = (label: number) => ({ offset: (label - 1) * RATE, length: RATE, label, source: 0 });
    const runOn = new RunOn({ ...data, samples: words, training: [clip(1), clip(2), clip(2), clip(2)] }, RATE);
    const heard = Array.from({ length: 200 }, (_, seed) => {
      const out = new Float32Array(8096);
      runOn.fill(1, new Random(seed), out);
      const blocks = Array.from({ length: 100 }, (_, n) => strongest(out.subarray(80 * n, 80 * n + 80)));
      expect([blocks[0], blocks.at(-1)]).toEqual([other, other]);
      return blocks.includes(keyword);
    });
    expect(heard.filter(Boolean).length).toBeGreaterThan(40);
  });

  test('have running speech behind them, more quietly, as often as the recipe says', () => {
    const voices = new Int16Array(new SharedArrayBuffer(2 * 4 * RATE));
    voices.set(int16(tone(500)));
    voices.set(int16(tone(1500, 3 * RATE)), RATE);
    const speech = [{ offset: RATE, length: 3 * RATE }];
    const behind = { ...off, talkShare: 0.3, talkSnrDb: [6, 20] } as const;
    const augmenter = new Augmenter({ ...data, samples: voices, speech }, RATE, 8096, behind);
    const ratiosDb = Array.from({ length: 100 }, (_, seed) => {
      const out = new Float32Array(8096);
      augmenter.segment('word', span, new Random(seed), out);
      return 20 * Math.log10(strengthAt(out, 500, RATE) / strengthAt(out, 1500, RATE));
    });
    const heard = ratiosDb.filter((ratio) => ratio < 30);
    expect(heard.length).toBeGreaterThan(15);
    expect(heard.length).toBeLessThan(50);
    for (const ratio of heard) {
      expect(ratio).toBeGreaterThan(5);
      expect(ratio).toBeLessThan(21);
    }
  });

  test('with everything off are the recording itself', () => {
    const expected = Float32Array.from(samples.subarray(0, RATE), (x) => x / 32768);
    expect(worst(make(off, 'word', 1).subarray(0, RATE), expected)).toBeLessThan(1e-6);
  });
});
