// The one error of talking to the exchange: what it refused, or why it could not be asked.
// Text from outside is shortened and stripped of control characters before it can reach a terminal.

export interface ExchangeErrorExtra {
  /** HTTP status, where there was an answer. */
  status?: number | undefined;
  /** Whether the same request may succeed later. */
  retryable: boolean;
  requestId?: string | undefined;
  /** What the server asked to wait. */
  retryAfterMs?: number | undefined;
  /** Faults of the input, as the problem named them. */
  errors?: readonly { pointer: string; code: string; detail: string }[] | undefined;
  cause?: unknown;
}

/**
 * `code` is the problem's code (openapi.yaml, ProblemCode), an OAuth error (RFC 6749 §5.2), or one of
 * `unreachable`, `timeout`, `redirect_refused`, `bad_response`, `body_too_large`, `body_stalled`, `body_cut`,
 * or `http_STATUS` where the answer named none.
 */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';
  readonly code: string;
  readonly status: number | undefined;
  readonly retryable: boolean;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly errors: ExchangeErrorExtra['errors'];

  constructor(code: string, message: string, extra: ExchangeErrorExtra) {
    super(message, extra.cause === undefined ? undefined : { cause: extra.cause });
    this.code = code;
    this.status = extra.status;
    this.retryable = extra.retryable;
    this.requestId = extra.requestId;
    this.retryAfterMs = extra.retryAfterMs;
    this.errors = extra.errors;
  }
}

/** Beyond what timers can hold lies a wait of nothing. */
const LONGEST_WAIT_MS = 86_400_000;

const RETRYABLE = new Set([408, 425, 429, 500, 502, 503, 504]);

/** The error that an answer of status 400 or more stands for. `body` is its text, already bounded. */
export function errorFromResponse(response: Response, body: string, nowMs: number): ExchangeError {
  const { status, headers } = response;
  const fields = parseObject(body);
  const extra: ExchangeErrorExtra = {
    status,
    retryable: RETRYABLE.has(status),
    requestId: plain(fields['requestId'] ?? headers.get('x-request-id'), 128),
    retryAfterMs: retryAfterMs(headers.get('retry-after'), nowMs),
    errors: fieldErrors(fields['errors']),
  };
  const code = token(fields['code']) ?? token(fields['error']);
  const detail = plain(fields['detail'] ?? fields['error_description'] ?? fields['title'], 500);
  if (code === undefined)
    return new ExchangeError(`http_${status}`, `the exchange answered ${status}`, extra);
  return new ExchangeError(
    code,
    detail ? `${detail} (${code})` : `the exchange answered ${status} ${code}`,
    extra,
  );
}

/** The error for a fetch that gave no answer at all. */
export function errorFromNetwork(cause: unknown, origin: string): ExchangeError {
  const code = networkCode(cause);
  const hint =
    code === 'ECONNREFUSED'
      ? ': is the exchange running?'
      : code === 'ENOTFOUND'
        ? ': is its name right?'
        : '';
  const reason = code === 'ECONNREFUSED' ? '' : ` (${code})`;
  return new ExchangeError('unreachable', `cannot reach ${origin}${reason}${hint}`, {
    retryable: true,
    cause,
  });
}

/** The system's code for what went wrong, or the innermost words for it. */
function networkCode(error: unknown): string {
  let words = 'connection failed';
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === 'string') return code;
    if (at instanceof AggregateError && at.errors.length > 0) return networkCode(at.errors[0]);
    words = plain(at.message, 100) ?? words;
  }
  return words;
}

/** Seconds or an HTTP date (RFC 9110 §10.2.3) as milliseconds from now, a day at most; undefined where it is neither. */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  if (/^[0-9]{1,9}$/.test(header)) return Math.min(Number(header) * 1000, LONGEST_WAIT_MS);
  const moment = Date.parse(header);
  return Number.isNaN(moment) ? undefined : Math.min(Math.max(0, moment - nowMs), LONGEST_WAIT_MS);
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    // A proxy's page, or a body cut short: the status alone has to do.
    return {};
  }
}

function fieldErrors(value: unknown): ExchangeErrorExtra['errors'] {
  if (!Array.isArray(value)) return undefined;
  return value.slice(0, 20).map((item: unknown) => {
    const { pointer, code, detail } = (item ?? {}) as Record<string, unknown>;
    return {
      pointer: plain(pointer, 200) ?? '',
      code: plain(code, 64) ?? '',
      detail: plain(detail, 300) ?? '',
    };
  });
}

function token(value: unknown): string | undefined {
  return typeof value === 'string' && /^[a-z_]{1,64}$/.test(value) ? value : undefined;
}

function plain(value: unknown, maxLength: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  return value.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, maxLength);
}
