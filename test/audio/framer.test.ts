import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Framer } from '../../src/audio/framer.ts';
import { ResamplerFilter } from '../../src/audio/resampler.ts';
import { FrontEnd } from '../../src/front-end.ts';
import type { Kernels } from '../../src/kernels/kernels.ts';
import { plainKernels } from '../../src/kernels/plain.ts';
import { SlotLayout } from '../../src/kernels/slot.ts';
import { put, simdOrThrow, take } from '../helpers/kernels.ts';
import { cut, noise } from '../helpers/sound.ts';
import { smallNetworkParts } from '../rnn/parts.ts';

/** How many frames n samples at the model's rate have (docs/architecture.md, Time). */
const wholeFrames = (n: number, frame: number, hop: number): number => Math.max(0, Math.floor((n - frame) / hop) + 1);

function framesWithFlush(n: number, frame: number, hop: number): number {
  if (n === 0) return 0;
  return n < frame ? 1 : 1 + Math.ceil((n - frame) / hop);
}

const frameAndHop = fc
  .integer({ min: 1, max: 60 })
  .chain((frame) => fc.record({ frame: fc.constant(frame), hop: fc.integer({ min: 1, max: frame }) }));
const lengths = fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 5 });

/** Numbered, so that none can be mistaken for another. */
const ramp = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => i + 1);

/** Frames of a stream, written to the framer in pieces. */
function runFramer(samples: Float32Array, frame: number, hop: number, pieces: readonly number[]) {
  const { memory } = plainKernels();
  const layout = new SlotLayout();
  const framer = new Framer(memory, layout, frame, hop);
  const slot = memory.allocate(layout.bytes);
  const frames: number[][] = [];
  const takeFull = () => {
    if (framer.room(slot) > 0) return;
    const at = framer.frame(slot) >> 2;
    frames.push(Array.from(memory.f32.subarray(at, at + frame)));
    framer.advance(slot);
  };
  for (const piece of cut(samples, pieces)) {
    for (let next = 0; next < piece.length; ) {
      const count = Math.min(framer.room(slot), piece.length - next);
      memory.f32.set(piece.subarray(next, next + count), framer.end(slot) >> 2);
      framer.added(slot, count);
      next += count;
      takeFull();
    }
  }
  return { frames, framer, slot, takeFull };
}

describe('a framer', () => {
  test('cuts frame k from the samples [k · hop, k · hop + frame), as many as there are', () => {
    fc.assert(
      fc.property(fc.nat(300), frameAndHop, lengths, (n, { frame, hop }, pieces) => {
        const samples = ramp(n);
        const { frames, framer, slot } = runFramer(samples, frame, hop, pieces);
        expect(frames).toHaveLength(wholeFrames(n, frame, hop));
        frames.forEach((values, k) => {
          expect(values).toEqual(Array.from(samples.subarray(k * hop, k * hop + frame)));
        });
        expect(framer.frames(slot)).toBe(frames.length);
        expect(framer.samples(slot)).toBe(n);
      }),
      { numRuns: 300 },
    );
  });

  test('knows how many frames n samples have once the last is padded, and pads with silence', () => {
    fc.assert(
      fc.property(fc.nat(300), frameAndHop, (n, { frame, hop }) => {
        const samples = ramp(n);
        const { frames, framer, slot, takeFull } = runFramer(samples, frame, hop, [n + 1]);
        expect(framer.framesWhenPadded(n)).toBe(framesWithFlush(n, frame, hop));
        while (framer.frames(slot) < framer.framesWhenPadded(n)) {
          framer.pad(slot);
          takeFull();
        }
        const padded = [...samples, ...new Array(frame).fill(0)];
        frames.forEach((values, k) => {
          expect(values).toEqual(padded.slice(k * hop, k * hop + frame));
        });
      }),
      { numRuns: 300 },
    );
  });
});

const FRAME = 64;
const HOP = 40;
const MODEL_RATE = 8000;
const RATES = [8000, 11025, 12347, 16000, 44100, 48000, 192000];

/** A front end whose "features" are the frames themselves. */
class FrameTap {
  readonly frames: number[][] = [];
  readonly kernels: Kernels;
  readonly frontEnd: FrontEnd;
  readonly slot: number;

  constructor(kernels: Kernels, filter: ResamplerFilter | undefined) {
    this.kernels = kernels;
    const layout = new SlotLayout();
    const features = layout.float32(1);
    const { config } = smallNetworkParts({ frameSamples: FRAME, hopSamples: HOP, sampleRate: MODEL_RATE });
    const extract = (samples: number) => {
      this.frames.push([...take(kernels, samples, FRAME)]);
    };
    this.frontEnd = new FrontEnd(kernels, layout, config, { extract }, features, filter);
    this.slot = kernels.memory.allocate(layout.bytes);
  }

  push(samples: Float32Array): void {
    const address = put(this.kernels, samples);
    for (let taken = 0; taken < samples.length; ) {
      taken += this.frontEnd.write(this.slot, address + taken * 4, samples.length - taken);
      this.frontEnd.take(this.slot);
    }
    this.kernels.memory.free(address, samples.length * 4);
  }

  flush(): void {
    while (this.frontEnd.drain(this.slot)) this.frontEnd.take(this.slot);
  }
}

/** ⌈n · model rate / rate⌉: the samples at the model's rate that n samples are worth. */
const modelSamples = (n: number, rate: number): number =>
  Number((BigInt(n) * BigInt(MODEL_RATE) + BigInt(rate) - 1n) / BigInt(rate));

const simd = await simdOrThrow();
const filters = new Map(
  RATES.map((rate) => [rate, rate === MODEL_RATE ? undefined : new ResamplerFilter(simd, rate, MODEL_RATE)]),
);

describe('a front end', () => {
  const input = fc
    .record({ rate: fc.constantFrom(...RATES), milliseconds: fc.oneof(fc.nat(12), fc.nat(100)), more: fc.nat(9) })
    .map(({ rate, milliseconds, more }) => ({ rate, n: Math.floor((rate * milliseconds) / 1000) + more }));

  test('gives after flush exactly the frames of ceil(n · model rate / rate) samples, the last one padded', () => {
    fc.assert(
      fc.property(input, lengths, ({ rate, n }, pieces) => {
        const tap = new FrameTap(simd, filters.get(rate));
        for (const piece of cut(noise(n), pieces)) tap.push(piece);
        tap.flush();
        expect(tap.frames).toHaveLength(framesWithFlush(modelSamples(n, rate), FRAME, HOP));
        expect(tap.frontEnd.frames(tap.slot)).toBe(tap.frames.length);
        expect(tap.frontEnd.received(tap.slot)).toBe(n);
        tap.flush();
        expect(tap.frames).toHaveLength(framesWithFlush(modelSamples(n, rate), FRAME, HOP));
      }),
      { numRuns: 200 },
    );
  });

  test('gives before flush every frame that is whole, resampled ones at most 4.4 ms late', () => {
    fc.assert(
      fc.property(input, lengths, ({ rate, n }, pieces) => {
        const tap = new FrameTap(simd, filters.get(rate));
        for (const piece of cut(noise(n), pieces)) tap.push(piece);
        const known = rate === MODEL_RATE ? n : Math.max(0, modelSamples(n - Math.ceil(0.0044 * rate), rate));
        expect(tap.frames.length).toBeLessThanOrEqual(wholeFrames(modelSamples(n, rate), FRAME, HOP));
        expect(tap.frames.length).toBeGreaterThanOrEqual(wholeFrames(known, FRAME, HOP));
      }),
      { numRuns: 200 },
    );
  });

  test('gives the frames of the input itself at the model rate, followed by silence', () => {
    fc.assert(
      fc.property(fc.nat(500), lengths, (n, pieces) => {
        const tap = new FrameTap(simd, undefined);
        const samples = noise(n);
        for (const piece of cut(samples, pieces)) tap.push(piece);
        tap.flush();
        const padded = [...samples, ...new Array(FRAME).fill(0)];
        tap.frames.forEach((values, k) => {
          expect(values).toEqual(padded.slice(k * HOP, k * HOP + FRAME));
        });
      }),
    );
  });

  test('gives overlapping pieces of one signal when it resamples, the same for any cut', () => {
    for (const rate of RATES) {
      const samples = noise(Math.floor(rate / 20), 3);
      const whole = new FrameTap(simd, filters.get(rate));
      whole.push(samples);
      whole.flush();
      whole.frames.slice(1).forEach((values, k) => {
        expect(values.slice(0, FRAME - HOP)).toEqual(whole.frames[k].slice(HOP));
      });
      fc.assert(
        fc.property(lengths, (pieces) => {
          const parts = new FrameTap(simd, filters.get(rate));
          for (const piece of cut(samples, pieces)) parts.push(piece);
          parts.flush();
          expect(parts.frames).toEqual(whole.frames);
        }),
        { numRuns: 10 },
      );
    }
  });

  test('counts samples that are no numbers, in either way, and hears them as silence', () => {
    for (const rate of [8000, 16000]) {
      const clean = noise(1000);
      const dirty = clean.slice();
      for (const at of [0, 17, 999]) {
        dirty[at] = Number.NaN;
        clean[at] = 0;
      }
      const [a, b] = [clean, dirty].map((samples) => {
        const tap = new FrameTap(simd, filters.get(rate));
        tap.push(samples);
        tap.flush();
        return tap;
      });
      expect(a.frames).toEqual(b.frames);
      expect(a.frontEnd.replaced(a.slot)).toBe(0);
      expect(b.frontEnd.replaced(b.slot)).toBe(3);
    }
  });
});
