import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod';
import { parse } from '../shared/runtime/parse.ts';
import { type RegisterSchool, registerSchool } from './model.ts';
import { wordsOf } from './register-words.ts';

/**
 * A compact index of a register of schools: one file, read whole into a function's memory, instead of an item a school.
 *
 * Layout (gzip): a line of JSON with the section lengths, then the sections
 *  - records: one JSON line a school, open schools first, then by name; a school's number is its line,
 *  - words: the vocabulary, sorted, one a line (words of name and town, postcodes without their space),
 *  - postings: for each word the numbers of its schools, ascending, as varints of differences, a zero after each list
 *    (differences count from one, so that zero is free).
 * Records stay bytes until they are shown; a search walks postings only.
 */
export interface RegisterIndex {
  readonly size: number;
  /** The school with exactly this URN, closed ones too. */
  find(urn: string): RegisterSchool | undefined;
  /** At most `limit` schools that match every word of `query`: whole words before beginnings, open before closed, by name. */
  search(query: string, limit: number): RegisterSchool[];
}

const FORMAT = 1;
const header = z.object({
  format: z.literal(FORMAT),
  schools: z.number().int(),
  records: z.number().int(),
  words: z.number().int(),
  postings: z.number().int(),
});

/** A full or partial UK postcode without its space: an outward part, then at least a digit of the inward one. */
const POSTCODE = /^[a-z]{1,2}\d[a-z\d]?\d[a-z]{0,2}$/;
const URN = /^\d{6,7}$/;
const NEWLINE = 10;

/** Words by which a school is found; "St" and "Saint" stand for each other. */
function keysOf(school: RegisterSchool): Set<string> {
  const keys = new Set([...wordsOf(school.name), ...wordsOf(school.town)]);
  if (keys.has('st')) keys.add('saint');
  if (keys.has('saint')) keys.add('st');
  const postcode = wordsOf(school.postcode).join('');
  if (postcode !== '') keys.add(postcode);
  return keys;
}

/** The index of these schools as bytes; later rows with a URN seen before replace the earlier one. */
export function buildIndex(rows: Iterable<RegisterSchool>): Uint8Array {
  const byUrn = new Map<string, RegisterSchool>();
  for (const row of rows) byUrn.set(row.urn, row);
  const collator = new Intl.Collator('en-GB');
  const schools = [...byUrn.values()].sort(
    (a, b) =>
      Number(a.closeDate !== '') - Number(b.closeDate !== '') ||
      collator.compare(a.name, b.name) ||
      collator.compare(a.urn, b.urn),
  );
  const numbers = new Map<string, number[]>();
  for (const [number, school] of schools.entries()) {
    for (const key of keysOf(school)) {
      const list = numbers.get(key);
      if (list === undefined) numbers.set(key, [number]);
      else list.push(number);
    }
  }
  const vocabulary = [...numbers.keys()].sort(byCodeUnits);
  const records = Buffer.from(schools.map((school) => `${JSON.stringify(toRow(school))}\n`).join(''));
  const words = Buffer.from(vocabulary.map((word) => `${word}\n`).join(''));
  const postings = Buffer.from(vocabulary.flatMap((word) => encodeList(numbers.get(word) ?? [])));
  const first = JSON.stringify({
    format: FORMAT,
    schools: schools.length,
    records: records.length,
    words: words.length,
    postings: postings.length,
  });
  return gzipSync(Buffer.concat([Buffer.from(`${first}\n`), records, words, postings]));
}

/** Opens what `buildIndex` wrote. Throws where the bytes are something else. */
export function openIndex(bytes: Uint8Array): RegisterIndex {
  const all = gunzipSync(bytes);
  const end = all.indexOf(NEWLINE);
  const sizes = parse('register index', header, JSON.parse(all.subarray(0, end).toString('utf8')));
  const records = all.subarray(end + 1, end + 1 + sizes.records);
  const wordsAt = end + 1 + sizes.records;
  const vocabulary = all
    .subarray(wordsAt, wordsAt + sizes.words)
    .toString('utf8')
    .split('\n');
  vocabulary.pop();
  const postings = all.subarray(wordsAt + sizes.words, wordsAt + sizes.words + sizes.postings);
  return new CompactIndex(
    records,
    lineStarts(records, sizes.schools),
    vocabulary,
    postings,
    listStarts(postings, vocabulary.length),
  );
}

class CompactIndex implements RegisterIndex {
  readonly size: number;
  readonly #records: Buffer;
  readonly #starts: Uint32Array;
  readonly #words: readonly string[];
  readonly #postings: Buffer;
  readonly #lists: Uint32Array;
  /** URN -> number, made at the first look-up by URN. */
  #byUrn: Map<number, number> | undefined;

  constructor(
    records: Buffer,
    starts: Uint32Array,
    words: readonly string[],
    postings: Buffer,
    lists: Uint32Array,
  ) {
    this.size = starts.length;
    this.#records = records;
    this.#starts = starts;
    this.#words = words;
    this.#postings = postings;
    this.#lists = lists;
  }

  find(urn: string): RegisterSchool | undefined {
    if (!URN.test(urn)) return undefined;
    this.#byUrn ??= this.#urns();
    const number = this.#byUrn.get(Number(urn));
    return number === undefined ? undefined : this.#school(number);
  }

  search(query: string, limit: number): RegisterSchool[] {
    const known = this.find(query.trim());
    if (known !== undefined) return [known];
    const words = joinPostcodes(wordsOf(query));
    if (words.length === 0) return [];
    let beginning: Uint8Array | undefined;
    let whole: Uint8Array | undefined;
    for (const word of words) {
      const from = this.#firstFrom(word);
      const exact = new Uint8Array(this.size);
      if (this.#words[from] === word) this.#mark(from, exact);
      const prefix = exact.slice();
      for (
        let at = this.#words[from] === word ? from + 1 : from;
        this.#words[at]?.startsWith(word) === true;
        at++
      )
        this.#mark(at, prefix);
      beginning = both(beginning, prefix);
      whole = both(whole, exact);
    }
    const found: number[] = [];
    if (beginning === undefined || whole === undefined) return [];
    for (let number = 0; number < this.size && found.length < limit; number++)
      if (whole[number] === 1) found.push(number);
    for (let number = 0; number < this.size && found.length < limit; number++) {
      if (beginning[number] === 1 && whole[number] !== 1) found.push(number);
    }
    return found.map((number) => this.#school(number));
  }

  /** Place of the first word not before `word`. */
  #firstFrom(word: string): number {
    let low = 0;
    let high = this.#words.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (byCodeUnits(this.#words[middle] ?? '', word) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #mark(word: number, into: Uint8Array): void {
    let at = this.#lists[word] ?? 0;
    let number = -1;
    for (;;) {
      let step = 0;
      let shift = 0;
      let byte: number;
      do {
        byte = this.#postings[at++] ?? 0;
        step |= (byte & 127) << shift;
        shift += 7;
      } while (byte > 127);
      if (step === 0) return;
      number += step;
      into[number] = 1;
    }
  }

  #school(number: number): RegisterSchool {
    const start = this.#starts[number] ?? 0;
    return fromRow(
      JSON.parse(this.#records.subarray(start, this.#records.indexOf(NEWLINE, start)).toString('utf8')),
    );
  }

  #urns(): Map<number, number> {
    const urns = new Map<number, number>();
    // A record begins with ["URN", so its digits can be read without parsing the line.
    for (const [number, start] of this.#starts.entries()) {
      urns.set(
        Number(this.#records.subarray(start + 2, this.#records.indexOf('"', start + 2)).toString('latin1')),
        number,
      );
    }
    return urns;
  }
}

/** "AL10 9AB" is one word, as it is in the index. */
function joinPostcodes(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const both = word + (words[at + 1] ?? '');
    const isPair = POSTCODE.test(both) && /^\d/.test(words[at + 1] ?? '') && /^[a-z]/.test(word);
    joined.push(isPair ? both : word);
    if (isPair) at++;
  }
  return joined;
}

function both(earlier: Uint8Array | undefined, next: Uint8Array): Uint8Array {
  if (earlier === undefined) return next;
  for (let at = 0; at < earlier.length; at++) earlier[at] = (earlier[at] ?? 0) & (next[at] ?? 0);
  return earlier;
}

function lineStarts(bytes: Buffer, lines: number): Uint32Array {
  const starts = new Uint32Array(lines);
  let at = 0;
  for (let line = 0; line < lines; line++) {
    starts[line] = at;
    at = bytes.indexOf(NEWLINE, at) + 1;
  }
  return starts;
}

function listStarts(bytes: Buffer, lists: number): Uint32Array {
  const starts = new Uint32Array(lists);
  let at = 0;
  for (let list = 0; list < lists; list++) {
    starts[list] = at;
    at = bytes.indexOf(0, at) + 1;
  }
  return starts;
}

/** Ascending numbers as varints of the differences from the one before (the first from -1), and a zero. */
function encodeList(numbers: readonly number[]): number[] {
  const bytes: number[] = [];
  let before = -1;
  for (const number of numbers) {
    let step = number - before;
    before = number;
    while (step > 127) {
      bytes.push((step & 127) | 128);
      step >>>= 7;
    }
    bytes.push(step);
  }
  bytes.push(0);
  return bytes;
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

const row = z.tuple([
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.number().nullable(),
  z.number().nullable(),
]);

function toRow(school: RegisterSchool): z.output<typeof row> {
  const { urn, name, town, postcode, openDate, closeDate, phase, localAuthority, trust, pupils, fsmPercent } =
    school;
  return [urn, name, town, postcode, openDate, closeDate, phase, localAuthority, trust, pupils, fsmPercent];
}

function fromRow(value: unknown): RegisterSchool {
  const [urn, name, town, postcode, openDate, closeDate, phase, localAuthority, trust, pupils, fsmPercent] =
    parse('register record', row, value);
  return parse('register record', registerSchool, {
    urn,
    name,
    town,
    postcode,
    openDate,
    closeDate,
    phase,
    localAuthority,
    trust,
    pupils,
    fsmPercent,
  });
}
