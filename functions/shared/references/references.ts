import { randomInt } from 'node:crypto';

/** 32 characters that people do not confuse in writing: no O and 0, no I and 1. */
export const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/** x^5 + x^2 + 1, primitive over GF(2): its root 2 has order 31, so weights differ in words of up to 31 characters. */
const POLYNOMIAL = 0b100101;

function double(value: number): number {
  const shifted = value << 1;
  return shifted >= 32 ? shifted ^ POLYNOMIAL : shifted;
}

/**
 * The check character of `body` (characters of `ALPHABET`): the one that makes the weighted sum over GF(32) zero, the
 * weights being the powers of 2 from the right. Weights that are not zero find every single substitution, neighbouring
 * weights that differ find every transposition of neighbours. Throws `RangeError` on a character outside the alphabet.
 */
export function checkCharacter(body: string): string {
  let sum = 0;
  for (const character of body) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) throw new RangeError(`"${character}" is not in the alphabet of references`);
    sum = double(sum ^ value);
  }
  return ALPHABET.charAt(sum);
}

/** Whether the last character of `word` is the check character of the others. */
export function hasValidCheck(word: string): boolean {
  if (word.length < 2 || [...word].some((character) => !ALPHABET.includes(character))) return false;
  return checkCharacter(word.slice(0, -1)) === word.at(-1);
}

/** `length` characters, the last a check. `random(n)` answers a whole number below n. */
export function randomWord(length: number, random: (below: number) => number = randomInt): string {
  let body = '';
  for (let at = 1; at < length; at++) body += ALPHABET.charAt(random(ALPHABET.length));
  return body + checkCharacter(body);
}

/** What people quote about a registration: `PSQM-` and six characters, the last a check. */
export function newRegistrationReference(random?: (below: number) => number): string {
  return `PSQM-${randomWord(6, random)}`;
}

/** What a payer writes on a transfer: `PSQM` and seven characters, the last a check; 11 in all (BACS allows 18). */
export function newPaymentReference(random?: (below: number) => number): string {
  return `PSQM${randomWord(7, random)}`;
}

/** Text as references are looked for in it: upper case, letters and digits only, O read as 0 and I as 1. */
export function normaliseReference(text: string): string {
  return text
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')
    .replaceAll('O', '0')
    .replaceAll('I', '1');
}

/** Every payment reference with a valid check in the texts, in their order, each once. */
export function findPaymentReferences(texts: readonly string[]): string[] {
  return findWords(texts, 7).map((word) => `PSQM${word}`);
}

/** Every registration reference with a valid check in the texts (also inside a payment reference: the caller tells them apart). */
export function findRegistrationReferences(texts: readonly string[]): string[] {
  return findWords(texts, 6).map((word) => `PSQM-${word}`);
}

function findWords(texts: readonly string[], length: number): string[] {
  const found = new Set<string>();
  for (const text of texts) {
    const normal = normaliseReference(text);
    for (let at = normal.indexOf('PSQM'); at >= 0; at = normal.indexOf('PSQM', at + 1)) {
      const word = normal.slice(at + 4, at + 4 + length);
      if (word.length === length && hasValidCheck(word)) found.add(word);
    }
  }
  return [...found];
}
