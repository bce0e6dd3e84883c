import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { ServiceError } from '../core/errors.ts';
import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm } from './model.ts';

/** The SDK's member for an algorithm's checksum, such as `ChecksumSHA256`. */
export function checksumMember(algorithm: ChecksumAlgorithm): string {
  return `Checksum${algorithm}`;
}

/** The checksum of `bytes` in base64, as S3 sends it. */
export function checksumOf(algorithm: ChecksumAlgorithm, bytes: Uint8Array): string {
  switch (algorithm) {
    case 'CRC32':
      return bigEndian32(crc32(bytes));
    case 'CRC32C':
      return bigEndian32(crc32c(bytes));
    case 'CRC64NVME':
      return crc64Nvme(bytes).toString('base64');
    case 'SHA1':
      return createHash('sha1').update(bytes).digest('base64');
    case 'SHA256':
      return createHash('sha256').update(bytes).digest('base64');
  }
}

/**
 * Verifies every checksum that the sender gave (members `ChecksumCRC32` etc. and `ContentMD5` of `input`), and computes
 * the one asked for by `ChecksumAlgorithm`. Returns base64 by algorithm; a wrong one is `BadDigest`.
 */
export function verifyChecksums(
  input: Readonly<Record<string, unknown>>,
  bytes: Uint8Array,
): Partial<Record<ChecksumAlgorithm, string>> {
  const result: Partial<Record<ChecksumAlgorithm, string>> = {};
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const given = input[checksumMember(algorithm)];
    if (given === undefined && input.ChecksumAlgorithm !== algorithm) continue;
    const actual = checksumOf(algorithm, bytes);
    if (given !== undefined && given !== actual) {
      throw new ServiceError(
        'BadDigest',
        `The ${algorithm} you specified did not match the calculated checksum.`,
      );
    }
    result[algorithm] = actual;
  }
  const md5 = input.ContentMD5;
  if (md5 !== undefined && md5 !== createHash('md5').update(bytes).digest('base64')) {
    throw new ServiceError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
  return result;
}

function bigEndian32(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes.toString('base64');
}

/** Table of a reflected CRC of 32 bits. */
function table32(polynomial: number): Uint32Array {
  const table = new Uint32Array(256);
  for (let index = 0; index < 256; index++) {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    table[index] = value >>> 0;
  }
  return table;
}

const CRC32C_TABLE = table32(0x82f63b78);

function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = ((CRC32C_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8)) >>> 0;
  return (crc ^ 0xffffffff) >>> 0;
}

/** Tables of the reflected CRC-64/NVME, its two halves apart: 64-bit integers of JavaScript would be far slower. */
const [CRC64_HIGH, CRC64_LOW] = ((): [Uint32Array, Uint32Array] => {
  const high = new Uint32Array(256);
  const low = new Uint32Array(256);
  for (let index = 0; index < 256; index++) {
    let value = BigInt(index);
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ 0x9a6c9329ac4bc9b5n : value >> 1n;
    high[index] = Number(value >> 32n);
    low[index] = Number(value & 0xffffffffn);
  }
  return [high, low];
})();

function crc64Nvme(bytes: Uint8Array): Buffer {
  let high = 0xffffffff;
  let low = 0xffffffff;
  for (const byte of bytes) {
    const index = (low ^ byte) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ (CRC64_LOW[index] ?? 0);
    high = (high >>> 8) ^ (CRC64_HIGH[index] ?? 0);
  }
  const result = Buffer.alloc(8);
  result.writeUInt32BE((high ^ 0xffffffff) >>> 0, 0);
  result.writeUInt32BE((low ^ 0xffffffff) >>> 0, 4);
  return result;
}
