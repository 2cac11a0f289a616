// The credentials file: what is refused, in a line that says what to do and shows nothing of the file.
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Credentials, readCredentials, writeCredentials } from '../../src/client/credentials.ts';
import { exportPrivateJwk, generateKey } from '../../src/list/key-set.ts';

const key = exportPrivateJwk(generateKey());
const { publicJwk: rootKey } = generateKey();
const good: Credentials = { issuer: 'http://127.0.0.1:8080', clientId: 'c-1', privateKey: key, rootKey };

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chadan-client-'));
  file = join(directory, 'party.json');
});
afterEach(() => rm(directory, { recursive: true }));

const refusal = async (content: string): Promise<string> => {
  await writeFile(file, content, { mode: 0o600 });
  return readCredentials(file).then(
    () => 'accepted',
    (error: Error) => error.message,
  );
};

describe('a credentials file', () => {
  test('is written for its owner alone, and read back', async () => {
    await writeCredentials(file, good);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readCredentials(file)).toEqual(good);
  });

  test('is never overwritten', async () => {
    await writeFile(file, 'precious');
    await expect(writeCredentials(file, good)).rejects.toThrow(/exists already/);
    expect(await readFile(file, 'utf8')).toBe('precious');
  });

  test('that others can change is refused; one that they can read is warned of', async () => {
    await writeCredentials(file, good);
    await chmod(file, 0o640);
    const warnings: string[] = [];
    await readCredentials(file, (line) => warnings.push(line));
    expect(warnings).toEqual([`others can read the credentials file ${file}: chmod 600 ${file}`]);
    await chmod(file, 0o620);
    await expect(readCredentials(file)).rejects.toThrow(/others can change/);
  });

  test('that is not named, not there or not JSON is told apart', async () => {
    await expect(readCredentials('')).rejects.toThrow('give --credentials FILE or set CHADAN_CREDENTIALS');
    await expect(readCredentials(file)).rejects.toThrow(`there is no credentials file ${file}`);
    await expect(readCredentials(directory)).rejects.toThrow(/cannot be read \(EISDIR\)/);
    expect(await refusal('{"privateKey": "hush')).toBe(`the credentials file ${file} is not JSON`);
  });

  test.each([
    [{ ...good, rootKey: undefined, issuer: undefined }, 'lacks issuer, rootKey'],
    [{ ...good, issuer: 'http://127.0.0.1:8080/' }, 'issuer must be'],
    [{ ...good, issuer: 'ftp://x' }, 'issuer must be'],
    [{ ...good, clientId: 7 }, 'clientId must be'],
    [{ ...good, privateKey: rootKey }, 'privateKey must be'],
    [{ ...good, privateKey: { ...key, crv: 'P-384' } }, 'privateKey must be'],
    [{ ...good, privateKey: { ...key, x: rootKey.x, y: rootKey.y } }, 'privateKey must be'],
    [{ ...good, rootKey: key }, 'rootKey must be'],
    [[], 'lacks issuer, clientId, privateKey, rootKey'],
  ])('with a wrong field is refused without showing it', async (content, message) => {
    const said = await refusal(JSON.stringify(content));
    expect(said).toContain(message);
    expect(said).not.toContain('\n');
    expect(said).not.toContain(key.d);
  });
});
