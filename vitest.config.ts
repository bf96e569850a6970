import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const EVERYWHERE = 'test/**/*.test.ts';
// Tests that take long have names of their own: `npm run test:long`.
const LONG = 'test/**/*.long.test.ts';
// Those that want the machine for themselves run after the others.
const ALONE = 'test/**/*.alone.test.ts';

export default defineConfig({
  test: {
    // Many times what the longest takes: machines are busy, and none of the limits is what a test is about.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // More than there are cores: a quarter of the time tests wait, for timers and for browsers.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: [EVERYWHERE],
          exclude: [LONG, ALONE],
          globalSetup: 'test/fresh-build.ts',
        },
      },
      { extends: true, test: { name: 'alone', include: [ALONE], sequence: { groupOrder: 1 } } },
    ],
  },
});
