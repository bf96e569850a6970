import { expect, it } from 'vitest';
import { measureLoad } from '../../scripts/load-point.ts';

// The short form of `npm run load`. How fast it is depends on the machine; that nothing is lost does not.

const STREAMS = 50;
const SECONDS = 4;

it(`${STREAMS} streams at the pace of real time get their events, and none is lost`, async () => {
  const point = await measureLoad('models', 'commands', STREAMS, SECONDS);
  expect(point).toMatchObject({ streams: STREAMS, lost: 0, missing: 0 });
  expect(point.events).toBeGreaterThan(0);
});
