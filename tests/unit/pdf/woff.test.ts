import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { openTypeOf } from '../../../functions/shared/pdf/woff.ts';

const woff = readFileSync(
  createRequire(import.meta.url).resolve('@fontsource/noto-sans/files/noto-sans-latin-400-normal.woff'),
);

/** Sum of a table's big-endian words, as OpenType defines its checksum. */
function checksum(table: Buffer): number {
  let sum = 0;
  const padded = Buffer.concat([table, Buffer.alloc((4 - (table.length % 4)) % 4)]);
  for (let at = 0; at < padded.length; at += 4) sum = (sum + padded.readUInt32BE(at)) >>> 0;
  return sum;
}

describe('the font inside a WOFF file', () => {
  const font = Buffer.from(openTypeOf(woff));
  const tables = Array.from({ length: font.readUInt16BE(4) }, (_, index) => {
    const record = font.subarray(12 + index * 16, 28 + index * 16);
    const start = record.readUInt32BE(8);
    return {
      tag: record.toString('latin1', 0, 4),
      checksum: record.readUInt32BE(4),
      start,
      bytes: font.subarray(start, start + record.readUInt32BE(12)),
    };
  });

  it('has every table, at a multiple of four bytes', () => {
    expect(font.readUInt16BE(4)).toBe(woff.readUInt16BE(12));
    expect(tables.map((table) => table.tag)).toEqual(
      expect.arrayContaining(['cmap', 'glyf', 'head', 'loca']),
    );
    for (const table of tables) expect(table.start % 4).toBe(0);
  });

  it('has tables whose bytes agree with their checksums', () => {
    // `head` holds a checksum of the whole file, which its own does not count.
    for (const table of tables.filter(({ tag }) => tag !== 'head'))
      expect([table.tag, checksum(table.bytes)]).toEqual([table.tag, table.checksum]);
  });
});
