import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Vite would take graphql's ES modules for our files and Node its CommonJS ones for Pothos and Yoga: two realms.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    // A hang is a bug worth seeing, a slow machine is not: the limits are far above what any test needs.
    testTimeout: 60_000, // 60 seconds
    hookTimeout: 60_000, // 60 seconds
    maxWorkers: 2,
    // A machine of CI is shared: a test that fails once and passes then is listed as such, and does not stop a change.
    retry: process.env.CI === undefined ? 0 : 2,
  },
});
