// The exercises of the handbook and of the API guide, command by command as they are printed there; they need bash, curl,
// jq and the programs of PostgreSQL: `npm run test:handbook`.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/handbook/*.walk.ts'], testTimeout: 900_000, hookTimeout: 900_000 },
});
