import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Kernels } from '../../src/kernels/kernels.ts';
import { bits, bothKernels, changedBytes, put, putList, take, worst } from '../helpers/kernels.ts';
import { randomSource } from '../helpers/sound.ts';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** One stream of random operands; `x` and `u` hold `gates` times `hidden` floats. */
interface Stream {
  x: Float32Array;
  u: Float32Array;
  h: Float32Array;
  /** Cell state, or the product that gruBlend takes. */
  c: Float32Array;
}

/** A value that should be there, and the error that operands of this size excuse. */
interface Expected {
  value: number;
  allowed: number;
}

/** One of the kernels' gate functions, beside the same in float64. */
interface Gate {
  name: string;
  /** Hidden-sized parts of x and u. */
  parts: number;
  /** Runs n streams; their operands stand `stride` bytes apart. */
  run(kernels: Kernels, n: number, hidden: number, at: Addresses): void;
  /** What is left in h, or in the results of gruReset, and in the cell state. */
  expected(stream: Stream, i: number, hidden: number): { h: Expected; c?: Expected };
}

interface Addresses {
  x: number;
  u: number;
  c: number;
  stride: number;
  cStride: number;
  hList: number;
  cList: number;
}

/** Products of gates with operands beyond ±10 cannot be nearer than the gates' own 1e-6 times the operand. */
const within = (value: number, size = 0): Expected => ({ value, allowed: 1e-6 * (1 + size) });

const GATES: Gate[] = [
  {
    name: 'elman',
    parts: 1,
    run: (kernels, n, hidden, { x, u, stride, hList }) => kernels.elman(n, hidden, x, u, stride, hList),
    expected: ({ x, u }, i) => ({ h: within(Math.tanh(x[i] + u[i])) }),
  },
  {
    name: 'gru',
    parts: 3,
    run: (kernels, n, hidden, { x, u, stride, hList }) => kernels.gru(n, hidden, x, u, stride, hList),
    expected: ({ x, u, h }, i, hidden) => {
      const r = sigmoid(x[i] + u[i]);
      const z = sigmoid(x[hidden + i] + u[hidden + i]);
      const [xn, un] = [x[2 * hidden + i], u[2 * hidden + i]];
      const candidate = Math.tanh(xn + r * un);
      return { h: within((1 - z) * candidate + z * h[i], Math.abs(xn) + Math.abs(un)) };
    },
  },
  {
    name: 'gruReset',
    parts: 3,
    run: (kernels, n, hidden, { x, u, stride, hList, cList }) =>
      kernels.gruReset(n, hidden, x, stride, u, stride, hList, cList),
    expected: ({ x, u, h }, i) => ({ h: within(h[i]), c: within(sigmoid(x[i] + u[i]) * h[i]) }),
  },
  {
    name: 'gruBlend',
    parts: 3,
    run: (kernels, n, hidden, { x, u, c, stride, cStride, hList }) =>
      kernels.gruBlend(n, hidden, x, stride, u, stride, c, cStride, hList),
    expected: ({ x, u, c, h }, i, hidden) => {
      const z = sigmoid(x[hidden + i] + u[hidden + i]);
      const candidate = Math.tanh(x[2 * hidden + i] + c[i]);
      return { h: within((1 - z) * candidate + z * h[i]), c: within(c[i], Math.abs(c[i])) };
    },
  },
  {
    name: 'lstm',
    parts: 4,
    run: (kernels, n, hidden, { x, u, stride, hList, cList }) => kernels.lstm(n, hidden, x, u, stride, hList, cList),
    expected: ({ x, u, c }, i, hidden) => {
      const at = (gate: number) => x[gate * hidden + i] + u[gate * hidden + i];
      const cell = sigmoid(at(1)) * c[i] + sigmoid(at(0)) * Math.tanh(at(2));
      const size = Math.abs(c[i]);
      return { h: within(sigmoid(at(3)) * Math.tanh(cell), size), c: within(cell, size) };
    },
  },
];

const cases = fc.record({
  hidden: fc.integer({ min: 1, max: 70 }),
  n: fc.integer({ min: 1, max: 9 }),
  level: fc.constantFrom(1e-30, 1e-6, 0.1, 1, 4, 50, 1e4),
  seed: fc.integer(),
});

type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

function streamsOf(gate: Gate, { hidden, n, level, seed }: Case): Stream[] {
  const random = randomSource(seed);
  const floats = (length: number, size: number) => Float32Array.from({ length }, () => size * random());
  return Array.from({ length: n }, () => ({
    x: floats(gate.parts * hidden, level),
    u: floats(gate.parts * hidden, level),
    h: floats(hidden, 1),
    c: floats(hidden, 2),
  }));
}

/** Lays the streams out as the layers do: products `stride` apart, states in slots of their own. */
function layOut(kernels: Kernels, gate: Gate, hidden: number, streams: readonly Stream[]) {
  const { memory } = kernels;
  const strideOf = (floats: number) => Math.ceil(floats / 16) * 64;
  const stride = strideOf(gate.parts * hidden);
  const cStride = strideOf(hidden);
  const rows = (field: 'x' | 'u' | 'c', apart: number) => {
    const address = memory.allocate(streams.length * apart);
    streams.forEach((stream, s) => {
      memory.f32.set(stream[field], (address + s * apart) >> 2);
    });
    return address;
  };
  const h = streams.map((stream) => put(kernels, stream.h));
  const c = streams.map((stream) => put(kernels, stream.c));
  const at: Addresses = {
    x: rows('x', stride),
    u: rows('u', stride),
    c: rows('c', cStride),
    stride,
    cStride,
    hList: putList(kernels, h),
    cList: putList(kernels, c),
  };
  // The last vector of the last stream may be read beyond its end, but not beyond the memory's.
  memory.allocate(64);
  return { at, h, c };
}

function run(kernels: Kernels, gate: Gate, hidden: number, streams: readonly Stream[]) {
  const { at, h, c } = layOut(kernels, gate, hidden, streams);
  gate.run(kernels, streams.length, hidden, at);
  return streams.map((_, s) => ({ h: take(kernels, h[s], hidden), c: take(kernels, c[s], hidden) }));
}

for (const kernels of await bothKernels()) {
  for (const gate of GATES) {
    describe(`${gate.name} of the ${kernels.name} kernels`, () => {
      test('equals its formula in float64 within 1e-6, times the size of large operands, and is never NaN', () => {
        fc.assert(
          fc.property(cases, (one) => {
            const streams = streamsOf(gate, one);
            run(kernels, gate, one.hidden, streams).forEach((result, s) => {
              for (let i = 0; i < one.hidden; i++) {
                const { h, c } = gate.expected(streams[s], i, one.hidden);
                expect(Math.abs(result.h[i] - h.value)).toBeLessThanOrEqual(h.allowed);
                if (c) expect(Math.abs(result.c[i] - c.value)).toBeLessThanOrEqual(c.allowed);
              }
            });
          }),
        );
      });

      test('saturates without NaN where every operand is ±50, ±1e4 or ±1e30', () => {
        for (const level of [50, 1e4, 1e30]) {
          const seeds = Array.from({ length: 20 }, (_, seed) => seed);
          for (const seed of seeds) {
            const [stream] = streamsOf(gate, { hidden: 13, n: 1, level: 1, seed });
            const extreme = (values: Float32Array) => values.map((value) => Math.sign(value) * level);
            const [{ h, c }] = run(kernels, gate, 13, [{ ...stream, x: extreme(stream.x), u: extreme(stream.u) }]);
            for (const value of h) expect(Math.abs(value)).toBeLessThanOrEqual(1 + 1e-6);
            for (const value of c) expect(Math.abs(value)).toBeLessThanOrEqual(3 + 1e-6);
          }
        }
      });

      test('gives a stream the same bits alone, and at any place among others', () => {
        fc.assert(
          fc.property(cases, (one) => {
            const streams = streamsOf(gate, one);
            const alone = streams.map((stream) => run(kernels, gate, one.hidden, [stream])[0]);
            const reversed = run(kernels, gate, one.hidden, streams.toReversed()).reverse();
            reversed.forEach(({ h, c }, s) => {
              expect(bits(h)).toEqual(bits(alone[s].h));
              expect(bits(c)).toEqual(bits(alone[s].c));
            });
          }),
        );
      });

      test('writes nothing but the states, rounded up to 16 bytes', () => {
        fc.assert(
          fc.property(cases, (one) => {
            const { at, h, c } = layOut(kernels, gate, one.hidden, streamsOf(gate, one));
            const stateBytes = Math.ceil(one.hidden / 4) * 16;
            const mayChange = (address: number) =>
              [...h, ...c].some((state) => address >= state && address < state + stateBytes);
            const changed = changedBytes(kernels, () => gate.run(kernels, one.n, one.hidden, at));
            expect(changed.filter((address) => !mayChange(address))).toEqual([]);
          }),
          { numRuns: 15 },
        );
      });
    });
  }

  test(`tanh of the ${kernels.name} kernels is within 2e-6 relative, from the smallest float to saturation`, () => {
    const sizes = Array.from({ length: 4000 }, (_, i) => 10 ** (-37 + (i * 75) / 4000));
    const x = Float32Array.from([...sizes, ...sizes.map((size) => -size)]);
    const state = kernels.memory.allocate(x.length * 4);
    const zeros = kernels.memory.allocate(x.length * 4);
    kernels.elman(1, x.length, put(kernels, x), zeros, x.length * 4, putList(kernels, [state]));
    const tanh = take(kernels, state, x.length);
    expect(Math.max(...tanh.map((y, i) => Math.abs(y / Math.tanh(x[i]) - 1)))).toBeLessThanOrEqual(2e-6);
    expect(Math.max(...tanh.map(Math.abs))).toBeLessThanOrEqual(1);
  });

  test(`the sigmoid of the ${kernels.name} kernels is within 3e-7 and never leaves [0, 1]`, () => {
    const x = Float32Array.from({ length: 4001 }, (_, i) => -100 + (i * 200) / 4000);
    const count = x.length;
    const stride = Math.ceil(count / 4) * 16;
    const zeros = kernels.memory.allocate(stride);
    const ones = put(kernels, new Float32Array(count).fill(1));
    const result = kernels.memory.allocate(stride);
    const [states, results] = [putList(kernels, [ones]), putList(kernels, [result])];
    kernels.gruReset(1, count, put(kernels, x), stride, zeros, stride, states, results);
    const gates = take(kernels, result, count);
    expect(worst(gates, Array.from(x, sigmoid))).toBeLessThanOrEqual(3e-7);
    expect(gates.every((gate) => gate >= 0 && gate <= 1)).toBe(true);
  });
}
