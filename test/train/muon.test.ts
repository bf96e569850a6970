import { describe, expect, test } from 'vitest';
import { Muon, type Sharing } from '../../src/train/muon.ts';
import { worst } from '../helpers/kernels.ts';
import { bench, numbers, put, take } from './helpers.ts';

const MATRICES = [
  { offset: 0, rows: 8, columns: 20 },
  { offset: 160, rows: 12, columns: 12 },
  { offset: 308, rows: 20, columns: 8 },
];
const FLOATS = 480;

/** Weights after some steps along the same gradients; `directions` gets what each step gave to the team. */
async function weightsAfter(steps: number, options: { decay?: number; share?: [number, number] } = {}) {
  const { decay = 0, share: [index, size] = [0, 1] } = options;
  const b = await bench();
  const [weights, gradients, momentum] = [1, 2]
    .map((seed) => put(b, numbers(FLOATS, seed)))
    .concat(b.memory.floats(FLOATS));
  const muon = new Muon(b.kernels, b.memory, { weights, gradients, momentum }, FLOATS, MATRICES);
  const directions: Float32Array[] = [];
  const team: Sharing = {
    index,
    size,
    sum: (values) => {
      directions.push(values.slice());
      return 0;
    },
  };
  for (let n = 0; n < steps; n++) muon.step(0.01, decay, team);
  return { weights: take(b, weights, FLOATS), directions };
}

describe('Muon', () => {
  test('moves every matrix by a fifth of the rate an entry, and nothing else', async () => {
    const before = numbers(FLOATS, 1);
    const { weights } = await weightsAfter(1);
    const moved = weights.map((value, i) => value - before[i]);
    for (const { offset, rows, columns } of MATRICES) {
      const part = moved.subarray(offset, offset + rows * columns);
      const rootMeanSquare = Math.hypot(...part) / Math.sqrt(part.length);
      expect(rootMeanSquare).toBeGreaterThan(0.01 * 0.2 * 0.8);
      expect(rootMeanSquare).toBeLessThan(0.01 * 0.2 * 1.2);
    }
    const between = moved.subarray(304, 308);
    expect(between).toEqual(new Float32Array(4));
    expect(moved.subarray(468)).toEqual(new Float32Array(12));
  });

  test('goes down where the gradient goes up', async () => {
    const [before, gradients] = [numbers(FLOATS, 1), numbers(FLOATS, 2)];
    const { weights } = await weightsAfter(1);
    for (const { offset, rows, columns } of MATRICES) {
      let slope = 0;
      for (let i = offset; i < offset + rows * columns; i++) slope += (weights[i] - before[i]) * gradients[i];
      expect(slope).toBeLessThan(0);
    }
  });

  test('shrinks the matrices by the rate times the weight decay', async () => {
    const [plain, decayed] = [await weightsAfter(1), await weightsAfter(1, { decay: 0.5 })];
    const before = numbers(FLOATS, 1);
    const inMatrix = (i: number) => MATRICES.some((m) => i >= m.offset && i < m.offset + m.rows * m.columns);
    const expected = plain.weights.map((value, i) => value - (inMatrix(i) ? 0.005 * before[i] : 0));
    expect(worst(decayed.weights, expected)).toBeLessThan(1e-6);
  });

  test.each([1, 2, 3, 5])('makes the same directions, each once, in a team of %i', async (size) => {
    const alone = (await weightsAfter(2)).directions;
    const members = await Promise.all(
      Array.from({ length: size }, (_, index) => weightsAfter(2, { share: [index, size] })),
    );
    alone.forEach((direction, step) => {
      const sum = direction.map((_, i) => members.reduce((total, { directions }) => total + directions[step][i], 0));
      expect(sum).toEqual(direction);
    });
  });
});
