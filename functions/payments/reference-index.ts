import { normaliseReference } from '../shared/references/references.ts';
import type { Invoice } from './model.ts';

/** How a line names an invoice. */
export type NamedBy = 'REFERENCE' | 'REFERENCE_CUT' | 'INVOICE_NUMBER' | 'REGISTRATION_REFERENCE' | 'URN';

type Names = Pick<Invoice, 'invoiceNumber' | 'paymentReference' | 'registrationReference' | 'urn'>;

/** BACS carries 18 characters of a reference (domain.md 3.4); some banks keep 16 of them. */
const CUT_LENGTHS = { least: 16, most: 18 };
/** So many characters of a cut reference must be there beside a prefix that words do not begin with. */
const TELLING = 4;
/** So many must be there of one without such a prefix, letters and digits among them: fewer begin many a word and number. */
const TELLING_ALONE = 6;
const PREFIX = /^(PSQM|INVOICE|INV|REF)/;

/** Digits alone name an invoice where a word says so, where they are all that was written, or where they are so many. */
const DIGITS_ALONE = 6;
/** A number that a list or a range of invoices has; shorter ones are anything. */
const LISTED = 3;
/** From one number to another: more than a payer settles at once is no range. */
const MAXIMUM_RANGE = 40;
/** `INVOICES NO. 1001, 1002 & 1005`, `INV 1001-1003`, `INV-1001/INV-1002`: a word for invoices, and numbers after it. */
const INVOICE_LIST =
  /(?<![A-Z])INV(?:OICE)?S?(?:[\s.:#-]*(?:NUMBERS?|NUM|NOS?|NR|REFS?)(?![A-Z]))?[\s.:#-]*(\d{3,}(?:\s*(?:,|\/|&|\+|;|-|\bTO\b|\bAND\b|\s)\s*(?:INV(?:OICE)?S?[\s.:#-]*)?\d{3,})*)/g;

/** A text as references are looked for in it, and where each character stood. */
interface Plain {
  readonly text: string;
  readonly raw: string;
  readonly places: readonly number[];
}

function plainOf(raw: string): Plain {
  const upper = raw.toUpperCase();
  const places: number[] = [];
  let text = '';
  for (let at = 0; at < upper.length; at++) {
    const character = upper.charAt(at);
    if (!/[A-Z0-9]/.test(character)) continue;
    text += character === 'O' ? '0' : character === 'I' ? '1' : character;
    places.push(at);
  }
  return { text, raw: upper, places };
}

interface Found {
  readonly from: number;
  readonly to: number;
  readonly numbers: ReadonlySet<string>;
  readonly by: NamedBy;
}

/**
 * Finds in what payers wrote the invoices that it names: payment references in whatever case, with blanks and dashes, O
 * for 0 and I for 1, with words run into them, without their prefix, or cut off at 18 characters; invoice numbers;
 * registration references; URNs. Time is by the length of the text, not by the number of invoices.
 */
export class ReferenceIndex {
  readonly #names = new Map<string, Map<string, Set<NamedBy>>>();
  readonly #urns = new Map<string, Set<string>>();
  readonly #lengths = new Set<number>();
  /** Beginnings of references, and the invoices whose reference begins so. */
  readonly #beginnings = new Map<string, Set<string>>();
  /** Invoices by the digits with which their number ends, leading zeros left out: payers write no more. */
  readonly #endings = new Map<string, Set<string>>();

  constructor(invoices: Iterable<Names>) {
    for (const each of invoices) this.add(each);
  }

  add({ invoiceNumber, paymentReference, registrationReference, urn }: Names): void {
    this.#name(paymentReference, invoiceNumber, 'REFERENCE');
    const bare = normaliseReference(paymentReference).replace(PREFIX, '');
    if (bare.length >= 6 && /[A-Z]/.test(bare)) this.#name(bare, invoiceNumber, 'REFERENCE');
    this.#name(invoiceNumber, invoiceNumber, 'INVOICE_NUMBER');
    const ending = withoutZeros(/\d+$/.exec(invoiceNumber)?.[0] ?? '');
    if (ending.length >= LISTED)
      this.#endings.set(ending, (this.#endings.get(ending) ?? new Set()).add(invoiceNumber));
    if (registrationReference !== '')
      this.#name(registrationReference, invoiceNumber, 'REGISTRATION_REFERENCE');
    if (urn !== null && urn !== '')
      this.#urns.set(urn, (this.#urns.get(urn) ?? new Set()).add(invoiceNumber));
    const whole = normaliseReference(paymentReference);
    const common = PREFIX.exec(whole)?.[0].length ?? 0;
    for (let length = common === 0 ? TELLING_ALONE : common + TELLING; length < whole.length; length++) {
      const beginning = whole.slice(0, length);
      if (common === 0 && !(/[A-Z]/.test(beginning) && /\d/.test(beginning))) continue;
      this.#beginnings.set(beginning, (this.#beginnings.get(beginning) ?? new Set()).add(invoiceNumber));
    }
  }

  #name(written: string, invoiceNumber: string, by: NamedBy): void {
    const name = normaliseReference(written);
    if (name.length < 3) return;
    const of = this.#names.get(name) ?? new Map<string, Set<NamedBy>>();
    of.set(invoiceNumber, (of.get(invoiceNumber) ?? new Set()).add(by));
    this.#names.set(name, of);
    this.#lengths.add(name.length);
  }

  /** Numbers of the invoices that the texts name, and how. */
  find(texts: readonly string[]): Map<string, Set<NamedBy>> {
    const named = new Map<string, Set<NamedBy>>();
    const name = (numbers: Iterable<string>, by: NamedBy): void => {
      for (const number of numbers) named.set(number, (named.get(number) ?? new Set()).add(by));
    };
    for (const raw of texts) {
      if (raw === '') continue;
      const plain = plainOf(raw);
      const found = withoutContained(this.#foundIn(plain));
      for (const each of found) name(each.numbers, each.by);
      const listed = this.#listedIn(plain.raw);
      name(listed, 'INVOICE_NUMBER');
      for (const urn of raw.match(/(?<!\d)\d{6,7}(?!\d)/g) ?? []) name(this.#urns.get(urn) ?? [], 'URN');
      if (found.length === 0 && listed.size === 0) name(this.#cutIn(raw), 'REFERENCE_CUT');
    }
    return named;
  }

  #foundIn(plain: Plain): Found[] {
    const found: Found[] = [];
    for (const length of this.#lengths) {
      for (let from = 0; from + length <= plain.text.length; from++) {
        const of = this.#names.get(plain.text.slice(from, from + length));
        if (of === undefined || !stands(plain, from, from + length)) continue;
        for (const [number, ways] of of)
          for (const by of ways) found.push({ from, to: from + length, numbers: new Set([number]), by });
      }
    }
    return found;
  }

  /** Invoices whose numbers end with those that a word for invoices announces; an ending that several share names none. */
  #listedIn(upper: string): Set<string> {
    const listed = new Set<string>();
    for (const [, list = ''] of upper.matchAll(INVOICE_LIST)) {
      for (const number of numbersOf(list)) {
        const invoices = this.#endings.get(withoutZeros(number));
        if (invoices?.size === 1) for (const each of invoices) listed.add(each);
      }
    }
    return listed;
  }

  /** Invoices whose reference alone begins as the text ends, from the start of a word, where it is as long as what banks cut. */
  #cutIn(raw: string): Set<string> {
    for (const piece of [raw, ...raw.split(/\s{2,}|[,;|/]/)]) {
      const trimmed = piece.trim();
      if (trimmed.length < CUT_LENGTHS.least || trimmed.length > CUT_LENGTHS.most) continue;
      const { text, raw: upper, places } = plainOf(trimmed);
      for (let from = 0; from < text.length; from++) {
        if (/[A-Z0-9]/.test(upper.charAt((places[from] ?? 0) - 1))) continue;
        const numbers = this.#beginnings.get(text.slice(from));
        if (numbers !== undefined && numbers.size === 1) return numbers;
      }
    }
    return new Set();
  }
}

const withoutZeros = (digits: string): string => digits.replace(/^0+/, '');

/**
 * The numbers of a list, and those between two that a dash or `to` joins. After a blank alone only a number of as many
 * digits as the first goes on with the list: an amount or a date may follow it.
 */
function numbersOf(list: string): string[] {
  const numbers: string[] = [];
  let joint: string | undefined;
  for (const [piece] of list.matchAll(/\d+|-|\bTO\b|[,/&+;]|\bAND\b/g)) {
    if (!/^\d/.test(piece)) {
      joint = piece;
      continue;
    }
    const from = numbers.at(-1);
    if (from !== undefined && joint === undefined && piece.length !== numbers[0]?.length) continue;
    const [first, last] = [Number(from), Number(piece)];
    if (from !== undefined && (joint === '-' || joint === 'TO') && last - first <= MAXIMUM_RANGE)
      for (let each = first + 1; each < last; each++) numbers.push(String(each));
    numbers.push(piece);
    joint = undefined;
  }
  return numbers;
}

/**
 * Whether what was found is not a piece of something longer: no digit goes on where it begins or ends with one, and what
 * is short or all digits stands between other signs.
 */
function stands({ raw, text, places }: Plain, from: number, to: number): boolean {
  const first = places[from] ?? 0;
  const last = places[to - 1] ?? 0;
  const [before, after] = [raw.charAt(first - 1), raw.charAt(last + 1)];
  const name = text.slice(from, to);
  if (/^\d+$/.test(name) && name.length < DIGITS_ALONE && !isAnnounced(raw, first, last)) return false;
  if (name.length < 8 || /^\d+$/.test(name)) return !/[A-Z0-9]/.test(before) && !/[A-Z0-9]/.test(after);
  const isDigit = (character: string): boolean => /\d/.test(character);
  if (isDigit(name.charAt(0)) && isDigit(before)) return false;
  return !(isDigit(name.at(-1) ?? '') && isDigit(after));
}

/** Whether a word before digits says that they number an invoice, or nothing else was written. */
const isAnnounced = (raw: string, first: number, last: number): boolean =>
  raw.trim() === raw.slice(first, last + 1) ||
  /(?<![A-Z])(INV(OICE)?S?([\s.:#-]*(NUMBERS?|NUM|NOS?|NR))?|REFS?|REFERENCES?)[\s.:#-]*$/.test(
    raw.slice(0, first),
  );

/** What lies within something longer that was found is a piece of it (number 12 within 123, a name within its prefix and name). */
function withoutContained(found: readonly Found[]): Found[] {
  return found.filter(
    (one) =>
      !found.some(
        (other) => other.from <= one.from && other.to >= one.to && other.to - other.from > one.to - one.from,
      ),
  );
}
