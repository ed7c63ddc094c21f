import { defineConfig } from 'vitest/config';

/** Tests in a real browser: needs Chromium, named by CHROMIUM or at /usr/bin/chromium. */
export default defineConfig({
  test: {
    include: ['test/browser/*.browser.ts'],
    testTimeout: 120_000,
    hookTimeout: 300_000,
    maxWorkers: 1,
  },
});
