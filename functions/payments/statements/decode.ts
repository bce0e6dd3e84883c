import { StatementRefusedError } from './refusal.ts';

/** How files begin that banks offer beside their statements: PDF, ZIP (also of newer Excel), older Excel. */
const BINARY = ['%PDF', 'PK\u0003\u0004', '\u00d0\u00cf\u0011\u00e0'];
/** So many first bytes tell the encoding. */
const HEAD = 200;

/** Whether a file of 16-bit characters has no mark: nearly every other byte is zero. */
function unmarked16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const head = bytes.subarray(0, HEAD);
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

/** The bytes are no UTF-8 and nothing says what they are: they are to be read once more, as Windows-1252. */
export class NotUtf8Error extends Error {
  constructor() {
    super('the file is not UTF-8');
    this.name = 'NotUtf8Error';
  }
}

/** What older bank software writes whatever it declares. */
export const FALLBACK_ENCODING = 'windows-1252';

/**
 * The text of a file, piece by piece: by its byte order mark, by what its XML declaration says, as UTF-8, or as `given`
 * says where nothing else does. Throws `NotUtf8Error` for bytes that are no UTF-8 where no mark says so. Refuses what is
 * empty, bytes that do not fit another declared encoding, and files that are no text (PDF, ZIP, Excel).
 */
export async function* decoded(chunks: AsyncIterable<Uint8Array>, given?: string): AsyncGenerator<string> {
  let decoder: { readonly of: TextDecoder; readonly failed: () => Error } | undefined;
  let head = new Uint8Array();
  const pieceOf = (bytes: Uint8Array | undefined): string => {
    decoder ??= decoderFor(head, given);
    try {
      return bytes === undefined ? decoder.of.decode() : decoder.of.decode(bytes, { stream: true });
    } catch {
      throw decoder.failed();
    }
  };
  for await (const chunk of chunks) {
    if (decoder !== undefined) {
      yield pieceOf(chunk);
      continue;
    }
    const joined = new Uint8Array(head.length + chunk.length);
    joined.set(head);
    joined.set(chunk, head.length);
    head = joined;
    if (head.length >= HEAD) yield pieceOf(head);
  }
  if (decoder === undefined) {
    if (head.length === 0) throw new StatementRefusedError('statement-empty', {});
    yield pieceOf(head);
  }
  yield pieceOf(undefined);
}

function decoderFor(head: Uint8Array, given: string | undefined) {
  const start = new TextDecoder('latin1').decode(head.subarray(0, HEAD));
  const binary = BINARY.find((each) => start.startsWith(each));
  if (binary !== undefined)
    throw new StatementRefusedError(
      'statement-no-text',
      { kind: binary === '%PDF' ? 'PDF' : 'ZIP / Excel' },
      1,
      0,
    );
  const declared = /^[^<]*<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)["']/.exec(start)?.[1];
  const wide = start.startsWith('\u00ff\u00fe')
    ? 'utf-16le'
    : start.startsWith('\u00fe\u00ff')
      ? 'utf-16be'
      : unmarked16(head);
  const marked = start.startsWith('\u00ef\u00bb\u00bf') ? 'utf-8' : undefined;
  // Software that builds its XML from strings declares the encoding of the strings (UTF-16) over a file of single bytes.
  const said = declared !== undefined && /^(utf-?(16|8)|ucs-?2)/i.test(declared) ? undefined : declared;
  const encoding = wide ?? marked ?? said ?? given ?? 'utf-8';
  const isUnsaid = encoding === 'utf-8' && marked === undefined;
  const refused = new StatementRefusedError('statement-encoding', { encoding }, 1, 0);
  try {
    return {
      of: new TextDecoder(encoding, { fatal: true }),
      failed: () => (isUnsaid ? new NotUtf8Error() : refused),
    };
  } catch {
    throw refused;
  }
}
