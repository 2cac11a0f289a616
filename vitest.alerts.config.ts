// Alert rules and dashboard by Prometheus's own promtool, which starts nothing: `npm run test:alerts`.
import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { include: ['test/alerts/*.alerts.ts'], testTimeout: 180_000 } });
