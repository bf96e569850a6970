import { packedFloats, type TrainingKernels, type TrainingMemory } from '../kernels/kernels.js';

/** Byte offsets of a weight matrix [outputs][inputs] and a bias in a vector of parameters, or of gradients. */
export interface AffineParameters {
  readonly weight: number;
  readonly bias: number;
  readonly outputs: number;
  readonly inputs: number;
}

/** y = W x + b for many rows at once, and its gradients. Pack first: the weights are packed once for many products. */
export class Affine {
  readonly #kernels: TrainingKernels;
  readonly #parameters: AffineParameters;
  readonly #packedTransposed: number;
  readonly #packed: number;
  readonly #packedInputs: number;
  readonly #zeros: number;
  #base = 0;

  /** @param mostRows of one `addParameterGradients` */
  constructor(kernels: TrainingKernels, memory: TrainingMemory, parameters: AffineParameters, mostRows: number) {
    const { inputs, outputs } = parameters;
    this.#kernels = kernels;
    this.#parameters = parameters;
    this.#packedTransposed = memory.floats(packedFloats(inputs, outputs));
    this.#packed = memory.floats(packedFloats(outputs, inputs));
    this.#packedInputs = memory.floats(packedFloats(mostRows, inputs));
    this.#zeros = memory.floats(inputs);
  }

  /** Reads the weights out of the parameters at `base`, for `apply`. */
  packForward(base: number): void {
    const { weight, inputs, outputs } = this.#parameters;
    this.#base = base;
    this.#kernels.pack(base + weight, 4, inputs * 4, inputs, outputs, this.#packedTransposed);
  }

  /** The same for `backward`. */
  packBackward(): void {
    const { weight, inputs, outputs } = this.#parameters;
    this.#kernels.pack(this.#base + weight, inputs * 4, 4, outputs, inputs, this.#packed);
  }

  /** y = W x + b. */
  apply(x: number, y: number, rows: number): void {
    const { bias, inputs, outputs } = this.#parameters;
    const start = this.#base + bias;
    this.#kernels.multiply(x, inputs * 4, 4, this.#packedTransposed, y, outputs * 4, rows, outputs, inputs, start, 0);
  }

  /** dx = Wᵀ dy, or dx += Wᵀ dy. */
  backward(dy: number, dx: number, rows: number, accumulate: 0 | 1): void {
    const { inputs, outputs } = this.#parameters;
    const stride = inputs * 4;
    const start = accumulate ? dx : this.#zeros;
    const startStride = accumulate ? stride : 0;
    this.#kernels.multiply(dy, outputs * 4, 4, this.#packed, dx, stride, rows, inputs, outputs, start, startStride);
  }

  /** dW += dyᵀ x and db += the sum of dy, in the gradients at `base`. */
  addParameterGradients(base: number, x: number, dy: number, rows: number): void {
    const { weight, bias, inputs, outputs } = this.#parameters;
    this.#kernels.pack(x, inputs * 4, 4, rows, inputs, this.#packedInputs);
    const dw = base + weight;
    const stride = inputs * 4;
    this.#kernels.multiply(dy, 4, outputs * 4, this.#packedInputs, dw, stride, outputs, inputs, rows, dw, stride);
    this.#kernels.addColumnSums(base + bias, dy, rows, outputs);
  }
}
