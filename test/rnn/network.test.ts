import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Kernels } from '../../src/kernels/kernels.ts';
import { Network } from '../../src/rnn/network.ts';
import type { LayerInspection } from '../../src/rnn/recurrent.ts';
import { BATCH } from '../../src/rnn/stage.ts';
import { bits, bothKernels, worst } from '../helpers/kernels.ts';
import { randomSource } from '../helpers/sound.ts';
import { Streams, smallNetworkParts } from './parts.ts';
import { referencePosteriors } from './reference.ts';

/** Any network that a file may describe, if a small one. */
const configs = fc.record({
  cell: fc.constantFrom('rnn', 'gru', 'lstm'),
  linearBeforeReset: fc.boolean(),
  hiddenSize: fc.integer({ min: 1, max: 20 }),
  layers: fc.integer({ min: 0, max: 3 }),
  coefficients: fc.integer({ min: 1, max: 20 }),
  labels: fc.integer({ min: 1, max: 6 }).map((n) => Array.from({ length: n }, (_, i) => `word ${i}`)),
  convolutions: fc.array(
    fc.record({
      channels: fc.integer({ min: 1, max: 9 }),
      kernel: fc.integer({ min: 1, max: 4 }),
      stride: fc.integer({ min: 1, max: 3 }),
    }),
    { maxLength: 2 },
  ),
  seed: fc.nat(),
});

type Case = typeof configs extends fc.Arbitrary<infer T> ? T : never;

function setup(kernels: Kernels, { seed, ...changes }: Case, streams: number) {
  const parts = smallNetworkParts(changes, seed);
  const network = new Network(kernels, parts.config, parts.weights);
  const random = randomSource(seed + 1);
  const features = () => Float32Array.from({ length: changes.coefficients }, () => 60 * random());
  return { ...parts, features, streams: new Streams(kernels, network, changes.labels.length, streams) };
}

/** The posteriors of the frames of one stream, stepped by itself. */
function listen(streams: Streams, stream: number, sequence: readonly Float32Array[]): Float32Array[] {
  return sequence.map((x) => {
    streams.feed(stream, x);
    streams.step(stream);
    return streams.posteriors(stream);
  });
}

const STRIDED = [
  { channels: 6, kernel: 3, stride: 2 },
  { channels: 5, kernel: 2, stride: 3 },
];

for (const kernels of await bothKernels()) {
  describe(`a network on the ${kernels.name} kernels`, () => {
    test('stepped frame by frame equals float64 over the whole sequence within 1e-5', () => {
      fc.assert(
        fc.property(configs, (one) => {
          const { config, tensors, features, streams } = setup(kernels, one, 1);
          const sequence = Array.from({ length: 12 }, features);
          const expected = referencePosteriors(config, tensors, sequence);
          listen(streams, 0, sequence).forEach((posteriors, t) => {
            expect(worst(posteriors, expected[t])).toBeLessThanOrEqual(1e-5);
          });
        }),
      );
    });

    test('gives posteriors that are in [0, 1] and add up to 1, also for absurd features', () => {
      fc.assert(
        fc.property(configs, fc.constantFrom(1e-30, 1, 1e4, 1e20), (one, level) => {
          const { features, streams } = setup(kernels, one, 1);
          const sequence = Array.from({ length: 8 }, () => features().map((x) => x * level));
          for (const posteriors of listen(streams, 0, sequence)) {
            for (const p of posteriors) expect(p >= 0 && p <= 1).toBe(true);
            expect(posteriors.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 6);
          }
        }),
      );
    });

    test('gives each of many streams, in any phase and company, the same bits as alone', () => {
      const count = 2 * BATCH + 5;
      fc.assert(
        fc.property(configs, fc.infiniteStream(fc.boolean()), (one, turns) => {
          const { features, streams: together } = setup(kernels, one, count);
          const { streams: alone } = setup(kernels, one, count);
          for (let tick = 0; tick < 8; tick++) {
            // In the last ticks all of them, before that a random part, so that strided convolutions come out of step.
            const heard = Array.from({ length: count }, (_, s) => s).filter(() => tick > 5 || turns.next().value);
            for (const s of heard) {
              const x = features();
              together.feed(s, x);
              alone.feed(s, x);
              alone.step(s);
            }
            together.step(...heard);
            for (const s of heard) expect(bits(together.posteriors(s))).toEqual(bits(alone.posteriors(s)));
          }
          for (let s = 0; s < count; s++) expect(together.inspect(s)).toEqual(alone.inspect(s));
        }),
        { numRuns: 25 },
      );
    });

    test('carries the last posteriors over frames that strided convolutions hold back', () => {
      const one = { ...defaults, convolutions: STRIDED };
      const { features, streams } = setup(kernels, one, 1);
      const sequence = listen(streams, 0, Array.from({ length: 40 }, features));
      sequence.forEach((posteriors, t) => {
        // Strides of 2 and 3: a step every 6 frames.
        if (t % 6 !== 0) expect(bits(posteriors)).toEqual(bits(sequence[t - 1]));
        else if (t > 0) expect(bits(posteriors)).not.toEqual(bits(sequence[t - 1]));
      });
    });

    test('starts anew in a slot filled with zeros', () => {
      fc.assert(
        fc.property(configs, (one) => {
          const { features, streams } = setup(kernels, one, 1);
          const sequence = Array.from({ length: 7 }, features);
          const first = listen(streams, 0, sequence);
          streams.forget(0);
          expect(listen(streams, 0, sequence)).toEqual(first);
        }),
        { numRuns: 30 },
      );
    });

    test('shows gates that make the new state of every layer out of the old one', () => {
      fc.assert(
        fc.property(configs, (one) => {
          const { features, streams } = setup(kernels, one, 1);
          const step = one.convolutions.reduce((product, { stride }) => product * stride, 1);
          for (let t = 0; t < 8; t++) {
            const before = streams.inspect(0);
            streams.feed(0, features());
            streams.step(0);
            const after = streams.inspect(0);
            expect(after).toHaveLength(one.layers);
            after.forEach((layer, l) => {
              if (t % step === 0) checkRecurrence(layer, before[l], one.hiddenSize);
              else expect(layer).toEqual(before[l]);
            });
          }
        }),
      );
    });

    test('goes on after inspect as if nobody had looked', () => {
      fc.assert(
        fc.property(configs, fc.infiniteStream(fc.boolean()), (one, turns) => {
          const { features, streams } = setup(kernels, one, 2);
          for (let t = 0; t < 8; t++) {
            const x = features();
            for (const s of [0, 1]) {
              streams.feed(s, x);
              streams.step(s);
            }
            if (turns.next().value) streams.inspect(0);
            expect(streams.state(0)).toEqual(streams.state(1));
          }
        }),
        { numRuns: 50 },
      );
    });

    test('gives inspections that are copies', () => {
      const { features, streams } = setup(kernels, { ...defaults, cell: 'lstm' }, 1);
      listen(streams, 0, [features()]);
      const inspection = streams.inspect(0);
      const kept = structuredClone(inspection);
      listen(streams, 0, [features()]);
      expect(inspection).toEqual(kept);
      expect(streams.inspect(0)).not.toEqual(kept);
    });
  });
}

const defaults: Case = {
  cell: 'gru',
  linearBeforeReset: true,
  hiddenSize: 9,
  layers: 2,
  coefficients: 7,
  labels: ['a', 'b', 'c'],
  convolutions: [],
  seed: 1,
};

function checkRecurrence(now: LayerInspection, before: LayerInspection, size: number): void {
  const { cell, gates, hidden, cellState } = now;
  const expected = Array.from(hidden, (_, i) => {
    const gate = (name: string) => gates[name][i];
    if (cell === 'gru') return (1 - gate('z')) * gate('n') + gate('z') * before.hidden[i];
    if (cell === 'lstm') return gate('o') * Math.tanh(cellState![i]);
    return hidden[i];
  });
  expect(worst(hidden, expected)).toBeLessThanOrEqual(1e-5);
  if (cellState) {
    const cells = Array.from(cellState, (_, i) => gates.f[i] * before.cellState![i] + gates.i[i] * gates.g[i]);
    expect(worst(cellState, cells)).toBeLessThanOrEqual(1e-5);
  }
  expect(Object.keys(gates)).toEqual({ rnn: [], gru: ['r', 'z', 'n'], lstm: ['i', 'f', 'g', 'o'] }[cell]);
  for (const values of [hidden, ...Object.values(gates)]) {
    expect(values).toHaveLength(size);
    for (const value of values) expect(Math.abs(value)).toBeLessThanOrEqual(1);
  }
  for (const name of ['r', 'z', 'i', 'f', 'o']) expect(gates[name]?.every((gate) => gate >= 0) ?? true).toBe(true);
}
