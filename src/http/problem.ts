// The one way to refuse a request: a code of the contract, its status in one table (RFC 9457).
// Anything thrown that is not a Problem is a bug, and is answered with a bare 500.
import type { components } from './generated/openapi.ts';

export type ProblemCode = components['schemas']['ProblemCode'];
export type FieldError = components['schemas']['FieldError'];
export type ProblemBody = components['schemas']['Problem'];

const STATUS: Record<ProblemCode, number> = {
  invalid_request: 400,
  invalid_json: 400,
  invalid_csv: 400,
  invalid_ndjson: 400,
  invalid_encoding: 400,
  unknown_column: 400,
  incomplete_body: 400,
  invalid_cursor: 400,
  invalid_value: 400,
  version_above_current: 400,
  invalid_receipt: 400,
  key_set_refused: 400,
  invalid_token: 401,
  invalid_credentials: 401,
  insufficient_scope: 403,
  cross_site_request: 403,
  not_found: 404,
  method_not_allowed: 405,
  already_exists: 409,
  role_does_not_fit: 409,
  client_revoked: 409,
  submission_in_progress: 409,
  stale_revision: 409,
  already_decided: 409,
  second_reviewer_required: 409,
  own_submission: 409,
  claimed_by_other: 409,
  nothing_asked: 409,
  published_already: 409,
  undo_too_late: 409,
  last_administrator: 409,
  always_protected: 409,
  not_listed: 409,
  mass_change_held: 409,
  last_key: 409,
  key_set_rollback: 409,
  digest_mismatch: 409,
  diff_gone: 410,
  epoch_gone: 410,
  version_gone: 410,
  payload_too_large: 413,
  too_many_rows: 413,
  unsupported_media_type: 415,
  unsupported_encoding: 415,
  range_not_satisfiable: 416,
  idempotency_key_reused: 422,
  too_many_connections: 429,
  too_many_attempts: 429,
  rate_limited: 429,
  internal_error: 500,
  database_unavailable: 503,
  keys_missing: 503,
  history_set_back: 503,
  overloaded: 503,
};

const TITLE: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  410: 'Gone',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  416: 'Range Not Satisfiable',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

interface ProblemExtra {
  /** Each fault of the input, where there is more to say than the detail. */
  errors?: FieldError[];
  /** Response headers that belong to the refusal (WWW-Authenticate, Allow, Retry-After). */
  headers?: Record<string, string>;
  /** Address of the snapshot to take instead (`diff_gone`). */
  snapshot?: string;
  cause?: unknown;
}

/** A refusal that the caller is told of. `detail` says what to do; it never carries a secret. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly errors: FieldError[] | undefined;
  readonly snapshot: string | undefined;

  constructor(code: ProblemCode, detail: string, extra: ProblemExtra = {}) {
    super(detail, { cause: extra.cause });
    this.name = 'Problem';
    this.code = code;
    this.status = STATUS[code];
    this.headers = extra.headers ?? {};
    this.errors = extra.errors;
    this.snapshot = extra.snapshot;
  }

  /** The RFC 9457 body. */
  body(requestId: string): ProblemBody {
    return {
      type: 'about:blank',
      title: TITLE[this.status] ?? 'Error',
      status: this.status,
      code: this.code,
      detail: this.message,
      requestId,
      ...(this.errors && { errors: this.errors }),
      ...(this.snapshot && { snapshot: this.snapshot }),
    };
  }
}

/** 404, also for what exists but belongs to someone else. */
export function notFound(what: string): Problem {
  return new Problem('not_found', `There is no such ${what}.`);
}
