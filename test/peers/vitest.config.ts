import { defineConfig } from 'vitest/config';

/** The checks against other engines, which need Python: `npm run test:peers`. */
export default defineConfig({
  test: {
    include: ['test/peers/*/*.peer.ts'],
    // A first run installs packages; a batch of cases is one process of Python.
    testTimeout: 600_000,
    hookTimeout: 900_000,
    // Two files of one peer would install the same packages at once.
    maxWorkers: 1,
  },
});
