import { randomBytes } from 'node:crypto';
import { appendFileSync, closeSync, existsSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

const WAL_HEADER = 32;
const FRAME_HEADER = 24;

/**
 * Leaves the journal as a machine does that loses its power in the middle of a write: the last record of its log begins
 * rightly and is cut off after `share` (0 to 1) of its length.
 */
export function tearLastRecord(dataDir: string, share: number): void {
  const file = join(dataDir, 'journal.sqlite-wal');
  const header = readHeader(file);
  if (header === undefined) return;
  const pageSize = header.readUInt32BE(8);
  const frame = Buffer.concat([
    // Page 2, no commit, the salts of this log: what SQLite takes for its own until the checksum.
    Buffer.from([0, 0, 0, 2, 0, 0, 0, 0]),
    header.subarray(16, 24),
    randomBytes(8 + pageSize),
  ]);
  const length = 1 + Math.floor(share * (FRAME_HEADER + pageSize - 1));
  appendFileSync(file, frame.subarray(0, length));
}

function readHeader(file: string): Buffer | undefined {
  if (!existsSync(file)) return undefined;
  const header = Buffer.alloc(WAL_HEADER);
  const handle = openSync(file, 'r');
  try {
    return readSync(handle, header, 0, WAL_HEADER, 0) === WAL_HEADER ? header : undefined;
  } finally {
    closeSync(handle);
  }
}
