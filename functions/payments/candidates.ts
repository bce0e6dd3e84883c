import { balanceOf } from './balance.ts';
import { type Candidate, candidateReasons, type Invoice } from './model.ts';
import type { NamedBy } from './reference-index.ts';
import type { BankLine } from './statements/model.ts';

const MAXIMUM_CANDIDATES = 10;

/** How strong each reason is, 0 to 100. */
export const scores: Readonly<Record<Candidate['reasons'][number], number>> = {
  REFERENCE_AND_AMOUNT: 100,
  INVOICE_NUMBER_AND_AMOUNT: 98,
  REFERENCE: 90,
  REFERENCE_CUT: 85,
  INVOICE_NUMBER: 80,
  REGISTRATION_REFERENCE: 75,
  PART_OF_SUM: 70,
  URN: 65,
  KNOWN_PAYER: 60,
  NAME_AND_AMOUNT: 40,
  // Nothing can be put on these: they explain a line rather than receive it.
  ALREADY_SETTLED: 35,
  ENDED: 30,
};

/** An invoice that the line names, however much is owed on it. */
export interface NamedInvoice {
  readonly invoice: Invoice;
  readonly by: readonly NamedBy[];
  /** Its registration has lapsed or was withdrawn: nothing may be put on it. */
  readonly ended: boolean;
}

/** The strongest first, each invoice once, ten at most. */
export function ordered(candidates: readonly Candidate[]): Candidate[] {
  const seen = new Set<string>();
  return [...candidates]
    .sort((a, b) => b.score - a.score || a.invoiceNumber.localeCompare(b.invoiceNumber))
    .filter(({ invoiceNumber }) => !seen.has(invoiceNumber) && seen.add(invoiceNumber) !== undefined)
    .slice(0, MAXIMUM_CANDIDATES);
}

/** A named invoice as a candidate: why, as it stands now, and how strong that is. */
export function candidateOf(line: Pick<BankLine, 'pence'>, { invoice, by, ended }: NamedInvoice): Candidate {
  const exact = balanceOf(invoice) === line.pence;
  const settled = balanceOf(invoice) <= 0;
  const reasons = new Set<Candidate['reasons'][number]>();
  for (const how of by) {
    if (how === 'REFERENCE' && exact && !ended && !settled) reasons.add('REFERENCE_AND_AMOUNT');
    else if (how === 'INVOICE_NUMBER' && exact && !ended && !settled)
      reasons.add('INVOICE_NUMBER_AND_AMOUNT');
    else reasons.add(how);
  }
  if (ended) reasons.add('ENDED');
  else if (settled) reasons.add('ALREADY_SETTLED');
  const reasonsInOrder = candidateReasons.filter((reason) => reasons.has(reason));
  const best = Math.max(...reasonsInOrder.map((reason) => scores[reason]));
  if (ended) return suggestion(invoice, reasonsInOrder, scores.ENDED);
  if (settled) return suggestion(invoice, reasonsInOrder, scores.ALREADY_SETTLED);
  return suggestion(invoice, reasonsInOrder, exact && best < scores.REFERENCE ? best + 5 : best);
}

/** An invoice as a candidate for the reasons given. */
export const suggestion = (of: Invoice, reasons: Candidate['reasons'], score: number): Candidate => ({
  invoiceNumber: of.invoiceNumber,
  registrationId: of.registrationId,
  schoolName: of.schoolName,
  payerName: of.payer.name,
  balancePence: balanceOf(of),
  reasons,
  score,
});
