import { inflateSync } from 'node:zlib';

const HEADER = 44;
const ENTRY = 20;

/**
 * The OpenType font inside a WOFF 1.0 file (W3C Recommendation, sections 3 to 5), its tables inflated. The PDF library
 * reads WOFF too, but inflates a table anew at every look into it: a document took four times as long.
 */
export function openTypeOf(woff: Uint8Array): Uint8Array {
  const file = Buffer.from(woff.buffer, woff.byteOffset, woff.byteLength);
  const count = file.readUInt16BE(12);
  const head = Buffer.alloc(12 + count * 16);
  file.copy(head, 0, 4, 8);
  head.writeUInt16BE(count, 4);
  const tables: Buffer[] = [];
  let offset = head.length;
  for (let index = 0; index < count; index++) {
    const entry = file.subarray(HEADER + index * ENTRY, HEADER + (index + 1) * ENTRY);
    const start = entry.readUInt32BE(4);
    const stored = file.subarray(start, start + entry.readUInt32BE(8));
    const length = entry.readUInt32BE(12);
    // A table that compression would not have made shorter is stored as it is.
    const table = stored.length < length ? inflateSync(stored) : stored;
    const record = head.subarray(12 + index * 16, 28 + index * 16);
    entry.copy(record, 0, 0, 4);
    entry.copy(record, 4, 16, 20);
    record.writeUInt32BE(offset, 8);
    record.writeUInt32BE(length, 12);
    const padding = Buffer.alloc((4 - (length % 4)) % 4);
    tables.push(table, padding);
    offset += length + padding.length;
  }
  return Buffer.concat([head, ...tables]);
}
