// The release before this one, out of git into a directory of its own, with what it needs installed.
import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Where no release is tagged yet: the last commit before migrations said whether they are breaking. */
const FIRST = 'b81b06377be116d41b06bbc1d4b8d81826bf71ae';

/**
 * Checks the release before out.
 * @returns its commit
 * @throws Error where this clone lacks it, as a shallow one does
 */
export async function checkOutPrevious(directory: string): Promise<string> {
  const commit = await findPrevious();
  const archive = join(directory, 'previous.tar');
  await mkdir(directory, { recursive: true });
  await git('archive', '--format=tar', '--output', archive, commit);
  await run('tar', ['-xf', archive, '-C', directory]);
  await install(directory);
  return commit;
}

async function findPrevious(): Promise<string> {
  const wanted = process.env['CHADAN_PREVIOUS'] ?? (await newestTag()) ?? FIRST;
  try {
    return await git('rev-parse', '--verify', `${wanted}^{commit}`);
  } catch (cause) {
    const isShallow = (await git('rev-parse', '--is-shallow-repository')) === 'true';
    const advice = isShallow
      ? 'this clone is shallow: git fetch --unshallow --tags'
      : 'CHADAN_PREVIOUS names another commit';
    throw new Error(`${wanted}, the release before this one, is not in this repository; ${advice}`, {
      cause,
    });
  }
}

/** The newest tag that leads here, and is not here itself. */
async function newestTag(): Promise<string | undefined> {
  const tags = await git('tag', '--merged', 'HEAD', '--no-contains', 'HEAD', '--sort=-version:refname', 'v*');
  return tags.split('\n')[0] || undefined;
}

/** The packages of here where the lock files agree; else its own, from npm's cache as far as that goes. */
async function install(directory: string): Promise<void> {
  const lock = (place: string) => readFile(join(place, 'package-lock.json'), 'utf8');
  if ((await lock(ROOT)) === (await lock(directory)))
    await symlink(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
  else await run('npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: directory });
}

async function git(...words: string[]): Promise<string> {
  const { stdout } = await run('git', ['-C', ROOT, ...words]);
  return stdout.trim();
}
