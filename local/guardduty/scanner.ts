import { unzipSync } from 'fflate';

export type ScanResult =
  | { readonly status: 'NO_THREATS_FOUND' }
  | { readonly status: 'THREATS_FOUND'; readonly threat: string }
  | { readonly status: 'UNSUPPORTED' };

/** The EICAR test file's text, in two parts so that no scanner takes this file for it. */
const EICAR = Buffer.from(
  ['X5O!P%@AP[4\\PZX54(P^)7CC)7}', '$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join(''),
);

/** Archives that unpack to more are not looked into, nor are archives inside archives below this depth. */
const MAX_UNPACKED = 256 * 1024 * 1024;
const MAX_DEPTH = 5;

/**
 * Scans an object's bytes for the one threat known here, the EICAR test file, also inside zip archives (docx, pptx). An
 * archive under a password cannot be scanned, on AWS neither.
 */
export function scan(content: Uint8Array, depth = 0): ScanResult {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (bytes.includes(EICAR)) return { status: 'THREATS_FOUND', threat: 'EICAR-Test-File (not a virus)' };
  if (bytes.length < 30 || bytes.readUInt32LE(0) !== 0x04034b50) return { status: 'NO_THREATS_FOUND' };
  // Bit 0 of the general purpose flags: the entry is encrypted.
  if ((bytes.readUInt16LE(6) & 1) === 1 || depth >= MAX_DEPTH) return { status: 'UNSUPPORTED' };
  let unpacked = 0;
  let tooLarge = false;
  let entries: Record<string, Uint8Array>;
  try {
    entries = unzipSync(bytes, {
      filter(file) {
        unpacked += file.originalSize;
        tooLarge ||= unpacked > MAX_UNPACKED;
        return !tooLarge;
      },
    });
  } catch {
    // Not an archive after all, or a damaged one: there is nothing in it to unpack.
    return { status: 'NO_THREATS_FOUND' };
  }
  for (const entry of Object.values(entries)) {
    const inner = scan(entry, depth + 1);
    if (inner.status !== 'NO_THREATS_FOUND') return inner;
  }
  return tooLarge ? { status: 'UNSUPPORTED' } : { status: 'NO_THREATS_FOUND' };
}
