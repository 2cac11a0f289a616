// Gateways as their packages install them (Redis, Kannel, Kamailio, nginx, PostgreSQL): `npm run test:gateways`.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/gateways/*.gateway.ts'],
    // Each starts programs of its own: one after another they answer in time on a small machine.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
