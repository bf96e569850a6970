import { setImmediate } from 'node:timers/promises';

/** The longest that signals and the terminal have to wait. */
const LONGEST_HOLD_MS = 50;

/** Makes a function to call often in long work: now and then it lets signals, timers and other input have their turn. */
export function breather(): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    if (performance.now() < last + LONGEST_HOLD_MS) return undefined;
    return setImmediate().then(() => {
      last = performance.now();
    });
  };
}
