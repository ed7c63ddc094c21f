import { gunzipSync } from 'node:zlib';
import { decompress as decompressZstd } from 'fzstd';
import type { Compressors } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

/**
 * The codecs that a file may use, each bounded by the length that its page header states (which is capped first).
 *
 * hyparquet-compressors' own zstd believes the frame instead of the header, and its gzip does not notice a short result.
 */
export const CODECS: Compressors = {
  SNAPPY: compressors.SNAPPY!,
  LZ4_RAW: compressors.LZ4_RAW!,
  GZIP: (input, length) => gunzipSync(input, { maxOutputLength: Math.max(length, 1) }),
  ZSTD: (input, length) => decompressZstd(input, new Uint8Array(length)),
};

/** True for a codec that can be read. */
export function isKnownCodec(codec: string): boolean {
  return codec === 'UNCOMPRESSED' || Object.hasOwn(CODECS, codec);
}
