import { type ModelConfig, withDecision } from '../../config.js';
import { Decider } from '../../decide.js';
import { plainKernels } from '../../kernels/plain.js';
import { SlotLayout } from '../../kernels/slot.js';

/**
 * The thresholds of a DET curve, highest last: from 0.1 to 1, closest together between 0.9 and 0.98, where networks are sure
 * that were trained with smoothed labels, and where a hundredth makes a difference.
 */
export const THRESHOLDS: readonly number[] = [
  ...steps(0.1, 0.8, 0.02),
  ...steps(0.8, 0.9, 0.005),
  ...steps(0.9, 0.98, 0.0025),
  ...[0.98, 0.985, 0.99, 0.995, 0.999, 1],
];

/** From `first` to what is just below `end`. */
function steps(first: number, end: number, step: number): number[] {
  return Array.from({ length: Math.round((end - first) / step) }, (_, i) => Number((first + i * step).toFixed(4)));
}

/** Told of a detection: at which of the thresholds, index of the label, and the frame that decided. */
export type AtThreshold = (threshold: number, label: number, frame: number) => void;

/**
 * Decides with one model's posteriors at many thresholds at once: a `Decider` for each, with everything but the
 * threshold as the model has it, and the same threshold for all labels.
 */
export class ThresholdBank {
  readonly #memory = plainKernels().memory;
  readonly #layout = new SlotLayout();
  readonly #posteriors: number;
  readonly #deciders: Decider[];
  readonly #slot: number;

  constructor(config: ModelConfig, thresholds: readonly number[] = THRESHOLDS) {
    this.#posteriors = this.#layout.float32(config.labels.length);
    this.#deciders = thresholds.map((threshold) => {
      const same = withDecision(config, { threshold });
      return new Decider(this.#memory, this.#layout, same, this.#posteriors);
    });
    this.#slot = this.#memory.allocate(this.#layout.bytes);
  }

  /** Takes the posteriors of frame `frame`, counted from 0. */
  step(frame: number, posteriors: Float32Array, detected: AtThreshold): void {
    this.#memory.f32.set(posteriors, (this.#slot + this.#posteriors) >> 2);
    this.#deciders.forEach((decider, n) => {
      if (decider.step(this.#slot, frame)) detected(n, decider.label, decider.endFrame);
    });
  }
}
