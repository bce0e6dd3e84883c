import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { certificateNumberOf, parseCertificateNumber } from '../../../functions/awards/numbers.ts';

describe('a certificate number', () => {
  it('follows from the registration and is read however it is typed', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(5), (registrationId, salt) => {
        const number = certificateNumberOf(registrationId, '2027', salt);
        expect(certificateNumberOf(registrationId, '2027', salt)).toBe(number);
        expect(parseCertificateNumber(number)).toBe(number);
        expect(parseCertificateNumber(` ${number.toLowerCase().replaceAll('-', ' ')} `)).toBe(number);
      }),
    );
  });

  it('does not pass with one character wrong', () => {
    const number = certificateNumberOf('REG1', '2027', 0);
    for (let at = 10; at < number.length; at++) {
      const other = number[at] === 'Z' ? 'Y' : 'Z';
      expect(parseCertificateNumber(number.slice(0, at) + other + number.slice(at + 1))).toBeUndefined();
    }
    expect(parseCertificateNumber('PSQM-2027')).toBeUndefined();
    expect(parseCertificateNumber('')).toBeUndefined();
  });

  it('differs for another salt', () => {
    expect(certificateNumberOf('REG1', '2027', 1)).not.toBe(certificateNumberOf('REG1', '2027', 0));
  });
});
