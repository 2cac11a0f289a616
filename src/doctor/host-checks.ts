// What lies on the host: the data directory, its disk, the keys and who may read them.
import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { KeyFileError, openKeys, openSecretKey, type ServerKeys } from '../keys/key-files.ts';
import type { Settings } from '../settings.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const GIB = 1024 ** 3;
/** Below this, and a tenth of the disk, somebody should look. */
const LITTLE_BYTES = 5 * GIB;

export async function checkDataDirectory({ dataDirectory, diskMinimumBytes }: Settings): Promise<Finding[]> {
  try {
    await access(dataDirectory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const advice = `give CHADAN_DATA a directory that the server's user may write`;
    return [fail('data', `${dataDirectory} cannot be used (${code})`, advice)];
  }
  return [ok('data', dataDirectory), await checkDisk(dataDirectory, diskMinimumBytes)];
}

async function checkDisk(directory: string, minimum: number): Promise<Finding> {
  const { bavail, blocks, bsize } = await statfs(directory);
  const says = `${(Number(bavail * bsize) / GIB).toFixed(1)} GiB free under ${directory}`;
  return diskFinding({ free: bavail * bsize, all: blocks * bsize, minimum }, says);
}

interface Disk {
  /** Bytes. */
  free: number;
  all: number;
  /** Below, a server says that it is not ready. */
  minimum: number;
}

export function diskFinding({ free, all, minimum }: Disk, says: string): Finding {
  const advice =
    'make room: artifacts/ is a cache of up to 4 GiB and may be emptied; the database grows for ever';
  if (free < minimum) return fail('disk', says, advice);
  return free < LITTLE_BYTES && free < all / 10 ? warn('disk', says, advice) : ok('disk', says);
}

/** Opens the keys as a server does. */
export async function checkKeys(
  settings: Settings,
): Promise<{ keys: ServerKeys | undefined; findings: Finding[] }> {
  const directory = join(settings.dataDirectory, 'keys');
  try {
    const keys = await openKeys(directory, { create: false, warn: () => undefined });
    await openSecretKey(directory, { create: false });
    const findings = [
      ok(
        'keys',
        `${keys.manifest.keys.length} manifest and ${keys.token.keys.length} token keys in ${directory}`,
      ),
      rootFinding(keys, directory),
      ...(await checkPermissions(settings.dataDirectory)),
    ];
    return { keys, findings };
  } catch (error) {
    if (!(error instanceof KeyFileError)) throw error;
    const advice = 'put back the keys directory of the first server, each file readable by its user alone';
    return { keys: undefined, findings: [fail('keys', error.message, advice)] };
  }
}

function rootFinding({ root }: ServerKeys, directory: string): Finding {
  if (!root) return ok('root key', 'its private half is not on this host');
  const advice = 'keep it on another machine: see "The root key off the server" in docs/operations.md';
  return warn(
    'root key',
    `its private half is in ${directory}: whoever has it speaks for the exchange`,
    advice,
  );
}

async function checkPermissions(dataDirectory: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [name, forbidden] of [
    ['keys', 0o022],
    ['admin.json', 0o077],
    ['invitation.txt', 0o077],
  ] as const) {
    const file = join(dataDirectory, name);
    const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined; // moved to a safe place
      throw error;
    });
    if (!found || (found.mode & forbidden) === 0) continue;
    const what = forbidden === 0o022 ? 'write' : 'read';
    findings.push(fail('permissions', `others can ${what} ${file}`, `chmod go-rwx ${file}`));
  }
  return findings.length > 0 ? findings : [ok('permissions', 'nobody else can read what is secret')];
}
