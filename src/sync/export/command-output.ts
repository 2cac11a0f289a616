// An export handed to a command on its standard input, as a shell's pipe would, but with its end known: it took
// the export only if it read all of it and ended with 0.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CommandError } from '../../client/command.ts';
import { gathered } from './file-output.ts';

/** @throws CommandError where the command did not take it */
export async function giveTo(
  command: string,
  texts: Iterable<string>,
  variables: Record<string, string>,
): Promise<void> {
  const child = spawn(command, {
    shell: true,
    env: { ...process.env, ...variables },
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const given = pipeline(Readable.from(gathered(texts)), child.stdin).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
      return false;
    },
  );
  // Both are waited for, whichever fails: nothing may run on behind a failure.
  const [end, isRead] = await Promise.allSettled([ended, given]);
  if (end.status === 'rejected') throw new CommandError(`the command of --to cannot run: ${end.reason}`);
  if (isRead.status === 'rejected') throw isRead.reason;
  const [code, signal] = end.value;
  if (code !== 0) throw new CommandError(`the command of --to failed (${signal ?? `exit code ${code}`})`);
  if (!isRead.value) throw new CommandError('the command of --to did not read all that it was given');
}
