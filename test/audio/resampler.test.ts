import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkSampleRate } from '../../src/audio/rates.ts';
import { Resampler, ResamplerFilter } from '../../src/audio/resampler.ts';
import { EarshotError } from '../../src/errors.ts';
import type { Kernels } from '../../src/kernels/kernels.ts';
import { plainKernels } from '../../src/kernels/plain.ts';
import { SlotLayout } from '../../src/kernels/slot.ts';
import { bits, bothKernels, put, simdOrThrow, take, worst } from '../helpers/kernels.ts';
import { cut, noise } from '../helpers/sound.ts';

/** One conversion that is driven as the front end drives it. */
class Conversion {
  readonly filter: ResamplerFilter;
  readonly #kernels: Kernels;
  readonly #resampler: Resampler;
  readonly #slotBytes: number;
  readonly #out: number;
  replaced = 0;

  constructor(kernels: Kernels, inputRate: number, outputRate: number) {
    const layout = new SlotLayout();
    this.#kernels = kernels;
    this.filter = new ResamplerFilter(kernels, inputRate, outputRate);
    this.#resampler = new Resampler(kernels, layout, this.filter);
    this.#slotBytes = layout.bytes;
    this.#out = kernels.memory.allocate(LARGEST_ROOM * 4);
  }

  /** All outputs that buffers of input are worth; `rooms` says, over and over, how many are asked for at once. */
  run(buffers: readonly Float32Array[], rooms: readonly number[] = [256]): Float32Array {
    const inputs = buffers.reduce((sum, { length }) => sum + length, 0);
    return this.#run(buffers, rooms, this.filter.outputsFor(inputs));
  }

  /** The outputs that are there before anything is known of what follows the inputs. */
  runWithoutDrain(samples: Float32Array): Float32Array {
    return this.#run([samples], [LARGEST_ROOM], 0);
  }

  #run(buffers: readonly Float32Array[], rooms: readonly number[], total: number): Float32Array {
    const { memory } = this.#kernels;
    const slot = memory.allocate(this.#slotBytes);
    const outputs: number[] = [];
    this.replaced = 0;
    let turn = 0;
    const room = () => Math.min(LARGEST_ROOM, Math.max(1, rooms[turn++ % rooms.length]));
    const collect = (asked: number) => {
      expect(this.#resampler.written).toBeLessThanOrEqual(asked);
      for (const y of take(this.#kernels, this.#out, this.#resampler.written)) outputs.push(y);
    };
    for (const buffer of buffers) {
      const samples = put(this.#kernels, buffer);
      for (let taken = 0; taken < buffer.length; ) {
        const asked = room();
        taken += this.#resampler.write(slot, samples + taken * 4, buffer.length - taken, this.#out, asked);
        this.replaced += this.#resampler.replaced;
        collect(asked);
      }
      memory.free(samples, buffer.length * 4);
    }
    while (outputs.length < total) {
      const asked = Math.min(room(), total - outputs.length);
      this.#resampler.drain(slot, this.#out, asked);
      collect(asked);
    }
    memory.free(slot, this.#slotBytes);
    return Float32Array.from(outputs);
  }
}

const LARGEST_ROOM = 1024;

const [plain, simd] = await bothKernels();
const conversions = new Map<string, Conversion>();

/** Made once for each pair and kernel. */
function conversion(kernels: Kernels, inputRate: number, outputRate: number): Conversion {
  const key = `${kernels.name} ${inputRate} ${outputRate}`;
  const known = conversions.get(key) ?? new Conversion(kernels, inputRate, outputRate);
  conversions.set(key, known);
  return known;
}

/** 44100 to 8000 is what browsers make us do, 12347 has 8000 phases, 191999 has both many phases and a long filter. */
const PAIRS = [
  [16000, 8000],
  [44100, 8000],
  [48000, 8000],
  [11025, 8000],
  [12347, 8000],
  [191999, 8000],
  [192000, 8000],
  [22050, 16000],
  [48000, 16000],
  [8000, 16000],
  [44100, 48000],
  [8000, 48000],
] as const;

const SECONDS = 0.25;

const sine = (rate: number, frequency: number, seconds = SECONDS): Float32Array =>
  Float32Array.from({ length: Math.round(rate * seconds) }, (_, i) => Math.sin((2 * Math.PI * frequency * i) / rate));

const decibel = (ratio: number): number => 20 * Math.log10(ratio);

/**
 * What became of a sine: the gain and phase of the sine in the output, and all else that is there (images, aliases,
 * noise) relative to the input's level. The first and last 20 ms, where the sound starts and ends, do not count.
 */
function response(kernels: Kernels, [inputRate, outputRate]: readonly [number, number], frequency: number) {
  const output = conversion(kernels, inputRate, outputRate).run([sine(inputRate, frequency)]);
  const edge = Math.ceil(0.02 * outputRate);
  const w = (2 * Math.PI * frequency) / outputRate;
  let [ss, sc, cc, sy, cy] = [0, 0, 0, 0, 0];
  for (let j = edge; j < output.length - edge; j++) {
    const [s, c] = [Math.sin(w * j), Math.cos(w * j)];
    ss += s * s;
    sc += s * c;
    cc += c * c;
    sy += s * output[j];
    cy += c * output[j];
  }
  const determinant = ss * cc - sc * sc;
  const [a, b] = [(sy * cc - cy * sc) / determinant, (cy * ss - sy * sc) / determinant];
  let rest = 0;
  let all = 0;
  for (let j = edge; j < output.length - edge; j++) {
    rest += (output[j] - a * Math.sin(w * j) - b * Math.cos(w * j)) ** 2;
    all += output[j] ** 2;
  }
  const count = output.length - 2 * edge;
  const inputLevel = Math.SQRT1_2;
  return {
    gain: decibel(Math.hypot(a, b)),
    phase: Math.atan2(b, a),
    rest: decibel(Math.sqrt(rest / count) / inputLevel),
    level: decibel(Math.sqrt(all / count) / inputLevel),
  };
}

/** ⌈n · output rate / input rate⌉ in integers. */
const outputsOf = (n: number, inputRate: number, outputRate: number): number =>
  Number((BigInt(n) * BigInt(outputRate) + BigInt(inputRate) - 1n) / BigInt(inputRate));

/** Frequencies spread over a band, both ends among them. */
const sweep = (from: number, to: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));

describe.each(PAIRS)('a resampler from %i to %i Hz', (inputRate, outputRate) => {
  const pair = [inputRate, outputRate] as const;
  const lower = Math.min(inputRate, outputRate);

  test('passes sines up to 0.45 of the lower rate: within 0.1 dB, in phase, with nothing added above -80 dB', () => {
    for (const frequency of sweep(0.01 * lower, 0.45 * lower, 16)) {
      const { gain, phase, rest } = response(simd, pair, frequency);
      expect(Math.abs(gain)).toBeLessThanOrEqual(0.1);
      expect(Math.abs(phase)).toBeLessThanOrEqual(1e-3);
      expect(rest).toBeLessThanOrEqual(-80);
    }
  });

  test('keeps a constant', () => {
    const output = conversion(simd, inputRate, outputRate).run([new Float32Array(inputRate / 10).fill(0.5)]);
    const edge = Math.ceil(0.01 * outputRate);
    expect(
      worst(
        output.subarray(edge, -edge),
        output.subarray(edge, -edge).map(() => 0.5),
      ),
    ).toBeLessThanOrEqual(1e-6);
  });

  test('gives the same with both kernels within 1e-6', () => {
    const input = noise(inputRate / 10, 5, 1);
    const expected = conversion(plain, inputRate, outputRate).run([input]);
    expect(worst(conversion(simd, inputRate, outputRate).run([input]), expected)).toBeLessThanOrEqual(1e-6);
  });

  test('gives exactly ceil(n · output rate / input rate) samples', () => {
    const lengths = fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: Math.ceil(inputRate / 20) }));
    fc.assert(
      fc.property(lengths, (n) => {
        const { length } = conversion(simd, inputRate, outputRate).run([noise(n)]);
        expect(length).toBe(outputsOf(n, inputRate, outputRate));
      }),
      { numRuns: 30 },
    );
  });

  test('gives the same bits however the input is cut and however many outputs are asked for at once', () => {
    const pieces = fc.oneof(
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 }),
      fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 5 }),
    );
    const rooms = fc.oneof(
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 }),
      fc.array(fc.integer({ min: 1, max: LARGEST_ROOM }), { minLength: 1, maxLength: 5 }),
    );
    const input = noise(Math.ceil(inputRate / 25), 9, 1);
    for (const kernels of [plain, simd]) {
      const expected = bits(conversion(kernels, inputRate, outputRate).run([input], [LARGEST_ROOM]));
      fc.assert(
        fc.property(pieces, rooms, (lengths, asked) => {
          const output = conversion(kernels, inputRate, outputRate).run(cut(input, lengths), asked);
          expect(bits(output)).toEqual(expected);
        }),
        { numRuns: 15 },
      );
    }
  });

  test('holds back no more than 4.4 ms', () => {
    for (const n of [1000, 4001]) {
      const ready = conversion(simd, inputRate, outputRate).runWithoutDrain(noise(n)).length;
      // The first output that is not there stands at this moment; it waits for inputs from n on.
      expect(n / inputRate - ready / outputRate).toBeLessThanOrEqual(0.0044);
    }
  });
});

const DOWNWARDS = PAIRS.filter(([inputRate, outputRate]) => inputRate / 2 > 0.55 * outputRate);

test.each(
  DOWNWARDS,
)('a resampler from %i to %i Hz takes sines from 0.55 of the lower rate on down by 80 dB', (...pair) => {
  const [inputRate, outputRate] = pair;
  for (const frequency of sweep(0.55 * outputRate, 0.4999 * inputRate, 24)) {
    expect(response(simd, pair, frequency).level).toBeLessThanOrEqual(-80);
  }
});

test('an impulse comes out centred at its own time, and symmetric', () => {
  for (const [inputRate, outputRate, ratio] of [
    [16000, 8000, 1 / 2],
    [48000, 8000, 1 / 6],
    [192000, 16000, 1 / 12],
    [8000, 16000, 2],
    [8000, 48000, 6],
  ]) {
    const at = 1200;
    const input = new Float32Array(2400);
    input[at] = 1;
    const output = conversion(simd, inputRate, outputRate).run([input]);
    const centre = at * ratio;
    expect(output.indexOf(Math.max(...output))).toBe(centre);
    for (let i = 1; i < Math.min(centre, output.length - centre); i++) {
      expect(Math.abs(output[centre + i] - output[centre - i])).toBeLessThanOrEqual(1e-7);
    }
  }
});

test('output 0 is the moment of input 0: a sine that starts there is in phase from the middle of the filter on', () => {
  const { filter } = conversion(simd, 44100, 8000);
  const input = sine(44100, 440);
  const output = conversion(simd, 44100, 8000).run([input]);
  const edge = Math.ceil((filter.taps / 44100) * 8000);
  for (let j = edge; j < output.length - edge; j++) {
    expect(Math.abs(output[j] - Math.sin((2 * Math.PI * 440 * j) / 8000))).toBeLessThanOrEqual(1e-3);
  }
});

test('at any rates what is held back is at most 4.4 ms and the number of samples is exact', async () => {
  const rate = (most: number) => fc.integer({ min: 8000, max: most });
  const fast = await simdOrThrow();
  fc.assert(
    fc.property(rate(192000), rate(48000), fc.integer({ min: 0, max: 9000 }), (inputRate, outputRate, n) => {
      const one = new Conversion(fast, inputRate, outputRate);
      const ready = one.runWithoutDrain(noise(n)).length;
      expect(n / inputRate - ready / outputRate).toBeLessThanOrEqual(0.0044);
      expect(one.run([noise(n)])).toHaveLength(outputsOf(n, inputRate, outputRate));
    }),
    { numRuns: 10 },
  );
});

test('streams of one resampler do not hear each other', () => {
  const layout = new SlotLayout();
  const kernels = plainKernels();
  const filter = new ResamplerFilter(kernels, 44100, 8000);
  const resampler = new Resampler(kernels, layout, filter);
  const out = kernels.memory.allocate(LARGEST_ROOM * 4);
  const signals = [noise(3000, 1), noise(3000, 2), noise(3000, 3)];
  const inputs = signals.map((signal) => put(kernels, signal));
  const slots = signals.map(() => kernels.memory.allocate(layout.bytes));
  const outputs: number[][] = signals.map(() => []);
  for (let from = 0; from < 3000; from += 100) {
    inputs.forEach((input, s) => {
      for (let next = from; next < from + 100; ) {
        next += resampler.write(slots[s], input + next * 4, from + 100 - next, out, 10);
        outputs[s].push(...take(kernels, out, resampler.written));
      }
    });
  }
  signals.forEach((signal, s) => {
    expect(outputs[s]).toEqual([...conversion(plain, 44100, 8000).runWithoutDrain(signal)]);
  });
});

test('samples that are no numbers count as silence and are counted', () => {
  const clean = noise(2000, 1);
  const dirty = clean.slice();
  [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2e9].forEach((bad, i) => {
    dirty[100 * (i + 1)] = bad;
    clean[100 * (i + 1)] = 0;
  });
  const one = conversion(simd, 16000, 8000);
  expect(one.run([clean])).toEqual(one.run([dirty]));
  expect(one.replaced).toBe(4);
});

test('rates that are not whole numbers of hertz from 8,000 to 192,000 are refused with a code', () => {
  for (const rate of [0, -8000, 7999, 192001, 44100.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => checkSampleRate(rate)).toThrow(EarshotError);
    expect(() => checkSampleRate(rate)).toThrow(/sampleRate/);
  }
  for (const rate of [8000, 44100, 192000]) checkSampleRate(rate);
});
