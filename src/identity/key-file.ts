// The public half of a key made elsewhere, read from a file.
import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { CommandError } from '../client/command.ts';
import { type ClientKey, readPublicKey } from './public-key.ts';

/**
 * Reads a public key, as JWK or PEM.
 * @throws CommandError; it quotes nothing of the file, which may hold a private key by mistake
 */
export async function readKeyFile(file: string): Promise<ClientKey> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(`the key file ${file} cannot be read (${error.code ?? 'unknown error'})`);
  });
  const jwk = parseKey(text);
  if (jwk === undefined) throw new CommandError(`${file} holds no public key, as JWK or PEM`);
  if ('d' in jwk) throw new CommandError(`${file} holds a private key: give its public half alone`);
  const key = readPublicKey(jwk);
  if (!key) throw new CommandError(`the key in ${file} is no ES256 key (on the curve P-256)`);
  return key;
}

function parseKey(text: string): JsonWebKey | undefined {
  // createPublicKey would take a private key, too, and silently derive the public one.
  if (text.includes('PRIVATE KEY-----')) return { d: '' };
  try {
    if (text.includes('-----BEGIN PUBLIC KEY-----')) return createPublicKey(text).export({ format: 'jwk' });
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as JsonWebKey) : undefined;
  } catch {
    return undefined; // the parsers' messages quote the text
  }
}
