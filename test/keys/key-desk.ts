// What the tests of keys share: the commands as an administrator types them on the host of a server, the key set as an
// outsider reads it, and a relay that remembers its alarms.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { addKeysCommand } from '../../src/keys/commands.ts';
import { type Jwk, type KeySet, verifyKeySet } from '../../src/list/key-set.ts';
import { openRelay, type Relay } from '../../src/sync/relay.ts';
import { type Ended, runWords } from '../setup/command.ts';
import type { Party, TestExchange } from '../setup/exchange.ts';

/** `chadan keys …`, as on the host of the exchange; whatever it prints is no secret. */
export async function keys(exchange: TestExchange, ...words: string[]): Promise<Ended> {
  const online = ['status', 'rotate', 'revoke', 'request', 'import'].includes(words[0] ?? '');
  const ended = await runWords(addKeysCommand, [
    'keys',
    ...words,
    ...(online ? ['--data', exchange.directory] : []),
  ]);
  const directory = join(exchange.directory, 'keys');
  for (const name of await readdir(directory)) {
    const { d } = JSON.parse(await readFile(join(directory, name), 'utf8')) as { d?: string };
    if (d) expect(ended.out + ended.err).not.toContain(d);
  }
  return ended;
}

/** The keys as `keys status --json` shows them. */
export async function statusOf(exchange: TestExchange) {
  const { out } = await keys(exchange, 'status', '--json');
  return JSON.parse(out) as {
    rootKeyHere: boolean;
    sequence: number | null;
    manifestKeys: { key: { kid: string }; state: string; here: boolean }[];
    tokenKeys: { key: { kid: string }; state: string; here: boolean }[];
  };
}

export async function keySetOf(exchange: TestExchange): Promise<KeySet> {
  const { text } = await exchange.anonymous.get('/v1/keys').expect(200);
  const nowSeconds = Math.floor(exchange.now().getTime() / 1000);
  const expected = { issuer: exchange.url, minimumSequence: 0, nowSeconds };
  return verifyKeySet(text, exchange.admin.credentials.rootKey as Jwk, expected);
}

/** The name of the key that signed a list's manifest. */
export async function signerOf(exchange: TestExchange, list = 'sender-numbers'): Promise<string> {
  const relay = await exchange.party('relay');
  const { text } = await relay.get(`/v1/lists/${list}/manifest`).expect(200);
  return JSON.parse(Buffer.from(text.split('.')[0] ?? '', 'base64url').toString()).kid;
}

export interface WatchedRelay {
  relay: Relay;
  alarms: string[];
}

export async function openWatched(exchange: TestExchange, party: Party, name: string): Promise<WatchedRelay> {
  const relay = await openRelay({
    dir: join(exchange.directory, name),
    lists: ['sender-numbers'],
    credentials: party.credentialsFile,
    now: () => exchange.now().getTime(),
  });
  const alarms: string[] = [];
  relay.on('alarm', (error) => alarms.push(error.code));
  return { relay, alarms };
}
