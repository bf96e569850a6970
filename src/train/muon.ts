import type { TrainingKernels, TrainingMemory } from './kernels/kernels.js';
import { type Matrix, Orthogonaliser } from './orthogonaliser.js';
import type { TeamMember } from './team.js';

/** Addresses of vectors of all parameters. */
export interface MuonVectors {
  readonly weights: number;
  readonly gradients: number;
  readonly momentum: number;
}

/** What Muon needs of a team of workers that take the same steps. */
export type Sharing = Pick<TeamMember, 'index' | 'size' | 'sum'>;

const MOMENTUM = 0.95;
/** Root mean square of a step's entries, in learning rates: about that of AdamW (Liu et al. 2025, arXiv:2502.16982). */
const STEP_SIZE = 0.2;

/**
 * Muon (Jordan 2024, https://kellerjordan.github.io/posts/muon): each matrix steps in the orthogonal direction nearest
 * to its gradient's Nesterov momentum, so that it learns as fast in rare directions as in common ones.
 */
export class Muon {
  readonly #kernels: TrainingKernels;
  readonly #memory: TrainingMemory;
  readonly #vectors: MuonVectors;
  readonly #floats: number;
  readonly #matrices: readonly Matrix[];
  readonly #orthogonaliser: Orthogonaliser;
  readonly #directions: number;

  /** @param floats of each of the vectors */
  constructor(
    kernels: TrainingKernels,
    memory: TrainingMemory,
    vectors: MuonVectors,
    floats: number,
    matrices: readonly Matrix[],
  ) {
    this.#kernels = kernels;
    this.#memory = memory;
    this.#vectors = vectors;
    this.#floats = floats;
    this.#matrices = matrices;
    this.#orthogonaliser = new Orthogonaliser(kernels, memory, matrices);
    this.#directions = memory.floats(floats);
  }

  /** @param team shares the work, if there is one: each member makes some of the directions */
  step(rate: number, weightDecay: number, team: Sharing | undefined): void {
    const directions = this.#memory.view(this.#directions, this.#floats);
    directions.fill(0);
    this.#matrices.forEach((matrix, n) => {
      this.#gather(matrix);
      if (!team || n % team.size === team.index) this.#aim(matrix);
    });
    team?.sum(directions, 0);
    for (const matrix of this.#matrices) this.#move(matrix, rate, weightDecay);
  }

  #gather({ offset, rows, columns }: Matrix): void {
    const { gradients, momentum } = this.#vectors;
    this.#kernels.average(momentum + offset * 4, gradients + offset * 4, rows * columns, MOMENTUM);
  }

  #aim(matrix: Matrix): void {
    const { offset, rows, columns } = matrix;
    const { gradients, momentum } = this.#vectors;
    const direction = this.#directions + offset * 4;
    this.#kernels.add(direction, momentum + offset * 4, rows * columns);
    this.#kernels.average(direction, gradients + offset * 4, rows * columns, MOMENTUM);
    this.#orthogonaliser.run(direction, matrix);
  }

  #move({ offset, rows, columns }: Matrix, rate: number, weightDecay: number): void {
    const weights = this.#vectors.weights + offset * 4;
    const direction = this.#directions + offset * 4;
    this.#kernels.scale(weights, rows * columns, 1 - rate * weightDecay);
    // The entries of an orthogonal matrix have a root mean square of 1 / √(its longer side).
    this.#kernels.scale(direction, rows * columns, -rate * STEP_SIZE * Math.sqrt(Math.max(rows, columns)));
    this.#kernels.add(weights, direction, rows * columns);
  }
}
