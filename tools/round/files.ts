import { randomBytes } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';
import PDFDocument from 'pdfkit';

export interface MadeFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** A real PDF of one page with this text. */
export async function makePdf(name: string, title: string, text: string): Promise<MadeFile> {
  const document = new PDFDocument({ size: 'A4', info: { Title: title } });
  const parts: Buffer[] = [];
  document.on('data', (part: Buffer) => parts.push(part));
  const done = new Promise<void>((resolve) => document.on('end', () => resolve()));
  document.fontSize(18).text(title).moveDown().fontSize(11).text(text);
  document.end();
  await done;
  return { name, type: 'application/pdf', bytes: Buffer.concat(parts) };
}

/** A real PNG of `width` x `height` pixels in one colour, or of noise that does not compress (for a large file). */
export function makePng(
  name: string,
  width: number,
  height: number,
  colour: readonly [number, number, number] | 'noise',
): MadeFile {
  const row = (): Buffer =>
    colour === 'noise'
      ? Buffer.concat([Buffer.of(0), randomBytes(width * 3)])
      : Buffer.concat([Buffer.of(0), Buffer.alloc(width * 3, Buffer.from(colour))]);
  const pixels = Buffer.concat(Array.from({ length: height }, row));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const chunk = (kind: string, data: Uint8Array): Buffer => {
    const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const level = colour === 'noise' ? 0 : 6;
  return {
    name,
    type: 'image/png',
    bytes: Buffer.concat([
      Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
      chunk('IHDR', header),
      chunk('IDAT', deflateSync(pixels, { level })),
      chunk('IEND', Buffer.alloc(0)),
    ]),
  };
}

/** A PDF that carries the EICAR test string, which every malware scanner knows and which does no harm. */
export async function makeInfectedPdf(name: string): Promise<MadeFile> {
  const clean = await makePdf(name, 'Portfolio', 'This file carries the EICAR test string.');
  const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}', '$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!', '$H+H*'].join('');
  return { ...clean, bytes: Buffer.concat([clean.bytes, Buffer.from(`\n%${eicar}\n`, 'latin1')]) };
}

/** A Windows program's first bytes under a PDF's name and type. */
export function makeDisguisedProgram(name: string): MadeFile {
  return {
    name,
    type: 'application/pdf',
    bytes: Buffer.concat([Buffer.from('MZ', 'latin1'), Buffer.alloc(2048, 7)]),
  };
}
