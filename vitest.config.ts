import { defineConfig } from 'vitest/config';

/** Tests that leave nothing behind in their process, neither environment nor directory nor spies. */
const PURE = ['contract', 'contracts', 'core', 'formats', 'report', 'strategies', 'sweep'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);

export default defineConfig({
  test: {
    // Guards against what hangs, not a claim about time: a loaded machine is slow.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Many tests wait for processes and sockets: two files at a time even where the default is one.
    maxWorkers: 2,
    projects: [
      // In one process after the other: to start one for each file and load the same modules took longer than most tests.
      { extends: true, test: { name: 'pure', include: PURE, isolate: false } },
      { extends: true, test: { name: 'outside', include: ['test/**/*.test.ts'], exclude: PURE } },
    ],
  },
});
