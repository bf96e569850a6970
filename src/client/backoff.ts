const FIRST_MILLISECONDS = 100;
const MOST_MILLISECONDS = 5000;

/**
 * How long to wait before attempt n, counted from 0: doubling up to five seconds, and somewhere in the upper half of
 * that, so that the clients of a server that comes back do not all come at once.
 */
export function backoffMilliseconds(attempt: number, random: () => number = Math.random): number {
  const most = Math.min(MOST_MILLISECONDS, FIRST_MILLISECONDS * 2 ** attempt);
  return most / 2 + (random() * most) / 2;
}
