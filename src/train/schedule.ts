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

const cosine = (from: number, to: number, share: number): number =>
  to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2;
