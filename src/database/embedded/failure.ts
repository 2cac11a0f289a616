// The one error of the embedded database. Its message says what the operator may do; it never holds the password.

export type EmbeddedFailure =
  | 'unsupported' // no PostgreSQL that can run here: DATABASE_URL is needed
  | 'in-use' // another process serves this data directory
  | 'unreachable' // the directories cannot be used by the user that must run PostgreSQL
  | 'damaged' // something that was there is missing or of another version
  | 'start' // initdb or postgres failed
  | 'lost'; // it ran, and is gone or taken over

/** Why the embedded PostgreSQL is not to be had. */
export class EmbeddedDatabaseError extends Error {
  override readonly name = 'EmbeddedDatabaseError';
  readonly code: EmbeddedFailure;

  constructor(code: EmbeddedFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The errno of a system error, undefined for anything else. */
export function errno(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
