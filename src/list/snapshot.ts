// The snapshot as bytes (format §3): writing it. Reading is the tree's, which checks while it builds.

/** The first line of a snapshot, with its newline. */
export const SNAPSHOT_HEADER = 'value,category,until\n';

const CHUNK_CHARS = 1 << 16;

/**
 * The snapshot of lines, which must come in bytewise order and without newlines, in chunks of about 64 KiB.
 * An empty list gives the header alone.
 */
export function* formatSnapshot(lines: Iterable<string>): Generator<Uint8Array> {
  let text = SNAPSHOT_HEADER;
  for (const line of lines) {
    text += `${line}\n`;
    if (text.length < CHUNK_CHARS) continue;
    yield Buffer.from(text, 'latin1');
    text = '';
  }
  if (text !== '') yield Buffer.from(text, 'latin1');
}
