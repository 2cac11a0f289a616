// The console in a real browser: `npm run test:browser`. Needs Chromium (CHROMIUM names another than the system's).
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/console/*.browser.ts'],
    globalSetup: ['test/setup/global.ts'],
    pool: 'threads',
    // One browser at a time: each test measures itself against what a person would wait.
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // Conditions are waited for: on a busy machine they take as long as they take.
    expect: { poll: { timeout: 45_000, interval: 50 } },
  },
});
