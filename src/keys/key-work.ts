// What the `chadan keys` commands do. The order is always: the file first, durable, then the word of it. A command that
// is ended in between leaves a key that signs nothing.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError, printJson } from '../client/command.ts';
import { readCredentials } from '../client/credentials.ts';
import { ExchangeClient } from '../client/exchange-client.ts';
import { FormatError } from '../list/format-error.ts';
import { generateKey, type Jwk } from '../list/key-set.ts';
import { createKeyFile, KeyFileError, readPrivateKey, writePrivate } from './key-files.ts';
import { type KeySetDraft, nextSequence, readDraft, signDraft } from './key-set-draft.ts';

export interface KeyOptions {
  data?: string;
  credentials?: string;
}

/** GET /v1/signing-keys. */
interface SigningKeys {
  rootKey: Jwk;
  rootKeyHere: boolean;
  keySet: string | null;
  sequence: number | null;
  expiresAt: string | null;
  manifestKeys: { key: Jwk & { kid: string }; state: string; here: boolean }[];
}

/** GET /v1/token-keys. */
interface TokenKeys {
  items: { key: Jwk & { kid: string }; state: string; here: boolean; createdAt: string }[];
}

/** As the server signs for itself. */
const LIFE_SECONDS = 90 * 86_400;
const DAY_SECONDS = 86_400;

/** `keys status` */
export async function showKeys(options: KeyOptions & { json?: boolean }): Promise<void> {
  const exchange = await connect(options);
  const lists = await exchange.requestJson<SigningKeys>('/v1/signing-keys');
  const tokens = await exchange.requestJson<TokenKeys>('/v1/token-keys');
  if (options.json) return printJson({ ...lists, tokenKeys: tokens.items });
  const where = lists.rootKeyHere ? 'on the server' : 'kept elsewhere';
  say(`root      ${lists.rootKey.kid}\t${where}`);
  if (lists.sequence === null) say('key set   none yet: chadan keys request, sign, import');
  else say(`key set   sequence ${lists.sequence}\texpires ${lists.expiresAt}`);
  for (const { key, state, here } of lists.manifestKeys) say(row('manifest', key.kid, state, here));
  for (const { key, state, here } of tokens.items) say(row('token   ', key.kid, state, here));
}

/** `keys rotate` */
export async function rotateKey(options: KeyOptions & { token?: boolean; out?: string }): Promise<void> {
  const exchange = await connect(options);
  if (options.token) return rotateTokenKey(exchange, options);
  const signer = await findSigner(options);
  const { state, keys: before } = await inForce(exchange);
  const added = await createKeyFile(keysDirectory(options), 'manifest');
  // Two at most: what the last but one signed has expired long since.
  await settle(exchange, draft(exchange, state, [added.key.publicJwk, ...before.slice(0, 1)]), signer);
  sayNewKey(added);
}

/** `keys revoke` */
export async function revokeKey(kid: string, options: KeyOptions & { out?: string }): Promise<void> {
  const exchange = await connect(options);
  const tokens = await exchange.requestJson<TokenKeys>('/v1/token-keys');
  if (tokens.items.some(({ key }) => key.kid === kid)) {
    if (tokens.items.length === 1) await rotateTokenKey(exchange, options);
    await exchange.requestJson(`/v1/token-keys/${kid}`, { method: 'DELETE' });
    return say('revoked: what it signed is refused within 5 seconds');
  }
  const { state, keys: before } = await inForce(exchange);
  if (!before.some((key) => key.kid === kid)) throw new CommandError('no key in force has this name');
  const signer = await findSigner(options);
  const others = before.filter((key) => key.kid !== kid);
  // A new key always: readers keep the key set that they have, and fetch the next one when they meet a key that it lacks.
  const added = await createKeyFile(keysDirectory(options), 'manifest');
  await settle(exchange, draft(exchange, state, [added.key.publicJwk, ...others.slice(0, 1)]), signer);
  sayNewKey(added);
  if (signer.root) say('revoked: every manifest is signed anew');
}

/** `keys request` */
export async function requestKeySet(options: KeyOptions & { out: string }): Promise<void> {
  const exchange = await connect(options);
  const { state, keys } = await inForce(exchange);
  // Before the first key set there are but the keys that the server made at its first start.
  const asked = keys.length > 0 ? keys : state.manifestKeys.map(({ key }) => key);
  await settle(exchange, draft(exchange, state, asked), { out: options.out });
}

/** `keys import` */
export async function importFile(file: string, options: KeyOptions): Promise<void> {
  const exchange = await connect(options);
  const jws = await readText(file);
  await putKeySet(exchange, jws.trim());
  say('in force');
}

/** `keys sign` */
export async function signRequest(
  file: string,
  options: { rootKey: string; out: string; days: number },
): Promise<void> {
  const wanted = parseRequest(await readText(file), file);
  const rootKey = await readPrivateKey(options.rootKey);
  const jws = signDraft(wanted, rootKey, Math.floor(Date.now() / 1000), options.days * DAY_SECONDS);
  await writeNew(options.out, `${jws}\n`);
  say(`root      ${rootKey.kid}\nissuer    ${wanted.iss}\nsequence  ${wanted.sequence}`);
  for (const { kid } of wanted.keys) say(`key       ${kid}`);
  say(`good for  ${options.days} days`);
}

/** `keys create-root` */
export async function createRoot(out: string): Promise<void> {
  const root = generateKey();
  await writePrivate(out, root);
  const publicFile = `${out.replace(/\.json$/, '')}.pub.json`;
  await writeNew(publicFile, `${JSON.stringify(root.publicJwk, null, 2)}\n`);
  say(`root      ${root.kid}\nprivate   ${out}\npublic    ${publicFile}`);
}

async function rotateTokenKey(exchange: ExchangeClient, options: KeyOptions): Promise<void> {
  const added = await createKeyFile(keysDirectory(options), 'token');
  const { kty, crv, x, y } = added.key.publicJwk;
  const { items } = await exchange.requestJson<TokenKeys>('/v1/token-keys', {
    ...json({ publicKey: { kty, crv, x, y } }),
    method: 'POST',
  });
  // The last one stays: tokens that it signed are about.
  for (const { key: old } of items.slice(2))
    await exchange.requestJson(`/v1/token-keys/${old.kid}`, { method: 'DELETE' });
  sayNewKey(added);
}

/** What signs: the root key of this host, or someone elsewhere who gets a file. */
interface Signer {
  root?: Awaited<ReturnType<typeof readPrivateKey>>;
  out?: string;
}

async function findSigner(options: KeyOptions & { out?: string }): Promise<Signer> {
  if (options.out !== undefined) return { out: options.out };
  const file = join(keysDirectory(options), 'root.json');
  try {
    return { root: await readPrivateKey(file) };
  } catch (error) {
    const isAway = ((error as KeyFileError).cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
    if (!(error instanceof KeyFileError) || !isAway) throw error;
    throw new CommandError(
      `there is no root key at ${file}: give --out FILE, and have that signed elsewhere`,
    );
  }
}

async function settle(exchange: ExchangeClient, wanted: KeySetDraft, { root, out }: Signer): Promise<void> {
  if (out !== undefined) {
    await writeNew(out, `${JSON.stringify(wanted, null, 2)}\n`);
    say(`request   ${out}: chadan keys sign where the root key is, then chadan keys import here`);
  } else if (root) {
    await putKeySet(exchange, signDraft(wanted, root, Math.floor(Date.now() / 1000), LIFE_SECONDS));
  }
}

function putKeySet(exchange: ExchangeClient, jws: string): Promise<unknown> {
  return exchange.requestJson('/v1/keys', {
    method: 'PUT',
    headers: { 'content-type': 'application/jwt' },
    body: jws,
  });
}

async function inForce(
  exchange: ExchangeClient,
): Promise<{ state: SigningKeys; keys: (Jwk & { kid: string })[] }> {
  const state = await exchange.requestJson<SigningKeys>('/v1/signing-keys');
  const keys = state.manifestKeys.filter((one) => one.state !== 'unused').map(({ key }) => key);
  return { state, keys };
}

function draft(exchange: ExchangeClient, { sequence }: SigningKeys, keys: Jwk[]): KeySetDraft {
  const nowSeconds = Math.floor(Date.now() / 1000);
  return { iss: exchange.credentials.issuer, sequence: nextSequence(sequence ?? 0, nowSeconds), keys };
}

async function connect(options: KeyOptions): Promise<ExchangeClient> {
  const file = options.credentials ?? process.env['CHADAN_CREDENTIALS'];
  return new ExchangeClient(await readCredentials(file || join(dataDirectory(options), 'admin.json')));
}

function dataDirectory({ data }: KeyOptions): string {
  return data ?? (process.env['CHADAN_DATA'] || 'data');
}

function keysDirectory(options: KeyOptions): string {
  return join(dataDirectory(options), 'keys');
}

function parseRequest(text: string, file: string): KeySetDraft {
  try {
    return readDraft(JSON.parse(text));
  } catch (error) {
    // A parser's message may quote the text, and a key file may have been given by mistake.
    const reason = error instanceof FormatError ? error.message : 'not JSON';
    throw new CommandError(`${file} is no request: ${reason}`);
  }
}

function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(`${file} cannot be read (${error.code})`);
  });
}

async function writeNew(file: string, text: string): Promise<void> {
  await writeFile(file, text, { flag: 'wx', mode: 0o644 }).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(
      error.code === 'EEXIST' ? `${file} exists already` : `${file} cannot be written (${error.code})`,
    );
  });
}

function json(body: unknown): { headers: Record<string, string>; body: string } {
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function sayNewKey({ key, file }: Awaited<ReturnType<typeof createKeyFile>>): void {
  say(`new key   ${key.kid}\nits file  ${file}: copy it to every other server, mode 0600`);
}

function row(use: string, kid: string, state: string, here: boolean): string {
  return `${use}  ${kid}\t${state}${here ? '' : '\tits file is missing here'}`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
