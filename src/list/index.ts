// The list format for everyone: what publisher and relay share, and what anyone needs who wants to verify.
// Whatever stands here is public and keeps its meaning; the rest of the folder may change.
export { CATEGORIES, type Category, isCategory, isMalignant } from './category.ts';
export {
  checkDiff,
  composeDiffs,
  DIFF_HEADER,
  type Diff,
  type DiffMeta,
  diffBetween,
  diffFromJson,
  diffToJson,
  formatDiff,
  invertDiff,
  type JsonDiff,
  parseDiff,
} from './diff.ts';
export { digestOf, extendChain, isDigest, isEpoch, startChain } from './digest.ts';
export {
  checkEntry,
  compareEntries,
  compareLines,
  type Entry,
  formatLine,
  isCategoryToken,
  isListId,
  isValue,
  LIST_IDS,
  type ListId,
  parseLine,
  type Until,
} from './entry.ts';
export { FormatError, type FormatErrorCode } from './format-error.ts';
export {
  exportPrivateJwk,
  generateKey,
  importPrivateJwk,
  type Jwk,
  KEY_SET_TYPE,
  type KeySet,
  type PrivateJwk,
  readJwk,
  type SigningKey,
  signKeySet,
  thumbprint,
  verifyKeySet,
} from './key-set.ts';
export { isStale, MANIFEST_TYPE, type Manifest, signManifest, verifyManifest } from './manifest.ts';
export {
  DEFAULT_ORIGINATOR_CODE_PATTERN,
  type OriginatorCode,
  type OriginatorCodeRefusal,
  type OriginatorCodeRefusalCode,
  parseOriginatorCode,
} from './originator-code.ts';
export { type Proof, verifyProof } from './proof.ts';
export { RECEIPT_TYPE, type Receipt, signReceipt, verifyReceipt } from './receipt.ts';
export {
  classifyCanonical,
  formatSenderNumber,
  type NumberClass,
  type NumberRefusal,
  parseSenderNumber,
  type RefusalCode,
  type SenderNumber,
} from './sender-number.ts';
export { formatSnapshot, SNAPSHOT_HEADER } from './snapshot.ts';
export { type Change, ListTree } from './tree.ts';
export { hashValue } from './value-hash.ts';
