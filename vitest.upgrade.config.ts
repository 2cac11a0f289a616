// The release before beside this one, from git: `npm run test:upgrade`. CHADAN_PREVIOUS names another commit.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/upgrade/*.upgrade.ts'], testTimeout: 300_000, hookTimeout: 600_000 },
});
