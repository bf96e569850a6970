import { defineConfig } from 'vitest/config';

// Tests that take long have names of their own: `npm run test:long`.
export default defineConfig({
  test: { include: ['test/**/*.test.ts'], exclude: ['test/**/*.long.test.ts'], testTimeout: 30_000 },
});
