import type { Pence } from '../shared/money/pence.ts';
import type { PayerAlias } from './alias-model.ts';
import { balanceOf } from './balance.ts';
import { aliasIdOf, payeeOf } from './counterparty.ts';
import type { Invoice } from './model.ts';
import { agree, isTelling, likeness, likenessOfWords, uniqueWords, wordsOfName } from './names.ts';
import { ReferenceIndex } from './reference-index.ts';
import type { BankLine } from './statements/model.ts';

/** So many invoices are compared with a line by name at most, those first whose words are rarest. */
const MAXIMUM_COMPARED = 200;

/** How a word is filed: banks cut names off, and four letters agree with whatever begins with them. */
const filed = (word: string): string => word.slice(0, 4);

/** What groups the invoices of one payer. */
const payerOf = (invoice: Invoice): string => wordsOfName(invoice.payer.name).join(' ');

/**
 * Invoices as lines are matched with them: found by what names them, by amount and name, or by payer, without going
 * through all. Takes note of what is paid while a page of lines is matched.
 */
export class OpenBook {
  readonly references: ReferenceIndex;
  readonly #invoices = new Map<string, Invoice>();
  readonly #balances = new Map<string, Pence>();
  /** By what is owed and the filed words of school and payer. */
  readonly #byAmount = new Map<string, Set<string>>();
  /** The words of school and payer of those that were compared. */
  readonly #words = new Map<
    string,
    { readonly school: readonly string[]; readonly payer: readonly string[] }
  >();
  readonly #byPayer = new Map<string, Set<string>>();
  readonly #payersByWord = new Map<string, Set<string>>();
  readonly #byPayee = new Map<string, Set<string>>();
  readonly #aliases: ReadonlyMap<string, PayerAlias>;

  /**
   * `settled` are known by their names alone: what a line for one of them is for is then told. `aliases`: who was
   * confirmed to pay for others.
   */
  constructor(
    open: readonly Invoice[],
    settled: readonly Invoice[] = [],
    aliases: readonly PayerAlias[] = [],
  ) {
    this.#aliases = new Map(aliases.map((each) => [each.aliasId, each]));
    this.references = new ReferenceIndex([...settled, ...open]);
    for (const each of settled) this.#invoices.set(each.invoiceNumber, each);
    for (const each of open) {
      this.#invoices.set(each.invoiceNumber, each);
      this.#balances.set(each.invoiceNumber, balanceOf(each));
      for (const word of tellingWords(each))
        put(this.#byAmount, `${balanceOf(each)} ${word}`, each.invoiceNumber);
      const payer = payerOf(each);
      put(this.#byPayer, payer, each.invoiceNumber);
      put(this.#byPayee, payeeOf(each).payeeId, each.invoiceNumber);
      for (const word of wordsOfName(each.payer.name).filter(isTelling))
        put(this.#payersByWord, filed(word), payer);
    }
  }

  get(invoiceNumber: string): Invoice | undefined {
    return this.#invoices.get(invoiceNumber);
  }

  /** What is owed on it as far as is known here; 0 where nothing is. */
  balance(invoiceNumber: string): Pence {
    return this.#balances.get(invoiceNumber) ?? 0;
  }

  /** Takes note that `pence` were put on an invoice. */
  paid(invoiceNumber: string, pence: Pence): void {
    const balance = this.#balances.get(invoiceNumber);
    if (balance !== undefined) this.#balances.set(invoiceNumber, balance - pence);
  }

  /** Invoices that owe exactly `pence` and whose school or payer is like what the line says, the likest first. */
  likeNames(
    { payerName, narrative }: Pick<BankLine, 'payerName' | 'narrative'>,
    pence: Pence,
  ): { readonly invoice: Invoice; readonly alike: number }[] {
    const given = uniqueWords(`${payerName} ${narrative}`);
    const payer = uniqueWords(payerName).filter(isTelling);
    const buckets = [...new Set(given.filter(isTelling).map(filed))]
      .map((word) => this.#byAmount.get(`${pence} ${word}`))
      .filter((bucket) => bucket !== undefined)
      .sort((a, b) => a.size - b.size);
    const numbers = new Set<string>();
    for (const bucket of buckets) {
      if (numbers.size + bucket.size > MAXIMUM_COMPARED && numbers.size > 0) break;
      for (const number of bucket) numbers.add(number);
    }
    return [...numbers]
      .slice(0, MAXIMUM_COMPARED)
      .flatMap((number) => {
        const invoice = this.#invoices.get(number);
        return invoice === undefined || this.balance(number) !== pence ? [] : [invoice];
      })
      .map((invoice) => {
        const own = this.#wordsOf(invoice);
        const alike = [own.school, own.payer].map(
          (words) => likenessOfWords(words, given) * (0.5 + 0.5 * coverage(payer, words)),
        );
        return { invoice, alike: Math.max(...alike) };
      })
      .filter(({ alike }) => alike > 0)
      .sort((a, b) => b.alike - a.alike || a.invoice.invoiceNumber.localeCompare(b.invoice.invoiceNumber));
  }

  #wordsOf(invoice: Invoice): { readonly school: readonly string[]; readonly payer: readonly string[] } {
    const known = this.#words.get(invoice.invoiceNumber);
    if (known !== undefined) return known;
    const words = { school: uniqueWords(invoice.schoolName), payer: uniqueWords(invoice.payer.name) };
    this.#words.set(invoice.invoiceNumber, words);
    return words;
  }

  /** Open invoices of each payer whose name is like the text, those due first at the head. */
  ofPayersLike(text: string): Invoice[][] {
    const buckets = [...new Set(wordsOfName(text).filter(isTelling).map(filed))]
      .map((word) => this.#payersByWord.get(word))
      .filter((bucket) => bucket !== undefined)
      .sort((a, b) => a.size - b.size);
    const payers = new Set<string>();
    for (const bucket of buckets) {
      if (payers.size + bucket.size > MAXIMUM_COMPARED && payers.size > 0) break;
      for (const payer of bucket) payers.add(payer);
    }
    return [...payers]
      .slice(0, MAXIMUM_COMPARED)
      .filter((payer) => likeness(payer, text) > 0)
      .slice(0, 20)
      .map((payer) => this.#open(payer));
  }

  /** Open invoices of the payer of an invoice. */
  ofPayer(invoice: Invoice): Invoice[] {
    return this.#open(payerOf(invoice));
  }

  /** Open invoices of those for whom whoever paid a line was confirmed to pay; none where nobody was. */
  ofKnownPayer(line: Pick<BankLine, 'payerName' | 'narrative'>): Invoice[] {
    if (this.#aliases.size === 0) return [];
    const alias = this.#aliases.get(aliasIdOf(line) ?? '');
    return this.#owing(
      (alias?.payees ?? []).flatMap(({ payeeId }) => [...(this.#byPayee.get(payeeId) ?? [])]),
    );
  }

  #open(payer: string): Invoice[] {
    return this.#owing([...(this.#byPayer.get(payer) ?? [])]);
  }

  #owing(numbers: readonly string[]): Invoice[] {
    return numbers
      .flatMap((number) => this.#invoices.get(number) ?? [])
      .filter(({ invoiceNumber }) => this.balance(invoiceNumber) > 0)
      .sort((a, b) => a.dueOn.localeCompare(b.dueOn) || a.invoiceNumber.localeCompare(b.invoiceNumber));
  }
}

/** The share of a payer's own words that are in a name: of two names the one that has them all is the payer's. */
const coverage = (payer: readonly string[], words: readonly string[]): number =>
  payer.length === 0
    ? 1
    : payer.filter((word) => words.some((own) => agree(own, word))).length / payer.length;

const tellingWords = (invoice: Invoice): Set<string> =>
  new Set(
    [...wordsOfName(invoice.schoolName), ...wordsOfName(invoice.payer.name)].filter(isTelling).map(filed),
  );

function put(index: Map<string, Set<string>>, key: string, value: string): void {
  const bucket = index.get(key);
  if (bucket === undefined) index.set(key, new Set([value]));
  else bucket.add(value);
}
