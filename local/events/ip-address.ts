import { isIPv4, isIPv6 } from 'node:net';

/** A block of addresses: the first and the last, as hexadecimal digits of equal length (8 or 32). */
export interface AddressBlock {
  readonly first: string;
  readonly last: string;
}

const LOOKS_LIKE_V4 = /^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$/;
const LOOKS_LIKE_V6 = /^[0-9a-fA-F:]*:[0-9a-fA-F:]*$/;

/** An address literal as hexadecimal digits (8 for IPv4, 32 for IPv6), or undefined where it is none. */
export function addressDigits(text: string): string | undefined {
  if (LOOKS_LIKE_V4.test(text)) return isIPv4(text) ? v4Digits(text) : undefined;
  if (!LOOKS_LIKE_V6.test(text) || !isIPv6(text)) return undefined;
  const digits = v6Digits(text);
  // An IPv4 address mapped into IPv6 is the IPv4 address, as it is for the JVM that EventBridge runs on.
  return digits.startsWith('00000000000000000000FFFF') ? digits.slice(24) : digits;
}

/**
 * The addresses of `address/bits`.
 * @throws Error with event-ruler's message where it is malformed
 */
export function parseCidr(text: string): AddressBlock {
  const parts = text.split('/');
  const [address, bits] = parts;
  if (parts.length !== 2 || address === undefined || bits === undefined || bits === '') {
    throw new Error("Malformed CIDR, one '/' required");
  }
  if (!/^[+-]?\d{1,9}$/.test(bits)) throw new Error('Malformed CIDR, mask bits must be an integer');
  const mask = Number(bits);
  if (mask < 0) throw new Error('Malformed CIDR, mask bits must not be negative');
  const digits = addressDigits(address);
  if (digits === undefined) {
    throw new Error(
      LOOKS_LIKE_V4.test(address) || LOOKS_LIKE_V6.test(address)
        ? `Invalid IP address: ${address}`
        : `Nonstandard IP address: ${address}`,
    );
  }
  if (digits.length === 8 && mask > 31) throw new Error('IPv4 mask bits must be < 32');
  if (digits.length === 32 && mask > 127) throw new Error('IPv6 mask bits must be < 128');
  const free = BigInt(digits.length * 4 - mask);
  const value = BigInt(`0x${digits}`);
  const low = (value >> free) << free;
  const high = low | ((1n << free) - 1n);
  return { first: hex(low, digits.length), last: hex(high, digits.length) };
}

function hex(value: bigint, length: number): string {
  return value.toString(16).toUpperCase().padStart(length, '0');
}

function v4Digits(text: string): string {
  return text
    .split('.')
    .map((part) => hex(BigInt(part), 2))
    .join('');
}

function v6Digits(text: string): string {
  const [head = '', tail] = text.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].map((group) => group.padStart(4, '0').toUpperCase()).join('');
}
