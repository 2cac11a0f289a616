// Examples and completion, which need more than npm installs (bash, zsh, fish, curl, jq, openssl, coreutils, Python):
// `npm run test:examples`.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/examples/*.example.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
