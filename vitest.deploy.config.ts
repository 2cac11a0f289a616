// What deploy/ holds, with the real tools: buildah, podman, systemd, kubectl, docker-compose; as root on Debian:
// `npm run test:deploy`.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/deploy/*.deploy.ts'],
    testTimeout: 900_000,
    hookTimeout: 900_000,
    fileParallelism: false,
  },
});
