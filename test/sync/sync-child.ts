// A process that syncs a directory again and again until it is killed; it says when each sync is done.
import { readFileSync } from 'node:fs';
import type { Credentials } from '../../src/client/credentials.ts';
import { openRelay } from '../../src/sync/relay.ts';

const [dir = '', file = '', rounds = '1000'] = process.argv.slice(2);
const credentials = JSON.parse(readFileSync(file, 'utf8')) as Credentials;
const relay = await openRelay({ dir, credentials, lists: ['sender-numbers'] });
process.stdout.write('open\n');
for (let round = 0; round < Number(rounds); round++) {
  const [report] = await relay.sync();
  process.stdout.write(`${report?.outcome} ${report?.version} ${report?.error?.code ?? ''}\n`);
}
