import { describe, expect, it } from 'vitest';
import { checksumOf, verifyChecksums } from '../../../local/s3/checksums.ts';

const CHECK = new TextEncoder().encode('123456789');
const hex = (base64: string) => Buffer.from(base64, 'base64').toString('hex');

describe('checksums', () => {
  // The check values of the catalogue of parametrised CRC algorithms.
  it.each([
    ['CRC32', 'cbf43926'],
    ['CRC32C', 'e3069283'],
    ['CRC64NVME', 'ae8b14860a799888'],
    ['SHA1', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441'],
  ] as const)('%s of the digits is the published value', (algorithm, value) => {
    expect(hex(checksumOf(algorithm, CHECK))).toBe(value);
  });

  it('are computed where asked for and verified where given', () => {
    expect(verifyChecksums({ ChecksumAlgorithm: 'CRC32' }, CHECK)).toEqual({ CRC32: 'y/Q5Jg==' });
    expect(() => verifyChecksums({ ChecksumCRC32C: 'AAAAAA==' }, CHECK)).toThrow(/CRC32C/);
  });
});
