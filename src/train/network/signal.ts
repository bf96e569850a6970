import type { TrainingMemory } from '../kernels/kernels.js';

/** Shape of a batch of segments: `steps` times `rows` streams. */
export interface BatchShape {
  readonly steps: number;
  readonly rows: number;
}

/**
 * Numbers of a batch over time, [history + steps][rows][size], with their gradients, [history + steps][rows][size].
 * The `history` blocks before the first step are what the streams bring with them from their last segment.
 */
export class Signal {
  readonly steps: number;
  readonly rows: number;
  readonly size: number;
  readonly #memory: TrainingMemory;
  readonly #history: number;
  readonly #values: number;
  readonly #gradients: number;

  constructor(memory: TrainingMemory, { steps, rows }: BatchShape, size: number, history = 0) {
    this.#memory = memory;
    this.#history = history;
    this.steps = steps;
    this.rows = rows;
    this.size = size;
    this.#values = memory.floats((history + steps) * rows * size);
    this.#gradients = memory.floats((history + steps) * rows * size);
  }

  /** Bytes of one step. */
  get stepBytes(): number {
    return this.rows * this.size * 4;
  }

  /** Address of the values at a step; steps below 0 are history. */
  value(step = 0): number {
    return this.#values + (this.#history + step) * this.stepBytes;
  }

  /** Address of the gradient at a step. */
  gradient(step = 0): number {
    return this.#gradients + (this.#history + step) * this.stepBytes;
  }

  /** View of the values, [steps][rows][size]. */
  get values(): Float32Array {
    return this.#memory.view(this.value(), this.steps * this.rows * this.size);
  }

  /** View of the gradients, [steps][rows][size]. */
  get gradients(): Float32Array {
    return this.#memory.view(this.gradient(), this.steps * this.rows * this.size);
  }

  /** View of the history before the first step, [history][rows][size]. */
  get initial(): Float32Array {
    return this.#memory.view(this.#values, this.#history * this.rows * this.size);
  }

  /** View of the last blocks, which are the history of what comes next, [history][rows][size]. */
  get final(): Float32Array {
    return this.#memory.view(this.value(this.steps - this.#history), this.#history * this.rows * this.size);
  }

  clearGradients(): void {
    this.#memory.view(this.#gradients, (this.#history + this.steps) * this.rows * this.size).fill(0);
  }

  /** Starts row r where row sources[r] of the last segment ended; from zero where that is negative. */
  carry(sources: ArrayLike<number>): void {
    const { size, rows, final, initial } = this;
    for (let block = 0; block < this.#history; block++) {
      for (let r = 0; r < rows; r++) {
        const to = (block * rows + r) * size;
        const from = (block * rows + sources[r]) * size;
        if (sources[r] < 0) initial.fill(0, to, to + size);
        else initial.set(final.subarray(from, from + size), to);
      }
    }
  }
}
