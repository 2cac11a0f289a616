// A refusal by the token endpoint, in the words of RFC 6749 §5.2. The server renders it.

export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope';

/** `description` says what to mend; it never tells whether a client exists. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly error: OAuthErrorCode;
  readonly description: string;
  readonly status: 400 | 401;
  /** Response headers that belong to the refusal: what a token endpoint says is never cached (RFC 6749 §5.1). */
  readonly headers: Record<string, string> = { 'Cache-Control': 'no-store' };

  constructor(error: OAuthErrorCode, description: string, cause?: unknown) {
    super(`${error}: ${description}`, { cause });
    this.error = error;
    this.description = description;
    this.status = error === 'invalid_client' ? 401 : 400;
  }
}
