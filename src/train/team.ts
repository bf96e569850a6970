/** What the workers of a run share. */
export interface TeamMemory {
  readonly size: number;
  /** Length of a worker's part: all gradients, and one loss. */
  readonly floats: number;
  /** Arrivals at the barrier, and how often it was passed. */
  readonly barrier: SharedArrayBuffer;
  /** Two parts for each worker, used in turn, so that one barrier a step is enough. */
  readonly parts: SharedArrayBuffer;
}

/** Memory for some workers with so many gradients each. */
export function teamMemory(size: number, gradients: number): TeamMemory {
  const floats = gradients + 1;
  return { size, floats, barrier: new SharedArrayBuffer(8), parts: new SharedArrayBuffer(2 * size * floats * 4) };
}

const ARRIVED = 0;
const PASSED = 1;

/** One worker's place in the team. */
export class TeamMember {
  /** From 0 to `size` - 1. */
  readonly index: number;
  readonly #memory: TeamMemory;
  readonly #barrier: Int32Array;
  #turn = 0;

  constructor(memory: TeamMemory, index: number) {
    this.#memory = memory;
    this.index = index;
    this.#barrier = new Int32Array(memory.barrier);
  }

  /** Members of the team. */
  get size(): number {
    return this.#memory.size;
  }

  /**
   * Waits for the others, and replaces the gradients by the sum over all workers, added in the workers' order: the
   * same bits for all of them. Returns the sum of the losses.
   */
  sum(gradients: Float32Array, loss: number): number {
    const own = this.#part(this.index);
    own.set(gradients);
    own[gradients.length] = loss;
    this.#meet();
    const first = this.#part(0);
    gradients.set(first.subarray(0, gradients.length));
    let losses = first[gradients.length];
    for (let index = 1; index < this.#memory.size; index++) {
      const part = this.#part(index);
      for (let i = 0; i < gradients.length; i++) gradients[i] += part[i];
      losses += part[gradients.length];
    }
    this.#turn = 1 - this.#turn;
    return losses;
  }

  #part(index: number): Float32Array {
    const { size, floats, parts } = this.#memory;
    return new Float32Array(parts, (this.#turn * size + index) * floats * 4, floats);
  }

  #meet(): void {
    const passed = Atomics.load(this.#barrier, PASSED);
    if (Atomics.add(this.#barrier, ARRIVED, 1) === this.#memory.size - 1) {
      Atomics.store(this.#barrier, ARRIVED, 0);
      Atomics.add(this.#barrier, PASSED, 1);
      Atomics.notify(this.#barrier, PASSED);
    } else {
      Atomics.wait(this.#barrier, PASSED, passed);
    }
  }
}
