// A database that is away is the caller's to try again, not a fault of the request.
import { Problem } from '../http/problem.ts';
import { CommitUnconfirmed } from './commit-limit.ts';
import { DatabaseUnavailable } from './connection.ts';

const RETRY_AFTER_SECONDS = 2;

// Class 08 connection exceptions, 57P0x shutdowns, 53xxx resources, 55P03 lock and 57014 statement time-outs,
// 25P03 sessions that were silent too long, 40xxx deadlocks and serialisation failures: nothing was done, and the next try may go through.
const PASSING = /^(08...|57P0[1-5]|53...|55P03|57014|25P03|40...)$/;
const NODE_ERRORS = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);

/** 503 with Retry-After for an error that says the database is away or busy. */
export function translateDatabaseError(error: unknown): Problem | undefined {
  if (error instanceof CommitUnconfirmed)
    return new Problem(
      'database_unavailable',
      'The database has not confirmed that this is stored for good. Repeat it: with the same Idempotency-Key it is stored once.',
      { headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) }, cause: error },
    );
  if (!isPassing(error)) return undefined;
  return new Problem(
    'database_unavailable',
    'The exchange cannot reach its database just now; nothing was done.',
    {
      headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) },
      cause: error,
    },
  );
}

function isPassing(error: unknown): boolean {
  if (error instanceof DatabaseUnavailable) return true;
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined) return PASSING.test(code) || NODE_ERRORS.has(code);
  // node-postgres has no code for a connection that broke while a query was under way.
  return /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/.test(
    error.message,
  );
}
