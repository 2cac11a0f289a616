// After tsc: what the package needs beside the compiled code. The command must be executable, for `npx chadan`
// in a clone links to it as it is; the readable contract needs its script without the development packages.
import { chmodSync, copyFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const dist = (name) => fileURLToPath(new URL(`../dist/${name}`, import.meta.url));

chmodSync(dist('cli.js'), 0o755);
copyFileSync(
  createRequire(import.meta.url).resolve('redoc/bundles/redoc.standalone.js'),
  dist('redoc.standalone.js'),
);
