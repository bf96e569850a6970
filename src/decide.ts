import { type DecisionConfig, isBackground, type ModelConfig, sustainedThreshold, thresholdOf } from './config.js';
import type { KernelMemory } from './kernels/memory.js';
import type { SlotLayout } from './kernels/slot.js';

/** A word is over when its averaged posterior is below this share of its threshold. */
const RELEASE = 0.5;

/** More than any posterior. */
const NEVER = 2;

/**
 * From posteriors to detections. A keyword is detected when its posterior, averaged over the last `smoothingFrames`
 * frames, has reached its threshold for `minimumFrames` frames in a row, or its sustained threshold for
 * `sustainedFrames` frames in a row: a word that stands alone may be told with less certainty, for in a sentence the next
 * word takes the posterior away. Then no keyword is detected for `refractoryFrames` frames, and this one not before its
 * averaged posterior fell to half its threshold, so that a posterior that wavers about the threshold is one word. What a
 * stream remembers lies in its slot; frames before the first count as posteriors of 0.
 */
export class Decider {
  /** What the last step detected, if it returned true: index of the label, smoothed posterior, first and last frame. */
  label = -1;
  score = 0;
  startFrame = 0;
  endFrame = 0;
  readonly #memory: KernelMemory;
  readonly #labels: readonly string[];
  readonly #posteriors: number;
  readonly #smoothingFrames: number;
  /** Of whole 16 bytes, so that a slot with other smoothing has another size, by which snapshots are told apart. */
  readonly #rowFloats: number;
  readonly #thresholds: Float64Array;
  readonly #sustainedThresholds: Float64Array;
  #refractoryFrames = 0;
  #minimumFrames = 1;
  #sustainedFrames = Infinity;
  /** The last `smoothingFrames` rows of posteriors, oldest overwritten first. */
  readonly #ring: number;
  /** By label: the sum of those rows. */
  readonly #sums: number;
  /** The first frame (counted from 1) at which a detection is allowed again. */
  readonly #quietUntil: number;
  /** By label: frames in a row at or above the threshold. */
  readonly #above: number;
  /** By label: frames in a row at or above the sustained threshold, none of which released it. */
  readonly #sustained: number;
  /** By label: 1 once detected, until it is released. */
  readonly #detected: number;
  /** By label: since which frame (counted from 1) it has been the likeliest; 0 when it is not. */
  readonly #likeliestSince: number;

  /** @param posteriors byte offset of the posteriors in a slot */
  constructor(memory: KernelMemory, layout: SlotLayout, config: ModelConfig, posteriors: number) {
    const count = config.labels.length;
    this.#memory = memory;
    this.#labels = config.labels;
    this.#posteriors = posteriors;
    this.#smoothingFrames = config.decision.smoothingFrames;
    this.#thresholds = new Float64Array(count);
    this.#sustainedThresholds = new Float64Array(count);
    this.#rowFloats = 4 * Math.ceil(count / 4);
    this.#ring = layout.float32(this.#rowFloats * this.#smoothingFrames);
    this.#sums = layout.float64(count);
    this.#quietUntil = layout.float64(1);
    this.#above = layout.float64(count);
    this.#sustained = layout.float64(count);
    this.#detected = layout.float64(count);
    this.#likeliestSince = layout.float64(count);
    this.configure(config.decision);
  }

  /** Changes everything but the smoothing, from the next frame on. */
  configure(decision: DecisionConfig): void {
    this.#refractoryFrames = decision.refractoryFrames;
    this.#minimumFrames = decision.minimumFrames;
    this.#sustainedFrames = decision.sustainedFrames || Infinity;
    this.#labels.forEach((label, i) => {
      const threshold = thresholdOf(decision, label);
      this.#thresholds[i] = isBackground(label) ? NEVER : threshold;
      this.#sustainedThresholds[i] = isBackground(label) ? NEVER : sustainedThreshold(threshold);
    });
  }

  /**
   * Takes the posteriors of frame `frame` (counted from 0). Allocates nothing.
   * @returns whether a keyword was detected; the fields say which
   */
  step(slot: number, frame: number): boolean {
    const { f64 } = this.#memory;
    this.#remember(slot, frame);
    this.#markLikeliest(slot, frame);
    this.label = -1;
    this.score = 0;
    for (let label = 0; label < this.#labels.length; label++) {
      const posterior = this.#smoothed(slot, label);
      if (this.#isCandidate(slot, label, posterior) && posterior > this.score) {
        this.label = label;
        this.score = posterior;
      }
    }
    const quietAt = (slot + this.#quietUntil) >> 3;
    if (this.label < 0 || frame + 1 < f64[quietAt]) return false;
    f64[quietAt] = frame + 2 + this.#refractoryFrames;
    f64[((slot + this.#detected) >> 3) + this.label] = 1;
    const since = f64[((slot + this.#likeliestSince) >> 3) + this.label];
    this.startFrame = since > 0 ? since - 1 : frame;
    this.endFrame = frame;
    return true;
  }

  #remember(slot: number, frame: number): void {
    const { f32, f64 } = this.#memory;
    const count = this.#labels.length;
    const posteriors = (slot + this.#posteriors) >> 2;
    const row = ((slot + this.#ring) >> 2) + (frame % this.#smoothingFrames) * this.#rowFloats;
    const sums = (slot + this.#sums) >> 3;
    for (let i = 0; i < count; i++) {
      // In double precision, so that what rounding leaves behind stays below 1e-7 for a billion frames.
      f64[sums + i] += f32[posteriors + i] - f32[row + i];
      f32[row + i] = f32[posteriors + i];
    }
  }

  #markLikeliest(slot: number, frame: number): void {
    const { f32, f64 } = this.#memory;
    const posteriors = (slot + this.#posteriors) >> 2;
    const since = (slot + this.#likeliestSince) >> 3;
    let likeliest = 0;
    for (let i = 1; i < this.#labels.length; i++) if (f32[posteriors + i] > f32[posteriors + likeliest]) likeliest = i;
    const before = f64[since + likeliest];
    f64.fill(0, since, since + this.#labels.length);
    f64[since + likeliest] = before > 0 ? before : frame + 1;
  }

  #smoothed(slot: number, label: number): number {
    const sum = this.#memory.f64[((slot + this.#sums) >> 3) + label];
    return Math.max(0, Math.min(1, sum / this.#smoothingFrames));
  }

  #isCandidate(slot: number, label: number, posterior: number): boolean {
    const { f64 } = this.#memory;
    const above = ((slot + this.#above) >> 3) + label;
    const sustained = ((slot + this.#sustained) >> 3) + label;
    const detected = ((slot + this.#detected) >> 3) + label;
    const isReleased = posterior <= RELEASE * this.#thresholds[label];
    if (isReleased) f64[detected] = 0;
    f64[above] = posterior < this.#thresholds[label] ? 0 : f64[above] + 1;
    f64[sustained] = isReleased || posterior < this.#sustainedThresholds[label] ? 0 : f64[sustained] + 1;
    const isHeard = f64[above] >= this.#minimumFrames || f64[sustained] >= this.#sustainedFrames;
    return isHeard && f64[detected] === 0;
  }
}
