import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { ServiceError } from '../core/errors.ts';
import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm } from './model.ts';

/** The SDK's member for an algorithm's checksum, such as `ChecksumSHA256`. */
export function checksumMember<A extends ChecksumAlgorithm>(algorithm: A): `Checksum${A}` {
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

/** Length of each checksum, bytes. */
const LENGTHS: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
};

/**
 * Refuses what S3 refuses in a request's checksum headers (trailing ones included): more than one, one that cannot be
 * such a checksum, and an algorithm announced without its checksum.
 */
export function checkChecksumHeaders(headers: Readonly<Record<string, string>>): void {
  const given = CHECKSUM_ALGORITHMS.filter((name) => headers[`x-amz-checksum-${name.toLowerCase()}`]);
  if (given.length > 1) {
    throw new ServiceError(
      'InvalidRequest',
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    );
  }
  const [algorithm] = given;
  const announced = headers['x-amz-sdk-checksum-algorithm']?.toUpperCase();
  if (algorithm === undefined) {
    if (announced === undefined) return;
    throw new ServiceError(
      'InvalidRequest',
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    );
  }
  const name = `x-amz-checksum-${algorithm.toLowerCase()}`;
  const [value = '', parts] = (headers[name] ?? '').split('-');
  const bytes = Buffer.from(value, 'base64');
  const wellFormed =
    bytes.length === LENGTHS[algorithm] && bytes.toString('base64') === value && /^\d*$/.test(parts ?? '');
  if (!wellFormed) throw new ServiceError('InvalidRequest', `Value for ${name} header is invalid.`);
  if (announced !== undefined && announced !== algorithm) {
    throw new ServiceError('InvalidRequest', 'Value for x-amz-sdk-checksum-algorithm header is invalid.');
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
      throw badChecksum(algorithm);
    }
    result[algorithm] = actual;
  }
  const md5 = input.ContentMD5;
  if (typeof md5 === 'string' && Buffer.from(md5, 'base64').length !== 16) {
    throw new ServiceError('InvalidDigest', 'The Content-MD5 you specified was invalid.');
  }
  if (md5 !== undefined && md5 !== createHash('md5').update(bytes).digest('base64')) {
    throw new ServiceError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
  return result;
}

/** S3's refusal of a checksum that is not that of what it belongs to. */
export function badChecksum(algorithm: ChecksumAlgorithm): ServiceError {
  return new ServiceError(
    'BadDigest',
    `The ${algorithm} you specified did not match the calculated checksum.`,
  );
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
