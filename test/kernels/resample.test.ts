import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Kernels, RESAMPLER_TAPS_MULTIPLE, type ResamplerTables } from '../../src/kernels/kernels.ts';
import { bits, bothKernels, changedBytes, put, take } from '../helpers/kernels.ts';
import { randomSource } from '../helpers/sound.ts';

const cases = fc
  .record({
    taps: fc.integer({ min: 1, max: 8 }).map((blocks) => blocks * RESAMPLER_TAPS_MULTIPLE),
    phases: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 48000 })),
    step: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 192000 })),
    start: fc.double({ min: 0, max: 3, noNaN: true }),
    count: fc.integer({ min: 0, max: 40 }),
    seed: fc.integer(),
  })
  // An output that skips more than 50 inputs would only need a longer history.
  .filter(({ phases, step }) => step < 50 * phases);

type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

/** Short, so that many ratios have more phases than rows. */
const LARGEST_TABLE_ROWS = 32;

function setupOf({ taps, phases, step, start, count, seed }: Case) {
  const random = randomSource(seed);
  const floats = (length: number) => Float32Array.from({ length }, random);
  const tableRows = Math.min(phases, LARGEST_TABLE_ROWS);
  const phase = Math.floor(start * phases);
  const inputs = Math.floor((phase + Math.max(0, count - 1) * step) / phases) + taps;
  return { table: floats((tableRows + 1) * taps), history: floats(inputs), tableRows, phase };
}

function run(kernels: Kernels, one: Case): Float32Array {
  const { table, history, tableRows, phase } = setupOf(one);
  const tables: ResamplerTables = { ...one, filter: put(kernels, table), tableRows };
  const out = kernels.memory.allocate(one.count * 4);
  kernels.resample(tables, put(kernels, history), phase, one.count, out);
  return take(kernels, out, one.count);
}

/** Each output in float64, and the size of what is added up in it. */
function reference(one: Case) {
  const { taps, phases, step, count } = one;
  const { table, history, tableRows, phase } = setupOf(one);
  return Array.from({ length: count }, (_, j) => {
    const position = phase + j * step;
    const from = Math.floor(position / phases);
    // Exact, as fractions of integers.
    const row = Math.floor(((position % phases) * tableRows) / phases);
    const share = (((position % phases) * tableRows) % phases) / phases;
    let value = 0;
    let size = 0;
    for (let i = 0; i < taps; i++) {
      const low = table[row * taps + i];
      const tap = share === 0 ? low : (1 - share) * low + share * table[(row + 1) * taps + i];
      value += tap * history[from + i];
      size += (Math.abs(low) + Math.abs(tap)) * Math.abs(history[from + i]);
    }
    return { value, size };
  });
}

for (const kernels of await bothKernels()) {
  test(`resample of the ${kernels.name} kernels equals float64 within 1e-6 of the size of what is added up`, () => {
    fc.assert(
      fc.property(cases, (one) => {
        const y = run(kernels, one);
        reference(one).forEach(({ value, size }, j) => {
          expect(Math.abs(y[j] - value)).toBeLessThanOrEqual(1e-6 * size);
        });
      }),
      { numRuns: 300 },
    );
  });

  test(`resample of the ${kernels.name} kernels gives an output the same bits in one call and in many`, () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { table, history, tableRows, phase } = setupOf(one);
        const tables: ResamplerTables = { ...one, filter: put(kernels, table), tableRows };
        const x = put(kernels, history);
        const out = kernels.memory.allocate(one.count * 4);
        for (let j = 0; j < one.count; j++) {
          const position = phase + j * one.step;
          const from = Math.floor(position / one.phases);
          kernels.resample(tables, x + from * 4, position - from * one.phases, 1, out + j * 4);
        }
        expect(bits(take(kernels, out, one.count))).toEqual(bits(run(kernels, one)));
      }),
    );
  });

  test(`resample of the ${kernels.name} kernels writes its outputs and nothing else`, () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { table, history, tableRows, phase } = setupOf(one);
        const tables: ResamplerTables = { ...one, filter: put(kernels, table), tableRows };
        const x = put(kernels, history);
        const out = kernels.memory.allocate(one.count * 4);
        put(kernels, new Float32Array(16).fill(1));
        const changed = changedBytes(kernels, () => kernels.resample(tables, x, phase, one.count, out));
        expect(changed.filter((address) => address < out || address >= out + one.count * 4)).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });
}
