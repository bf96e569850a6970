import { type ModelConfig, withDecision } from '../../config.js';
import { Decider } from '../../decide.js';
import { plainKernels } from '../../kernels/plain.js';
import { SlotLayout } from '../../kernels/slot.js';

/**
 * The thresholds of a DET curve, highest last: 1 / (1 + e^-x) for x from -2 to 7 in steps of 1/8, that is from 0.12 to
 * 0.9991, close together where posteriors are sure, and 1.
 */
export const THRESHOLDS: readonly number[] = [
  ...Array.from({ length: 73 }, (_, i) => Number((1 / (1 + Math.exp(2 - i / 8))).toFixed(5))),
  1,
];

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

  /** Takes the posteriors of frame `frame`, counted from 0 since the start or the last reset. */
  step(frame: number, posteriors: Float32Array, detected: AtThreshold): void {
    this.#memory.f32.set(posteriors, (this.#slot + this.#posteriors) >> 2);
    this.#deciders.forEach((decider, n) => {
      if (decider.step(this.#slot, frame)) detected(n, decider.label, decider.endFrame);
    });
  }

  reset(): void {
    this.#memory.i8.fill(0, this.#slot, this.#slot + this.#layout.bytes);
  }
}
