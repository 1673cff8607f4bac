import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A hang is a bug worth seeing, a slow machine is not: the limits are far above what any test needs.
    testTimeout: 60_000, // 60 seconds
    hookTimeout: 60_000, // 60 seconds
    maxWorkers: 2,
  },
});
