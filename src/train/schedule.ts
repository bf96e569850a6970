/** One-cycle learning rate (Smith and Topin 2018): up along half a cosine, then down along another. */
export interface Schedule {
  readonly peak: number;
  /** Share of all steps that go up. */
  readonly warmUp: number;
}

/** The rate starts at the peak over this, and ends at the start over `END_DIVISOR`. */
const START_DIVISOR = 25;
const END_DIVISOR = 1e4;

/** The learning rate of step `step` of `total`, counted from 0. */
export function learningRate({ peak, warmUp }: Schedule, step: number, total: number): number {
  const start = peak / START_DIVISOR;
  const top = warmUp * total;
  if (step < top) return cosine(start, peak, step / top);
  return cosine(peak, start / END_DIVISOR, (step - top) / Math.max(1, total - top));
}

/**
 * How much of a target is the belief of the learner's own averaged weights, in epoch `epoch` of `total`, counted from 0
 * (self-knowledge distillation; Kim et al. 2021, https://arxiv.org/abs/2006.12000): nothing in the first half of a run
 * and in the first epoch, where they know little, then evenly more up to `largest` in the last epoch.
 */
export const ownShareAt = (largest: number, epoch: number, total: number): number =>
  epoch === 0 ? 0 : largest * Math.max(0, (2 * (epoch + 1)) / total - 1);

const cosine = (from: number, to: number, share: number): number =>
  to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2;
