// Types of the contract for src/http: `--write` makes them from openapi.yaml, `--check` fails when they are stale.
import { readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';

const CONTRACT = new URL('../openapi.yaml', import.meta.url);
const TARGET = new URL('../src/http/generated/openapi.ts', import.meta.url);
const HEADER = '// Made from openapi.yaml by `npm run generate`; not to be edited.\n';

const types = HEADER + astToString(await openapiTS(CONTRACT));
if (process.argv.includes('--write')) writeFileSync(TARGET, types);
else if (readFileSync(TARGET, 'utf8') !== types) {
  process.stderr.write('src/http/generated/openapi.ts is stale: run npm run generate\n');
  process.exitCode = 1;
}
