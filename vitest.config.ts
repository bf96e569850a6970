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
    // One less than there are cores if it is not said, which is half of a small machine.
    maxWorkers: '100%',
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
