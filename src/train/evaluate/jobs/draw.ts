/** Keeps apart what is drawn for different purposes from one seed: `Random.ofEvaluation(seed, DRAW.noise, …)`. */
export const DRAW = { order: 0, gaps: 1, noise: 2, bootstrap: 3 } as const;
