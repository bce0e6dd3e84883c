import { fileTypeFromBuffer } from 'file-type';
import type { RefusalCode } from './model.ts';

/** What the programme accepts of a file's content, as the checklist's line says. */
export interface ContentLimits {
  /** Media type that the school announced; one of the checklist's. */
  readonly mediaType: string;
  readonly maximumBytes: number;
}

/** Office files that carry macros have media types of their own. */
const MACRO_TYPE = /macroenabled/i;
/** Name of the part in which Office keeps macros; names in a ZIP are not compressed, so its bytes are visible. */
const MACRO_PART = Buffer.from('vbaProject.bin', 'latin1');
/** An encrypted Office file is an OLE container with a stream of this name (UTF-16LE). */
const ENCRYPTED_PART = Buffer.from('EncryptedPackage', 'utf16le');
const OLE_CONTAINER = 'application/x-cfb';

/**
 * Why the bytes cannot be accepted as what they were announced to be; undefined where they can. The type is that of
 * the content, never of the name: a program renamed to .pdf is refused. Office files are told apart by what is inside
 * them; those with macros or a password are refused, since nobody could read them safely, or at all.
 */
export async function contentRefusal(
  bytes: Uint8Array,
  limits: ContentLimits,
): Promise<RefusalCode | undefined> {
  if (bytes.byteLength === 0) return 'empty';
  if (bytes.byteLength > limits.maximumBytes) return 'too-big';
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = (await fileTypeFromBuffer(bytes))?.mime;
  if (found === undefined) return 'content-mismatch';
  if (MACRO_TYPE.test(found)) return 'macros';
  if (found === OLE_CONTAINER) return content.includes(ENCRYPTED_PART) ? 'encrypted' : 'content-mismatch';
  if (found !== limits.mediaType) return 'content-mismatch';
  if (found.startsWith('application/vnd.openxmlformats') && content.includes(MACRO_PART)) return 'macros';
  if (found === 'application/pdf' && /\/Encrypt\b/.test(content.subarray(-4096).toString('latin1')))
    return 'encrypted';
  return undefined;
}
