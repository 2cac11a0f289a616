// The content codings in which snapshots and diffs are kept as files and served, by the exchange and by mirrors alike.
import zlib from 'node:zlib';

export type Coding = 'zstd' | 'br' | 'gzip' | 'identity';

/** Content codings of this runtime, the best first (zstd since Node.js 22.15). */
export const CODINGS: readonly Coding[] =
  'createZstdCompress' in zlib ? ['zstd', 'br', 'gzip', 'identity'] : ['br', 'gzip', 'identity'];

/** What the name of a file ends in. */
export const SUFFIX: Record<Coding, string> = { zstd: '.zst', br: '.br', gzip: '.gz', identity: '' };

/** A stream that packs what is written to it. */
export function compressor(coding: Exclude<Coding, 'identity'>): NodeJS.ReadWriteStream {
  if (coding === 'gzip') return zlib.createGzip({ level: 6 });
  if (coding === 'br')
    return zlib.createBrotliCompress({ params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } });
  const { createZstdCompress } = zlib as unknown as { createZstdCompress: () => NodeJS.ReadWriteStream };
  return createZstdCompress();
}
