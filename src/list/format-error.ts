// The one error that input from outside can cause in this folder, and every code it may carry.
// A code, once published, keeps its meaning; the message is for people and may change.

export type FormatErrorCode =
  // lines, snapshots, diffs
  | 'bad_line'
  | 'bad_header'
  | 'not_sorted'
  | 'duplicate_value'
  | 'truncated'
  | 'too_many_categories'
  | 'bad_compact'
  | 'bad_leaves'
  | 'bad_diff'
  | 'diff_mismatch'
  | 'bad_digest'
  | 'bad_proof'
  // signed documents
  | 'bad_token'
  | 'too_large'
  | 'wrong_algorithm'
  | 'wrong_type'
  | 'unknown_kid'
  | 'bad_key'
  | 'bad_signature'
  | 'bad_claims'
  | 'wrong_issuer'
  | 'wrong_list'
  | 'key_set_rollback'
  | 'key_set_expired';

/** Thrown for anything outside that breaks the list format: `code` is stable, `cause` is what lay beneath. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
  readonly code: FormatErrorCode;

  constructor(code: FormatErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
