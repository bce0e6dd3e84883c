/**
 * Words that say what kind of body it is and not which: found in so many names of schools, trusts and councils that they
 * tell nothing about whose payment it is.
 */
const generic = new Set(
  `A ACADEMY AIDED AND AT C CATHOLIC CE CHURCH COFE COMMUNITY CONTROLLED COUNCIL COUNTY E EDUCATION EDUCATIONAL ENGLAND
  FEDERATION FIRST FOR FOUNDATION GYNRADD IN INFANT INFANTS INVOICE JUNIOR JUNIORS LEARNING LIMITED LTD MAT METHODIST
  MIDDLE MULTI NURSERY OF PAYMENT PRIMARY RC ROMAN SCHOOL SCHOOLS SPECIAL THE TRUST VA VC VOLUNTARY Y YR YSGOL`.split(
    /\s+/,
  ),
);

/** A name in plain capital words: without accents, apostrophes and punctuation; `Saint` is written `ST`. */
export function wordsOfName(name: string): string[] {
  return name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .replace(/['\u2019`]/g, '')
    .replaceAll('&', ' AND ')
    .split(/[^A-Z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => (word === 'SAINT' ? 'ST' : word));
}

/** Whether a word of a name tells which body it is. */
export const isTelling = (word: string): boolean => !generic.has(word) && word !== 'ST';

/** Banks cut names off: a word of four letters or more also agrees with one that begins with it. */
export const agree = (a: string, b: string): boolean =>
  a === b || (Math.min(a.length, b.length) >= 4 && (a.startsWith(b) || b.startsWith(a)));

/**
 * How much `text` (a payer's name and what was written on a transfer) sounds like `name`, 0 to 1. Only words that tell
 * names apart decide whether it does at all: half of them must be there, so "Primary School" alone is like none.
 * Among those that are alike the other words tell which is more so.
 */
export const likeness = (name: string, text: string): number =>
  likenessOfWords(uniqueWords(name), uniqueWords(text));

/** The words of a name, each once: for many comparisons with the same name. */
export const uniqueWords = (name: string): string[] => [...new Set(wordsOfName(name))];

/** `likeness` of names whose words (each once) are known. */
export function likenessOfWords(own: readonly string[], given: readonly string[]): number {
  const found = (word: string): boolean => given.some((other) => agree(word, other));
  const telling = own.filter(isTelling);
  const share = telling.length === 0 ? 0 : telling.filter(found).length / telling.length;
  if (share < 0.5) return 0;
  const common = own.filter(found).length;
  return 0.6 * share + 0.4 * (common / (own.length + given.length - common));
}
