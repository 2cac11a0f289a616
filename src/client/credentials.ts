// The credentials file: who a party is (its client and private key) and whom it trusts (the pinned root key).
// Nothing of the file's content may ever reach an error message or a log.
import { open, unlink } from 'node:fs/promises';
import { importPrivateJwk, type Jwk, type PrivateJwk, readJwk } from '../list/jwk.ts';

export type PublicKeyJwk = Jwk;
export type PrivateKeyJwk = PrivateJwk;

/** Whom a reader of lists believes, and where it reads. */
export interface Pinned {
  /** The exchange's base URL, which every signature names; without a slash at its end. */
  issuer: string;
  /** The agency's root key, pinned when the party joined. */
  rootKey: PublicKeyJwk;
  /** Where the lists are read instead: a relay that mirrors them. It is not trusted with anything. */
  mirror?: Mirror;
}

export interface Mirror {
  /** Base URL without a slash at its end. */
  url: string;
  /** What the mirror's operator handed out; it goes to the mirror alone. */
  token?: string;
}

/** Of a client of the exchange itself. */
export interface Credentials extends Pinned {
  clientId: string;
  /** The client's own ES256 key. */
  privateKey: PrivateKeyJwk;
}

/** A credentials file that cannot be used; the message is one line that says what to do. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
  readonly code = 'bad_credentials';
}

const MAX_BYTES = 64 * 1024;
const GROUP_OR_OTHER_WRITES = 0o022;
const GROUP_OR_OTHER_READS = 0o044;

/**
 * Reads and checks a credentials file.
 * @param file its path; without one the variable CHADAN_CREDENTIALS names it
 * @param warn told, in one line, that others can read the file
 * @throws CredentialsError
 */
export async function readCredentials(
  file: string | undefined = process.env['CHADAN_CREDENTIALS'],
  warn?: (line: string) => void,
): Promise<Credentials> {
  if (file === undefined || file === '') {
    throw new CredentialsError('no credentials: give --credentials FILE or set CHADAN_CREDENTIALS');
  }
  return checkCredentials(await readJson(file, warn), file);
}

/**
 * As `readCredentials`, for who only reads lists: the file of a mirror's reader has no client and no key.
 * @throws CredentialsError
 */
export async function readReaderCredentials(
  file: string | undefined = process.env['CHADAN_CREDENTIALS'],
  warn?: (line: string) => void,
): Promise<Credentials | Pinned> {
  if (file === undefined || file === '') return readCredentials(file, warn);
  const parsed = await readJson(file, warn);
  const fields = fieldsOf(parsed);
  const isReader = fields['mirror'] !== undefined && fields['privateKey'] === undefined;
  return isReader ? checkPinned(fields, file) : checkCredentials(parsed, file);
}

/** Whether these are a client's of the exchange itself. */
export function isClient(credentials: Credentials | Pinned): credentials is Credentials {
  return 'privateKey' in credentials;
}

async function readJson(file: string, warn = warnOnStderr): Promise<unknown> {
  const text = await readPrivateFile(file, warn);
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which holds the private key: it is dropped on purpose.
    throw new CredentialsError(`the credentials file ${file} is not JSON`);
  }
}

function warnOnStderr(line: string): void {
  process.stderr.write(`chadan: ${line}\n`);
}

function fieldsOf(parsed: unknown): Record<string, unknown> {
  return (typeof parsed === 'object' && parsed !== null ? parsed : {}) as Record<string, unknown>;
}

/** The file's text, if nobody else can have written it. The checks are on what was opened, not on the name. */
async function readPrivateFile(file: string, warn: (line: string) => void): Promise<string> {
  try {
    const handle = await open(file, 'r');
    try {
      const { mode, size } = await handle.stat();
      const isPosix = process.platform !== 'win32';
      if (isPosix && (mode & GROUP_OR_OTHER_WRITES) !== 0) {
        throw new CredentialsError(`others can change the credentials file ${file}: chmod 600 ${file}`);
      }
      if (isPosix && (mode & GROUP_OR_OTHER_READS) !== 0) {
        warn(`others can read the credentials file ${file}: chmod 600 ${file}`);
      }
      if (size > MAX_BYTES) throw new CredentialsError(`the credentials file ${file} is too large to be one`);
      return await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof CredentialsError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new CredentialsError(`there is no credentials file ${file}`);
    throw new CredentialsError(`the credentials file ${file} cannot be read (${code ?? 'unknown error'})`);
  }
}

/**
 * Gives back parsed JSON as credentials, without fields it does not know.
 * @param source what it is called in errors
 * @throws CredentialsError
 */
export function checkCredentials(parsed: unknown, source = 'credentials'): Credentials {
  const fields = fieldsOf(parsed);
  requireFields(fields, ['issuer', 'clientId', 'privateKey', 'rootKey'], source);
  const { clientId, privateKey } = fields;
  const pinned = checkPinned(fields, source);
  if (typeof clientId !== 'string' || clientId === '' || clientId.length > 200) {
    throw new CredentialsError(`${source}: clientId must be a text`);
  }
  if (!isPrivateKey(privateKey))
    throw new CredentialsError(`${source}: privateKey must be a private ES256 JWK (P-256)`);
  return { ...pinned, clientId, privateKey };
}

function requireFields(fields: Record<string, unknown>, names: string[], source: string): void {
  const missing = names.filter((name) => fields[name] === undefined);
  if (missing.length > 0) throw new CredentialsError(`${source} lacks ${missing.join(', ')}`);
}

function checkPinned(fields: Record<string, unknown>, source: string): Pinned {
  requireFields(fields, ['issuer', 'rootKey'], source);
  const { issuer, rootKey, mirror } = fields;
  if (!isIssuer(issuer))
    throw new CredentialsError(`${source}: issuer must be an http(s) URL without / at its end`);
  if (!isPublicKey(rootKey))
    throw new CredentialsError(`${source}: rootKey must be a public ES256 JWK (P-256)`);
  return { issuer, rootKey, ...(mirror !== undefined && { mirror: checkMirror(mirror, source) }) };
}

function checkMirror(mirror: unknown, source: string): Mirror {
  const { url, token } = fieldsOf(mirror);
  if (!isIssuer(url))
    throw new CredentialsError(`${source}: mirror.url must be an http(s) URL without / at its end`);
  if (token === undefined) return { url };
  if (typeof token !== 'string' || !/^[\w.~+/-]{1,512}=*$/.test(token))
    throw new CredentialsError(`${source}: mirror.token must be a bearer token`);
  return { url, token };
}

function isIssuer(issuer: unknown): issuer is string {
  if (typeof issuer !== 'string' || issuer.endsWith('/') || !URL.canParse(issuer)) return false;
  const { protocol, search, hash, username, password } = new URL(issuer);
  return /^https?:$/.test(protocol) && search + hash + username + password === '';
}

function isPrivateKey(jwk: unknown): jwk is PrivateKeyJwk {
  try {
    importPrivateJwk(jwk);
    return true;
  } catch {
    return false; // the reason may not be told: it is about a secret
  }
}

/** Whether this is a P-256 public key as JWK; one that carries a private part is not. */
export function isPublicKey(jwk: unknown): jwk is PublicKeyJwk {
  try {
    readJwk(jwk);
    return typeof jwk === 'object' && jwk !== null && !('d' in jwk);
  } catch {
    return false;
  }
}

/**
 * Writes a new credentials file, mode 0600, durable when this returns. It never overwrites.
 * @throws CredentialsError where the file exists or cannot be written
 */
export async function writeCredentials(file: string, credentials: Credentials): Promise<void> {
  const { issuer, clientId, privateKey, rootKey } = checkCredentials(credentials);
  const handle = await open(file, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') throw new CredentialsError(`${file} exists already: choose another name`);
    throw new CredentialsError(`${file} cannot be written (${error.code ?? 'unknown error'})`);
  });
  try {
    await handle.writeFile(`${JSON.stringify({ issuer, clientId, privateKey, rootKey }, null, 2)}\n`);
    await handle.sync();
  } catch (error) {
    await unlink(file);
    throw new CredentialsError(
      `${file} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
    );
  } finally {
    await handle.close();
  }
}
