// The log: lines of JSON on stderr. No error in it tells a value: PostgreSQL quotes rows in its details, and what it
// could not read in its messages.
import { type DestinationStream, type Logger, pino } from 'pino';

/** Deeper causes say nothing new. */
const MOST_CAUSES = 5;
/** Data exceptions, whose messages quote the input. */
const QUOTING = /^22/;

/** A logger. @param destination stderr by default */
export function createLog(level: string, destination: DestinationStream = pino.destination(2)): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: serializeError } },
    destination,
  );
}

interface LoggedError {
  type: string;
  message: string;
  code?: string;
  constraint?: string;
  table?: string;
  stack?: string;
  cause?: LoggedError;
}

/** What of an error may be written down. */
export function serializeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, constraint, table, severity } = error as unknown as Record<string, unknown>;
  const isQuoting = severity !== undefined && typeof code === 'string' && QUOTING.test(code);
  const message = isQuoting ? error.message.replaceAll(/"[^"]*"/g, '"…"') : error.message;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    type: error.name,
    message,
    ...(typeof code === 'string' && { code }),
    ...(typeof constraint === 'string' && { constraint }),
    ...(typeof table === 'string' && { table }),
    stack: frames.join('\n'),
    ...(error.cause !== undefined &&
      depth < MOST_CAUSES && { cause: serializeError(error.cause, depth + 1) }),
  } as LoggedError;
}
