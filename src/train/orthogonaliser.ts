import { packedFloats, type TrainingKernels, type TrainingMemory } from './kernels/kernels.js';

/** A matrix [rows][columns] in a vector of parameters. */
export interface Matrix {
  /** First float in the vector. */
  readonly offset: number;
  readonly rows: number;
  readonly columns: number;
}

/** The polynomial a x + b x³ + c x⁵ that brings singular values near 1 (Jordan 2024), and how often it is applied. */
const [A, B, C] = [3.4445, -4.775, 2.0315];
const ITERATIONS = 5;
/** Added to the length of a matrix, which may be 0. */
const EPSILON = 1e-7;

/**
 * Makes matrices nearly orthogonal: their singular vectors stay, the singular values come to lie around 1, by
 * Newton-Schulz iterations, which are matrix products alone (Jordan 2024, https://kellerjordan.github.io/posts/muon).
 */
export class Orthogonaliser {
  readonly #kernels: TrainingKernels;
  readonly #packed: number;
  readonly #product: number;
  readonly #gram: number;
  readonly #square: number;
  readonly #zeros: number;

  /** @param matrices all that are to come, or others of their sizes */
  constructor(kernels: TrainingKernels, memory: TrainingMemory, matrices: readonly Matrix[]) {
    const largest = (size: (matrix: Matrix) => number) => Math.max(0, ...matrices.map(size));
    const gramFloats = largest(({ rows, columns }) => Math.min(rows, columns) ** 2);
    this.#kernels = kernels;
    this.#packed = memory.floats(
      largest(({ rows, columns }) => Math.max(packedFloats(rows, columns), packedFloats(columns, rows))),
    );
    this.#product = memory.floats(largest(({ rows, columns }) => rows * columns));
    this.#gram = memory.floats(gramFloats);
    this.#square = memory.floats(gramFloats);
    this.#zeros = memory.floats(largest(({ rows, columns }) => Math.max(rows, columns)));
  }

  /** @param x address of a matrix, which is replaced */
  run(x: number, { rows, columns }: Matrix): void {
    const length = Math.sqrt(this.#kernels.scale(x, rows * columns, 1));
    this.#kernels.scale(x, rows * columns, 1 / (length + EPSILON));
    for (let n = 0; n < ITERATIONS; n++) {
      if (rows <= columns) this.#iterateWide(x, rows, columns);
      else this.#iterateTall(x, rows, columns);
    }
  }

  /** X = a X + (b G + c G²) X with G = X Xᵀ. */
  #iterateWide(x: number, rows: number, columns: number): void {
    const kernels = this.#kernels;
    const stride = columns * 4;
    kernels.pack(x, 4, stride, columns, rows, this.#packed);
    this.#multiply(x, stride, 4, this.#gram, rows, rows, columns);
    this.#evaluate(rows);
    kernels.pack(x, stride, 4, rows, columns, this.#packed);
    this.#multiply(this.#gram, rows * 4, 4, this.#product, rows, columns, rows);
    this.#add(x, rows * columns);
  }

  /** X = a X + X (b G + c G²) with G = Xᵀ X. */
  #iterateTall(x: number, rows: number, columns: number): void {
    const kernels = this.#kernels;
    const stride = columns * 4;
    kernels.pack(x, stride, 4, rows, columns, this.#packed);
    this.#multiply(x, 4, stride, this.#gram, columns, columns, rows);
    this.#evaluate(columns);
    kernels.pack(this.#gram, stride, 4, columns, columns, this.#packed);
    this.#multiply(x, stride, 4, this.#product, rows, columns, columns);
    this.#add(x, rows * columns);
  }

  /** G becomes b G + c G². */
  #evaluate(size: number): void {
    const kernels = this.#kernels;
    const stride = size * 4;
    kernels.pack(this.#gram, stride, 4, size, size, this.#packed);
    this.#multiply(this.#gram, stride, 4, this.#square, size, size, size);
    kernels.scale(this.#gram, size * size, B);
    kernels.scale(this.#square, size * size, C);
    kernels.add(this.#gram, this.#square, size * size);
  }

  /** C = A B, with A m x k and B packed. */
  #multiply(a: number, rowStride: number, columnStride: number, c: number, m: number, n: number, k: number): void {
    this.#kernels.multiply(a, rowStride, columnStride, this.#packed, c, n * 4, m, n, k, this.#zeros, 0);
  }

  #add(x: number, count: number): void {
    this.#kernels.scale(x, count, A);
    this.#kernels.add(x, this.#product, count);
  }
}
