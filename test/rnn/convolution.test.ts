import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Kernels } from '../../src/kernels/kernels.ts';
import { SlotLayout } from '../../src/kernels/slot.ts';
import { Convolution } from '../../src/rnn/convolution.ts';
import { bits, bothKernels, take } from '../helpers/kernels.ts';
import { randomSource } from '../helpers/sound.ts';
import { smallNetworkParts } from './parts.ts';
import { convolve } from './reference.ts';

const cases = fc.record({
  inputs: fc.integer({ min: 1, max: 20 }),
  channels: fc.integer({ min: 1, max: 20 }),
  kernel: fc.integer({ min: 1, max: 6 }),
  stride: fc.integer({ min: 1, max: 4 }),
  seed: fc.nat(),
});

type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

/** A convolution of the size asked for, its tensors as in a file, and one whole sequence of random input a stream. */
function setup(kernels: Kernels, { inputs, channels, kernel, stride, seed }: Case, streams = 1) {
  const convolution = { channels, kernel, stride };
  const changes = { coefficients: inputs, convolutions: [convolution] };
  const { weights, tensors } = smallNetworkParts(changes, seed);
  const layout = new SlotLayout();
  const source = { output: layout.float32(inputs), outputSize: inputs, step: (_: Int32Array, n: number) => n };
  const stage = new Convolution(kernels, layout, source, weights.convolutions[0], stride);
  const slots = Array.from({ length: streams }, () => kernels.memory.allocate(layout.bytes));
  const random = randomSource(seed + 1);
  const frame = () => Float32Array.from({ length: inputs }, () => 2 * random());
  const sequences = slots.map(() => Array.from({ length: 12 }, frame));
  const feed = (stream: number, x: Float32Array) => kernels.memory.f32.set(x, (slots[stream] + source.output) >> 2);
  const outputOf = (stream: number) => take(kernels, slots[stream] + stage.output, channels);
  return { convolution, tensors, stage, slots, sequences, feed, outputOf };
}

for (const kernels of await bothKernels()) {
  test(`stepped with the ${kernels.name} kernels equals a direct convolution of the whole padded sequence`, () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { convolution, tensors, stage, slots, sequences, feed, outputOf } = setup(kernels, one);
        const sequence = sequences[0].map((x, frame) => ({ frame, values: Array.from(x) }));
        const expected = convolve(sequence, tensors.get('conv.0.weight')!, tensors.get('conv.0.bias')!, convolution);
        sequences[0].forEach((x, t) => {
          feed(0, x);
          const due = stage.step(Int32Array.from(slots), 1);
          expect(due).toBe(t % one.stride === 0 ? 1 : 0);
          const { values } = expected.findLast(({ frame }) => frame <= t)!;
          outputOf(0).forEach((y, channel) => {
            expect(Math.abs(y - values[channel])).toBeLessThanOrEqual(1e-4);
          });
        });
      }),
    );
  });

  test(`with the ${kernels.name} kernels moves the streams that are due to the front, and each goes as alone`, () => {
    fc.assert(
      fc.property(cases, fc.infiniteStream(fc.boolean()), (one, turns) => {
        const together = setup(kernels, one, 16);
        const alone = setup(kernels, one, 16);
        const steps = together.slots.map(() => 0);
        for (let tick = 0; tick < 10; tick++) {
          // A random part of the streams hears something, so that their phases come apart.
          const heard = together.slots.map((_, s) => s).filter(() => turns.next().value);
          const dueNow = heard.filter((s) => steps[s] % one.stride === 0);
          for (const s of heard) {
            together.feed(s, together.sequences[s][steps[s]]);
            alone.feed(s, alone.sequences[s][steps[s]++]);
            alone.stage.step(Int32Array.of(alone.slots[s]), 1);
          }
          const slots = Int32Array.from(heard, (s) => together.slots[s]);
          const due = together.stage.step(slots, slots.length);
          expect(Array.from(slots.subarray(0, due))).toEqual(dueNow.map((s) => together.slots[s]));
          together.slots.forEach((_, s) => {
            expect(bits(together.outputOf(s))).toEqual(bits(alone.outputOf(s)));
          });
        }
      }),
      { numRuns: 20 },
    );
  });
}
