import {
  findPaymentReferences,
  findRegistrationReferences,
  normaliseReference,
} from '../shared/references/references.ts';
import { balanceOf } from './balance.ts';
import { type BankLine, type Candidate, candidateReasons, type Invoice } from './model.ts';
import { likeness } from './names.ts';

/** What a bank line may name an invoice by. */
export interface NamesOnLine {
  readonly paymentReferences: readonly string[];
  readonly invoiceNumbers: readonly string[];
  readonly registrationReferences: readonly string[];
  readonly urns: readonly string[];
}

export type NamedBy = 'REFERENCE' | 'INVOICE_NUMBER' | 'REGISTRATION_REFERENCE' | 'URN';

/** An invoice that the line names, however much is owed on it. */
export interface NamedInvoice {
  readonly invoice: Invoice;
  readonly by: readonly NamedBy[];
  /** Its registration has lapsed or was withdrawn: nothing may be put on it. */
  readonly ended: boolean;
}

export interface Judgement {
  /** The one invoice that the line pays beyond doubt; undefined leaves it to people. */
  readonly pays: string | undefined;
  readonly candidates: readonly Candidate[];
  /** Why it is left to people (a key of the texts `queued`). */
  readonly queuedBecause: string | null;
}

type Words = Pick<BankLine, 'narrative' | 'endToEndId' | 'bankReference' | 'payerName'>;

const MAXIMUM_CANDIDATES = 10;
/** A line that names more is a list for people anyway; looking each up would take long. */
const MAXIMUM_NAMES = 40;

/** Everything on a line that may name an invoice; payers retype, so references are read through blanks, dashes and case. */
export function namesOnLine(line: Words): NamesOnLine {
  const texts = [line.narrative, line.endToEndId, line.bankReference];
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

const scores: Readonly<Record<Candidate['reasons'][number], number>> = {
  REFERENCE_AND_AMOUNT: 100,
  REFERENCE: 90,
  INVOICE_NUMBER: 80,
  REGISTRATION_REFERENCE: 75,
  URN: 65,
  NAME_AND_AMOUNT: 40,
  // Nothing can be put on these: they explain a line rather than receive it.
  ALREADY_SETTLED: 35,
  ENDED: 30,
};

/**
 * What becomes of money that came in (domain.md 3.6). Put on an invoice without a person only where its payment
 * reference is on the line, the amount is exactly what is owed, and nothing on the line names another invoice. A wrong
 * amount, several references, a settled or ended registration, a number or URN or a like name are suggestions. Amounts
 * are the same for most schools, so an amount alone is no reason for anything. `named`: what the line names, looked up;
 * `open`: every invoice with money owed.
 */
export function judgeLine(
  line: Words & Pick<BankLine, 'pence'>,
  named: readonly NamedInvoice[],
  open: readonly Invoice[],
): Judgement {
  const candidates = named.map((each) => candidateOf(line, each));
  const known = new Set(candidates.map(({ invoiceNumber }) => invoiceNumber));
  const written = named.filter(({ by }) => by.some((how) => how !== 'URN'));
  // Whoever writes a reference says what the money is for: a like name must not lead it elsewhere, least of all a
  // second payment for a settled invoice.
  for (const each of written.length > 0 ? [] : open) {
    if (known.has(each.invoiceNumber) || balanceOf(each) !== line.pence) continue;
    const alike = nameLikeness(line, each);
    if (alike > 0)
      candidates.push(suggestion(each, ['NAME_AND_AMOUNT'], scores.NAME_AND_AMOUNT + Math.round(19 * alike)));
  }
  candidates.sort((a, b) => b.score - a.score || a.invoiceNumber.localeCompare(b.invoiceNumber));
  const kept = candidates.slice(0, MAXIMUM_CANDIDATES);
  const [sure] = candidates.filter(({ reasons }) => reasons.includes('REFERENCE_AND_AMOUNT'));
  if (sure !== undefined && written.length === 1)
    return { pays: sure.invoiceNumber, candidates: kept, queuedBecause: null };
  return { pays: undefined, candidates: kept, queuedBecause: becauseOf(written, kept) };
}

function becauseOf(written: readonly NamedInvoice[], candidates: readonly Candidate[]): string {
  if (written.length > 1) return 'several-references';
  const [first] = candidates;
  if (first === undefined) return 'no-candidate';
  if (first.reasons.includes('ENDED')) return 'ended';
  if (first.reasons.includes('ALREADY_SETTLED')) return 'already-settled';
  return first.reasons.includes('REFERENCE') ? 'reference-other-amount' : 'no-reference';
}

function candidateOf(line: Pick<BankLine, 'pence'>, { invoice, by, ended }: NamedInvoice): Candidate {
  const exact = balanceOf(invoice) === line.pence;
  const settled = balanceOf(invoice) <= 0;
  const reasons = new Set<Candidate['reasons'][number]>();
  for (const how of by) {
    if (how === 'REFERENCE' && exact && !ended && !settled) reasons.add('REFERENCE_AND_AMOUNT');
    else reasons.add(how);
  }
  if (ended) reasons.add('ENDED');
  else if (settled) reasons.add('ALREADY_SETTLED');
  const ordered = candidateReasons.filter((reason) => reasons.has(reason));
  const best = Math.max(...ordered.map((reason) => scores[reason]));
  if (ended) return suggestion(invoice, ordered, scores.ENDED);
  if (settled) return suggestion(invoice, ordered, scores.ALREADY_SETTLED);
  return suggestion(invoice, ordered, exact && best < scores.REFERENCE ? best + 5 : best);
}

const suggestion = (of: Invoice, reasons: Candidate['reasons'], score: number): Candidate => ({
  invoiceNumber: of.invoiceNumber,
  registrationId: of.registrationId,
  schoolName: of.schoolName,
  payerName: of.payer.name,
  balancePence: balanceOf(of),
  reasons,
  score,
});

function nameLikeness(line: Words, of: Invoice): number {
  const text = `${line.payerName} ${line.narrative}`;
  return Math.max(likeness(of.schoolName, text), likeness(of.payer.name, text));
}
