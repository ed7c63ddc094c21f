import { defineConfig } from 'vitest/config';

/** The suite over a deployed stack: see run.mjs. */
export default defineConfig({
  test: {
    include: ['test/stack/*.e2e.ts'],
    testTimeout: 180_000,
    hookTimeout: 420_000,
  },
});
