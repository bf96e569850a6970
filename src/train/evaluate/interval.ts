/** Lower and upper end of a 95 % confidence interval. */
export type Interval = [lower: number, upper: number];

/** What lies beyond each end of it. */
export const TAIL = 0.025;
