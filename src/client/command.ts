// How every command of `chadan` ends: what goes wrong is one line on stderr that says what to do, and an exit
// code. A stack is shown only with NODE_DEBUG=chadan.
import { debuglog } from 'node:util';

const debug = debuglog('chadan');

/** The option that every command which talks to the exchange has. */
export const CREDENTIALS_OPTION = [
  '--credentials <file>',
  'credentials file (default: the one that CHADAN_CREDENTIALS names)',
] as const;

/** A command that fails as foreseen. The message is one line; it says what to do and holds no secret. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;

  constructor(message: string, exitCode = 1, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/**
 * Wraps the action of a command: `program.command('x').action(runCommand(async (options) => …))`.
 * A number that it gives back is the exit code; what it throws is printed in one line.
 */
export function runCommand<Args extends unknown[]>(
  // biome-ignore lint/suspicious/noConfusingVoidType: an action may end without saying anything
  action: (...args: Args) => Promise<number | void>,
): (...args: Args) => Promise<void> {
  return async (...args) => {
    try {
      process.exitCode = (await action(...args)) ?? 0;
    } catch (error) {
      process.exitCode = reportFailure(error);
    }
  };
}

/** Prints what went wrong in one line on stderr and gives back the exit code. */
export function reportFailure(error: unknown): number {
  debug('%O', error);
  process.stderr.write(`chadan: ${describeFailure(error)}\n`);
  return error instanceof CommandError ? error.exitCode : 1;
}

/** The error as one line. What has no `code` was not foreseen, and is said to be a fault of the program. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return `internal error: ${oneLine(String(error))}`;
  const isForeseen = error instanceof CommandError || typeof (error as { code?: unknown }).code === 'string';
  return isForeseen
    ? oneLine(error.message)
    : `internal error: ${oneLine(error.message)} (NODE_DEBUG=chadan shows more)`;
}

/** Prints a value as JSON on one line of stdout. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, '; ');
}
