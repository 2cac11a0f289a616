// After tsc: the command must be executable, for `npx chadan` in a clone links to it as it is.
import { chmodSync } from 'node:fs';

chmodSync(new URL('../dist/cli.js', import.meta.url), 0o755);
