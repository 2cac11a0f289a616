// Where a value stands in the tree (format §5): FNV-1a, then MurmurHash3's finalizer. Every party computes
// the same; it must never change.

export const FNV_OFFSET = 0x811c9dc5 | 0;
export const FNV_PRIME = 0x01000193;

/** FNV-1a goes on from `start` over the four bytes of a word of ASCII, the first of them in its lowest byte. */
export function fnvOfWord(word: number, start: number): number {
  let hash = Math.imul(start ^ (word & 255), FNV_PRIME);
  hash = Math.imul(hash ^ ((word >> 8) & 255), FNV_PRIME);
  hash = Math.imul(hash ^ ((word >> 16) & 255), FNV_PRIME);
  return Math.imul(hash ^ (word >> 24), FNV_PRIME);
}

/** MurmurHash3's finalizer of a signed 32-bit number, as a signed 32-bit number. */
export function spread(fnv: number): number {
  let hash = fnv;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** hash(value) of format §5 for an ASCII value, 0 to 2³²−1. */
export function hashValue(value: string): number {
  return spread(fnvOf(value)) >>> 0;
}

/** FNV-1a of ASCII, before it is spread. */
export function fnvOf(text: string): number {
  let hash = FNV_OFFSET;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), FNV_PRIME);
  return hash;
}
