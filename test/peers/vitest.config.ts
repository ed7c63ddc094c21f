import { defineConfig } from 'vitest/config';

/** The checks against other engines, which need Python: `npm run test:peers`. */
export default defineConfig({
  test: {
    include: ['test/peers/*/*.peer.ts'],
    globalSetup: ['test/peers/install.ts'],
    // A batch of cases is one process of Python.
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
    maxWorkers: 2,
  },
});
