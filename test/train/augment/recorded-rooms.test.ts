import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RecordedRooms } from '../../../src/train/augment/recorded-rooms.ts';
import { Rooms } from '../../../src/train/augment/rooms.ts';
import { power } from '../../../src/train/power.ts';
import { Random } from '../../../src/train/random.ts';
import { worst } from '../../helpers/kernels.ts';
import { numbers } from '../helpers.ts';

const RATE = 8000;
const SAMPLES = 9000;

/** Rooms whose impulse responses are these, one after another in a bank. */
function dataOf(...responses: Float32Array[]) {
  let offset = 0;
  const rooms = responses.map(({ length }) => {
    offset += length;
    return { offset: offset - length, length };
  });
  const samples = new Int16Array(new SharedArrayBuffer(2 * offset));
  responses.forEach((response, n) => {
    response.forEach((x, i) => {
      samples[rooms[n].offset + i] = Math.round(32768 * x);
    });
  });
  return { samples, rooms };
}

/** An impulse after `delay` samples, and a decaying tail. */
const response = (delay: number, tail: number, seed: number): Float32Array => {
  const noise = numbers(tail, seed, 0.4);
  return Float32Array.from({ length: delay + 1 + tail }, (_, i) => {
    if (i <= delay) return i === delay ? 0.9 : 0;
    return noise[i - delay - 1] * Math.exp((-5 * (i - delay)) / tail);
  });
};

describe('a recorded room', () => {
  test('is the convolution with its impulse response from the direct sound on, scaled to an energy of 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 60 }), fc.nat(), (delay, tail, seed) => {
        const impulse = response(delay, tail, seed);
        const rooms = new RecordedRooms(dataOf(impulse), RATE, SAMPLES);
        const dry = numbers(SAMPLES, seed + 1);
        const wet = dry.slice();
        rooms.add(wet, new Random(1));
        const used = impulse.subarray(Math.max(0, delay - 8));
        const size = Math.hypot(...used);
        for (const i of [0, 1, 50, 4000, SAMPLES - 1]) {
          const sum = used.reduce((total, x, n) => total + (x / size) * (dry[i - n] ?? 0), 0);
          expect(wet[i]).toBeCloseTo(sum, 3);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('of a second leaves nothing of the end of a segment at its beginning', () => {
    const rooms = new RecordedRooms(dataOf(response(0, RATE, 1)), RATE, SAMPLES);
    const wet = new Float32Array(SAMPLES);
    wet.fill(0.5, SAMPLES - 100);
    rooms.add(wet, new Random(1));
    expect(worst(wet.subarray(0, SAMPLES - 100), new Float32Array(SAMPLES - 100))).toBeLessThan(1e-6);
  });

  test('keeps the power of white noise within a tenth, and silence as a response changes nothing', () => {
    const wet = numbers(SAMPLES, 2, 0.3);
    const before = power(wet);
    new RecordedRooms(dataOf(response(30, 300, 1)), RATE, SAMPLES).add(wet, new Random(1));
    expect(power(wet) / before).toBeGreaterThan(0.9);
    expect(power(wet) / before).toBeLessThan(1.1);
    const same = numbers(SAMPLES, 3);
    new RecordedRooms(dataOf(new Float32Array(50)), RATE, SAMPLES).add(same, new Random(1));
    expect(worst(same, numbers(SAMPLES, 3))).toBeLessThan(1e-6);
  });
});

test('half of the rooms are recorded ones where there are some, and each of them is met', () => {
  // Impulses alone: these rooms change nothing, or delay by what comes before the onset.
  const impulse = (delay: number) => response(delay, 0, 1);
  const rooms = new Rooms(dataOf(impulse(0), impulse(4), impulse(8)), RATE, SAMPLES);
  const dry = new Float32Array(SAMPLES);
  dry[100] = 0.5;
  const counts = new Map<string, number>();
  for (let seed = 0; seed < 200; seed++) {
    const wet = dry.slice();
    rooms.add(wet, new Random(seed));
    const heard = [...wet.entries()].filter(([, x]) => Math.abs(x) > 1e-3).map(([i]) => i);
    const kind = heard.length === 1 ? `${heard[0]}` : 'synthetic';
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual(['100', '104', '108', 'synthetic']);
  expect(Math.abs((counts.get('synthetic') ?? 0) - 100)).toBeLessThan(35);
});
