import { Mt940Message } from './mt940-message.ts';
import type { Reading } from './reading.ts';
import { StatementRefusedError } from './refusal.ts';
import { type TextRow, textRows } from './text-rows.ts';

/**
 * Reads an MT940 file (SWIFT customer statement message; domain.md 3.5), with or without the envelope's blocks: every
 * statement in it with its movements, RC and RD being taken-back credits and debits. Held to its balances. Throws
 * `StatementRefusedError` with the line for what cannot be read on.
 */
export async function readMt940(chunks: AsyncIterable<string>, reading: Reading): Promise<void> {
  const reader = new Mt940Reader(reading);
  for await (const row of textRows(chunks)) reader.take(row);
  reader.end();
}

/** Fields with which a message begins: after one of them the words of a movement are over. */
const HEADER = /^(21|25P?|28C?|60[FM])$/;
const ENVELOPE = /^\s*(\{|-\})/;
const tagOf = (text: string): string | undefined => /^:(\d{2}[A-Z]?):/.exec(text)?.[1];

/** Finds the messages and their fields: a message begins with :20: and ends with the next one, `-`, or the file. */
class Mt940Reader {
  readonly #reading: Reading;
  #message: Mt940Message | undefined;
  /** The last message, if its pages go on in another (:62M: then :60M:). */
  #page: Mt940Message | undefined;
  #field: { readonly tag: string; readonly fileLine: number; text: string } | undefined;
  /** Rows of which only what follows tells whether they are words of a movement. */
  #held: TextRow[] = [];

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  take(row: TextRow): void {
    if (this.#held.length === 0) {
      this.#row(row, undefined);
      return;
    }
    const tag = tagOf(row.text);
    if (ENVELOPE.test(row.text)) this.#release(false);
    else if (tag !== undefined && tag !== '20') this.#release(!HEADER.test(tag));
    else {
      this.#held.push(row);
      return;
    }
    this.take(row);
  }

  end(): void {
    this.#release(false);
    this.#endMessage();
    this.#page?.close();
  }

  /** Decides about the rows that were held: they are words, or what they look like. */
  #release(areWords: boolean): void {
    const held = this.#held;
    this.#held = [];
    for (const row of held) this.#row(row, areWords);
  }

  /** Takes a row; `areWords` undefined where that is not known yet of one that looks like the end or start of a message. */
  #row(row: TextRow, areWords: boolean | undefined): void {
    const { text: raw, fileLine } = row;
    const type = /\{2:[IO](\d{3})/.exec(raw)?.[1];
    if (type !== undefined && type !== '940')
      throw new StatementRefusedError('statement-other-message', { message: `MT${type}` }, fileLine);
    const envelope = /^\s*\{1:[\s\S]*?\{4:(.*)$/.exec(raw) ?? /^\s*\{4:(.*)$/.exec(raw);
    const line = (envelope === null ? raw : (envelope[1] ?? '')).replace(/\s+$/, '');
    if (line === '') return;
    const isEnd = /^-\}?(\{5:.*)?$/.test(line) || /^\{/.test(line);
    const tag = tagOf(line);
    // Within the words of a movement stand also lines that look like the end of a message or the start of one.
    const inWords = this.#field?.tag === '86' && this.#message?.isOpen === true && !line.startsWith('-}');
    if ((isEnd || tag === '20') && inWords && areWords !== false) {
      if (areWords === undefined) this.#held.push(row);
      else this.#addWords(line);
      return;
    }
    if (isEnd) {
      if (line.startsWith('-')) this.#endMessage();
      return;
    }
    if (tag === undefined) this.#addWords(line);
    else this.#begin(tag, line.slice(tag.length + 2), fileLine);
  }

  #addWords(line: string): void {
    if (this.#field !== undefined) this.#field.text += `\n${line}`;
  }

  #begin(tag: string, text: string, fileLine: number): void {
    this.#endField();
    if (tag === '20') {
      this.#endMessage();
      this.#message = new Mt940Message(this.#reading, fileLine);
    }
    // What stands before the first reference is a bank's own heading.
    if (this.#message !== undefined) this.#field = { tag, fileLine, text };
  }

  #endField(): void {
    const field = this.#field;
    this.#field = undefined;
    if (field === undefined) return;
    const { tag, text, fileLine } = field;
    // A page of a statement that goes on: its opening balance is the interim one of the page before.
    if (tag === '60M' && this.#page !== undefined) this.#message?.goesOn(this.#page);
    this.#message?.field(tag, text, fileLine);
  }

  #endMessage(): void {
    this.#endField();
    const message = this.#message;
    this.#message = undefined;
    if (message === undefined) return;
    message.end();
    if (this.#page !== undefined && message.before !== this.#page) this.#page.close();
    this.#page = message;
    if (!message.isPage) {
      message.close();
      this.#page = undefined;
    }
  }
}
