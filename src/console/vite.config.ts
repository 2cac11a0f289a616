// The console's own build: src/console → dist/console, which the server serves at `/`.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: { outDir: '../../dist/console', emptyOutDir: true, chunkSizeWarningLimit: 700 },
  // `npx vite src/console` beside a running exchange: the pages from here, the API from there.
  server: { host: '127.0.0.1', proxy: { '/v1': process.env['CHADAN_ISSUER'] ?? 'http://127.0.0.1:8080' } },
});
