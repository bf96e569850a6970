import { type Interval, TAIL } from './interval.js';

const HALVINGS = 100;

/**
 * The exact 95 % interval of a Poisson mean, when `count` events were seen (Garwood 1936): below its lower end, `count`
 * or more would be seen with a probability of less than 2.5 %, above its upper end, `count` or fewer would.
 */
export function poissonInterval(count: number): Interval {
  const most = 2 * count + 20;
  const lower = count === 0 ? 0 : solve((mean) => 1 - cumulative(count - 1, mean) > TAIL, most);
  return [lower, solve((mean) => cumulative(count, mean) < TAIL, most)];
}

/** P(X ≤ k) for X with that mean; terms in logarithms, so that large means do not underflow one by one. */
function cumulative(k: number, mean: number): number {
  let logTerm = -mean;
  let sum = Math.exp(logTerm);
  for (let i = 1; i <= k; i++) {
    logTerm += Math.log(mean / i);
    sum += Math.exp(logTerm);
  }
  return sum;
}

/** Where a condition on [0, most] starts to hold. */
function solve(holds: (mean: number) => boolean, most: number): number {
  let [low, high] = [0, most];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}
