import { StatementRefusedError } from './refusal.ts';

/** How files begin that banks offer beside their statements: PDF, ZIP (also of newer Excel), older Excel. */
const BINARY = ['%PDF', 'PK\u0003\u0004', '\u00d0\u00cf\u0011\u00e0'];

/** Whether a file of 16-bit characters has no mark: nearly every other byte is zero. */
function unmarked16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const head = bytes.subarray(0, 200);
  if (head.length < 4) return undefined;
  const zeros = [0, 0];
  head.forEach((byte, at) => {
    if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  });
  const [even = 0, odd = 0] = zeros;
  const many = head.length / 4;
  if (odd > many && even === 0) return 'utf-16le';
  if (even > many && odd === 0) return 'utf-16be';
  return undefined;
}

/**
 * The text of a file: by its byte order mark, by what its XML declaration says, as UTF-8, and where the bytes are no
 * UTF-8 and no mark says so, as Windows-1252, which older bank software writes whatever it declares. Refuses what is
 * empty, bytes that do not fit another declared encoding, and files that are no text (PDF, ZIP, Excel).
 */
export function decodeStatement(bytes: Uint8Array): string {
  if (bytes.length === 0) throw new StatementRefusedError('statement-empty', {});
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 200));
  const binary = BINARY.find((start) => head.startsWith(start));
  if (binary !== undefined)
    throw new StatementRefusedError(
      'statement-no-text',
      { kind: binary === '%PDF' ? 'PDF' : 'ZIP / Excel' },
      1,
      0,
    );
  const declared = /^[^<]*<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)["']/.exec(head)?.[1];
  const wide = head.startsWith('\u00ff\u00fe')
    ? 'utf-16le'
    : head.startsWith('\u00fe\u00ff')
      ? 'utf-16be'
      : unmarked16(bytes);
  const marked = head.startsWith('\u00ef\u00bb\u00bf') ? 'utf-8' : undefined;
  // Software that builds its XML from strings declares the encoding of the strings (UTF-16) over a file of single bytes.
  const said = declared !== undefined && /^(utf-?16|ucs-?2)/i.test(declared) ? 'utf-8' : declared;
  const encoding = wide ?? marked ?? said;
  if (encoding !== undefined && !/^utf-?8$/i.test(encoding)) return decode(bytes, encoding);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    if (marked !== undefined)
      throw new StatementRefusedError('statement-encoding', { encoding: marked }, 1, 0);
    return decode(bytes, 'windows-1252');
  }
}

function decode(bytes: Uint8Array, encoding: string): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new StatementRefusedError('statement-encoding', { encoding }, 1, 0);
  }
}
