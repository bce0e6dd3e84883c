import type { Pence } from '../shared/money/pence.ts';
import {
  findPaymentReferences,
  findRegistrationReferences,
  normaliseReference,
} from '../shared/references/references.ts';
import { balanceOf } from './balance.ts';
import { candidateOf, type NamedInvoice, ordered, scores, suggestion } from './candidates.ts';
import type { MatchingRule } from './matching-rules.ts';
import type { Candidate, Invoice } from './model.ts';
import { likeness } from './names.ts';
import type { OpenBook } from './open-book.ts';
import type { BankLine } from './statements/model.ts';
import { subsetSum } from './subset-sum.ts';

/** What a bank line may name an invoice by. */
export interface NamesOnLine {
  readonly paymentReferences: readonly string[];
  readonly invoiceNumbers: readonly string[];
  readonly registrationReferences: readonly string[];
  readonly urns: readonly string[];
}

/** Money for an invoice. */
export interface Share {
  readonly invoiceNumber: string;
  readonly pence: Pence;
}

export interface Judgement {
  readonly rule: MatchingRule;
  /** CONFIRMED: beyond doubt, the machine does it; SUGGESTED: a person decides; NONE: nothing to propose. */
  readonly confidence: 'CONFIRMED' | 'SUGGESTED' | 'NONE';
  /** What the line is put on, done or proposed. */
  readonly proposal: readonly Share[];
  readonly candidates: readonly Candidate[];
}

type Words = Pick<BankLine, 'narrative' | 'endToEndId' | 'bankReference' | 'payerName'>;

/** A line that names more is a list for people anyway; looking each up would take long. */
const MAXIMUM_NAMES = 40;

/** What payers may have written into. */
export const textsOf = (line: Words): string[] => [
  line.narrative,
  line.endToEndId,
  line.bankReference,
  line.payerName,
];

/** Everything on a line that may name an invoice; payers retype, so references are read through blanks, dashes and case. */
export function namesOnLine(line: Words): NamesOnLine {
  const texts = textsOf(line).slice(0, 3);
  const plain = texts.join(' ');
  const unique = (found: Iterable<string>): string[] => [...new Set(found)].slice(0, MAXIMUM_NAMES);
  return {
    paymentReferences: unique(findPaymentReferences(texts)),
    invoiceNumbers: unique(
      texts.flatMap((text) =>
        [...normaliseReference(text).matchAll(/PSQM(20\d{2})(\d{5})(?!\d)/g)].map(
          ([, year, number]) => `PSQM-${year}-${number}`,
        ),
      ),
    ),
    registrationReferences: unique(findRegistrationReferences(texts)),
    urns: unique(plain.match(/\b\d{6,7}\b/g) ?? []),
  };
}

/** Names that a payer writes on purpose for one invoice; a registration or a school may have several. */
const isWritten = ({ by }: NamedInvoice): boolean =>
  by.some((how) => how === 'REFERENCE' || how === 'REFERENCE_CUT' || how === 'INVOICE_NUMBER');
const isPayable = ({ invoice, ended }: NamedInvoice): boolean => !ended && balanceOf(invoice) > 0;

/**
 * What becomes of money that came in, by the rules of domain.md 3.6 in their order. Put on invoices without a person only
 * where they are named by reference or number, what they owe is exactly what came, and nothing else is named. Amounts are
 * the same for most schools, so an amount alone is no reason for anything. `named`: what the line names, as it stands now;
 * `book`: every invoice with money owed.
 */
export function judgeLine(
  line: Words & Pick<BankLine, 'pence'>,
  named: readonly NamedInvoice[],
  book: OpenBook,
): Judgement {
  const written = named.filter(isWritten);
  if (written.length > 0) return byNames(line, named, written, book);
  return (
    bySchool(line, named, book) ??
    byKnownPayer(line, named, book) ??
    byPayer(line, named, book) ??
    byLikeName(line, named, book)
  );
}

/** A payment that the bank sent back, with what the line names: people say which it was (returned-lines.ts). */
export function judgeReturn(line: Pick<BankLine, 'pence'>, named: readonly NamedInvoice[]): Judgement {
  const candidates = ordered(named.map((each) => candidateOf(line, each)));
  return {
    rule: 'returned-payment',
    confidence: candidates.length > 0 ? 'SUGGESTED' : 'NONE',
    proposal: [],
    candidates,
  };
}

/** Whoever writes a reference says what the money is for: a like name must not lead it elsewhere. */
function byNames(
  line: Pick<BankLine, 'pence'>,
  named: readonly NamedInvoice[],
  written: readonly NamedInvoice[],
  book: OpenBook,
): Judgement {
  const { pence } = line;
  const candidates = ordered(named.map((each) => candidateOf(line, each)));
  const payable = written.filter(isPayable);
  const [first] = written;
  if (written.length === 1 && first !== undefined) {
    const { invoice, ended, by } = first;
    const balance = balanceOf(invoice);
    if (ended) return suggested('ended-registration', [], candidates);
    if (balance <= 0) return suggested('second-payment', [], candidates);
    const number = invoice.invoiceNumber;
    if (pence === balance) {
      const rule =
        by.includes('REFERENCE') || by.includes('REFERENCE_CUT')
          ? 'reference-and-amount'
          : 'invoice-number-and-amount';
      return { rule, confidence: 'CONFIRMED', proposal: [{ invoiceNumber: number, pence }], candidates };
    }
    if (pence < balance) return suggested('part-payment', [{ invoiceNumber: number, pence }], candidates);
    const others = withOthersOfPayer(line, [first], book);
    if (others !== undefined) return others;
    return suggested('over-payment', [{ invoiceNumber: number, pence: balance }], candidates);
  }
  const owed = payable.reduce((sum, { invoice }) => sum + balanceOf(invoice), 0);
  const shares = payable.map(({ invoice }) => ({
    invoiceNumber: invoice.invoiceNumber,
    pence: balanceOf(invoice),
  }));
  if (payable.length === written.length && owed === pence)
    return { rule: 'named-invoices-and-sum', confidence: 'CONFIRMED', proposal: shares, candidates };
  if (payable.length === 0)
    return suggested(
      written.some(({ ended }) => ended) ? 'ended-registration' : 'second-payment',
      [],
      candidates,
    );
  const others = pence > owed ? withOthersOfPayer(line, payable, book) : undefined;
  if (others !== undefined) return others;
  return suggested('named-invoices-other-sum', pence >= owed ? shares : [], candidates);
}

/** Named invoices, and others of the same payer that make up the rest in one way. */
function withOthersOfPayer(
  line: Pick<BankLine, 'pence'>,
  named: readonly NamedInvoice[],
  book: OpenBook,
): Judgement | undefined {
  const [first] = named;
  if (first === undefined) return undefined;
  const numbers = new Set(named.map(({ invoice }) => invoice.invoiceNumber));
  const rest = line.pence - named.reduce((sum, { invoice }) => sum + balanceOf(invoice), 0);
  const others = book.ofPayer(first.invoice).filter(({ invoiceNumber }) => !numbers.has(invoiceNumber));
  const sum = subsetSum(
    others.map(({ invoiceNumber }) => book.balance(invoiceNumber)),
    rest,
  );
  if (sum.ways !== 'ONE') return undefined;
  const chosen = sum.places.flatMap((place) => others[place] ?? []);
  return suggested(
    'invoices-of-one-payer',
    [...named.map(({ invoice }) => invoice), ...chosen].map((invoice) => ({
      invoiceNumber: invoice.invoiceNumber,
      pence: balanceOf(invoice),
    })),
    ordered([
      ...named.map((each) => candidateOf(line, each)),
      ...chosen.map((each) => suggestion(each, ['PART_OF_SUM'], scores.PART_OF_SUM)),
    ]),
  );
}

/** A registration reference or a URN names a school, not an invoice. */
function bySchool(
  line: Words & Pick<BankLine, 'pence'>,
  named: readonly NamedInvoice[],
  book: OpenBook,
): Judgement | undefined {
  if (named.length === 0) return undefined;
  const candidates = ordered(named.map((each) => candidateOf(line, each)));
  const payable = named.filter(isPayable);
  const exact = payable.filter(({ invoice }) => balanceOf(invoice) === line.pence);
  const share = ({ invoice }: NamedInvoice): Share => ({
    invoiceNumber: invoice.invoiceNumber,
    pence: balanceOf(invoice),
  });
  const [one] = exact;
  if (exact.length === 1 && one !== undefined)
    return suggested('school-and-amount', [share(one)], candidates);
  const owed = payable.reduce((sum, { invoice }) => sum + balanceOf(invoice), 0);
  if (payable.length > 1 && owed === line.pence)
    return suggested('invoices-of-one-payer', payable.map(share), candidates);
  const ofPayer = byPayer(line, named, book);
  if (ofPayer?.confidence === 'SUGGESTED') return ofPayer;
  if (payable.length === 0)
    return suggested(
      named.some(({ ended }) => ended) ? 'ended-registration' : 'second-payment',
      [],
      candidates,
    );
  return suggested('school-other-amount', [], candidates);
}

/**
 * Somebody of whom a person has confirmed for whom they pay. Most owe the same, so a school's name on the line decides
 * between several that owe what came.
 */
function byKnownPayer(
  line: Words & Pick<BankLine, 'pence'>,
  named: readonly NamedInvoice[],
  book: OpenBook,
): Judgement | undefined {
  const open = book.ofKnownPayer(line);
  const exact = open.filter(({ invoiceNumber }) => book.balance(invoiceNumber) === line.pence);
  const alike = exact.filter(({ schoolName }) => likeness(schoolName, line.narrative) > 0);
  const [one] = exact.length === 1 ? exact : alike;
  if (one !== undefined && (exact.length === 1 || alike.length === 1))
    return suggested(
      'known-payer-and-amount',
      [{ invoiceNumber: one.invoiceNumber, pence: line.pence }],
      ofKnownPayer(line, named, open, [one]),
    );
  const sum = subsetSum(
    open.map(({ invoiceNumber }) => book.balance(invoiceNumber)),
    line.pence,
  );
  if (sum.ways === 'NONE') return undefined;
  if (sum.ways !== 'ONE')
    return {
      rule: 'ambiguous-sum',
      confidence: 'NONE',
      proposal: [],
      candidates: ofKnownPayer(line, named, open, exact),
    };
  const chosen = sum.places.flatMap((place) => open[place] ?? []);
  return suggested(
    'known-payer-and-sum',
    chosen.map((each) => ({ invoiceNumber: each.invoiceNumber, pence: balanceOf(each) })),
    ofKnownPayer(line, named, open, chosen),
  );
}

/** What a known payer has open, what is chosen of it first. */
const ofKnownPayer = (
  line: Pick<BankLine, 'pence'>,
  named: readonly NamedInvoice[],
  open: readonly Invoice[],
  chosen: readonly Invoice[],
): Candidate[] =>
  ordered([
    ...named.map((each) => candidateOf(line, each)),
    ...open.map((each) =>
      suggestion(each, ['KNOWN_PAYER'], scores.KNOWN_PAYER + (chosen.includes(each) ? 4 : 0)),
    ),
  ]);

/** Several open invoices of one payer whose name is on the line. */
function byPayer(
  line: Words & Pick<BankLine, 'pence'>,
  named: readonly NamedInvoice[],
  book: OpenBook,
): Judgement | undefined {
  let ambiguous: Invoice[] | undefined;
  const found: { open: Invoice[]; places: readonly number[] }[] = [];
  for (const open of book.ofPayersLike(`${line.payerName} ${line.narrative}`)) {
    if (open.length < 2 || open.some(({ invoiceNumber }) => book.balance(invoiceNumber) === line.pence))
      continue;
    const sum = subsetSum(
      open.map(({ invoiceNumber }) => book.balance(invoiceNumber)),
      line.pence,
    );
    if (sum.ways === 'ONE') found.push({ open, places: sum.places });
    else if (sum.ways !== 'NONE') ambiguous ??= open;
  }
  const [one] = found;
  const known = named.map((each) => candidateOf(line, each));
  const parts = (invoices: readonly Invoice[]): Candidate[] =>
    ordered([...known, ...invoices.map((each) => suggestion(each, ['PART_OF_SUM'], scores.PART_OF_SUM))]);
  if (one !== undefined && found.length === 1 && ambiguous === undefined) {
    const chosen = one.places.flatMap((place) => one.open[place] ?? []);
    return suggested(
      'invoices-of-one-payer',
      chosen.map((each) => ({ invoiceNumber: each.invoiceNumber, pence: balanceOf(each) })),
      parts(chosen),
    );
  }
  const shown = ambiguous ?? one?.open;
  return shown === undefined
    ? undefined
    : { rule: 'ambiguous-sum', confidence: 'NONE', proposal: [], candidates: parts(shown) };
}

function byLikeName(
  line: Words & Pick<BankLine, 'pence'>,
  named: readonly NamedInvoice[],
  book: OpenBook,
): Judgement {
  const known = new Set(named.map(({ invoice }) => invoice.invoiceNumber));
  const like = book.likeNames(line, line.pence).filter(({ invoice }) => !known.has(invoice.invoiceNumber));
  const candidates = ordered([
    ...named.map((each) => candidateOf(line, each)),
    ...like.map(({ invoice, alike }) =>
      suggestion(invoice, ['NAME_AND_AMOUNT'], scores.NAME_AND_AMOUNT + Math.round(19 * alike)),
    ),
  ]);
  const [first, second] = like;
  if (first === undefined) {
    const known = book.ofKnownPayer(line);
    return known.length === 0
      ? { rule: 'none', confidence: 'NONE', proposal: [], candidates }
      : suggested('known-payer-other-amount', [], ofKnownPayer(line, named, known, []));
  }
  // The likest counts as the only one where the next is far less like.
  if (second !== undefined && second.alike > first.alike - 0.25)
    return { rule: 'ambiguous-name', confidence: 'NONE', proposal: [], candidates };
  return suggested(
    'name-and-amount',
    [{ invoiceNumber: first.invoice.invoiceNumber, pence: line.pence }],
    candidates,
  );
}

const suggested = (
  rule: MatchingRule,
  proposal: readonly Share[],
  candidates: readonly Candidate[],
): Judgement => ({
  rule,
  confidence: 'SUGGESTED',
  proposal,
  candidates,
});
