import type { ModelConfig } from '../config.js';
import { createExtractor, type Extractor } from '../features/extractor.js';
import { bestKernels } from '../kernels/best.js';
import type { Kernels } from '../kernels/kernels.js';

/** MFCCs of whole segments, by the extractor that listens. */
export class SegmentExtractor {
  readonly #kernels: Kernels;
  readonly #extractor: Extractor;
  readonly #config: ModelConfig;
  readonly #samples: number;
  readonly #frame: number;

  /** @param samples of the longest segment */
  static async create(config: ModelConfig, samples: number): Promise<SegmentExtractor> {
    return new SegmentExtractor(await bestKernels(undefined), config, samples);
  }

  private constructor(kernels: Kernels, config: ModelConfig, samples: number) {
    this.#kernels = kernels;
    this.#extractor = createExtractor('fused', kernels, config);
    this.#config = config;
    this.#samples = kernels.memory.allocate(samples * 4);
    this.#frame = kernels.memory.allocate(config.coefficients * 4);
  }

  /** Writes the MFCCs of every whole frame of a segment into its row of a batch, [frames][rows][coefficients]. */
  extract(segment: Float32Array, batch: Float32Array, rows: number, row: number): void {
    const { f32 } = this.#kernels.memory;
    const { hopSamples, frameSamples, coefficients } = this.#config;
    f32.set(segment, this.#samples >> 2);
    for (let t = 0; t * hopSamples + frameSamples <= segment.length; t++) {
      this.#extractor.extract(this.#samples + t * hopSamples * 4, this.#frame);
      const at = (t * rows + row) * coefficients;
      for (let i = 0; i < coefficients; i++) batch[at + i] = f32[(this.#frame >> 2) + i];
    }
  }
}
