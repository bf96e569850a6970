import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { inOrder } from '../../scripts/in-order.ts';

/** What samples/words.wav says. */
export const SPOKEN: string[] = JSON.parse(
  readFileSync(new URL('../../samples/expected.json', import.meta.url), 'utf8'),
)['words.wav'];

/** At some sample rates, and where a live stream begins in the middle of a frame, the network misses one of them. */
export const FEWEST_HEARD = SPOKEN.length - 1;

/** Expects that these were the spoken words. */
export function expectSpoken(heard: readonly string[]): void {
  expect(inOrder(SPOKEN, heard), heard.join(' ')).toBeGreaterThanOrEqual(FEWEST_HEARD);
}
