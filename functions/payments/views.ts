import type * as z from 'zod';
import type { statementSummary as statementView } from '../http/finance/contract.ts';
import type { invoiceSummary as invoiceView } from '../http/finance/invoice-summary.ts';
import { findPerson } from '../people/store.ts';
import type { Language } from '../shared/access/identity.ts';
import { inParallel } from '../shared/runtime/in-parallel.ts';
import { daysBetween, londonDate } from '../shared/time/london.ts';
import { balanceOf } from './balance.ts';
import { isHeld } from './hold.ts';
import type { AccountCredit, Allocation, Invoice, Statement } from './model.ts';
import type { OtherEntry } from './other-model.ts';
import { payerRefOf } from './payer-refs.ts';
import { statementTexts } from './statements/texts.ts';

const LANES = 8;

/** Names of people by their ids; what the machines do is under the function's name. */
export class Names {
  readonly #known = new Map<string, Promise<string>>();

  of(id: string): Promise<string> {
    const known = this.#known.get(id) ?? findPerson(id).then((found) => found?.name ?? id);
    this.#known.set(id, known);
    return known;
  }
}

/** A statement as the finance pages show it; a refusal in the words of the page's language. */
export async function presentStatement(
  of: Statement,
  language: Language,
  names: Names,
): Promise<z.input<typeof statementView>> {
  const ended = of.status === 'RECONCILED' || of.status === 'REFUSED';
  const { refusal } = of;
  return {
    statementId: of.statementId,
    fileName: of.fileName,
    uploadedBy: await names.of(of.uploadedBy),
    createdAt: of.createdAt,
    status: of.status,
    format: of.format,
    accounts: of.accounts,
    lines: of.lines,
    counts: of.counts,
    progress: ended ? 100 : of.pages === 0 ? 0 : Math.floor((100 * of.nextPage) / of.pages),
    refusal:
      refusal === null
        ? null
        : {
            ...refusal,
            message: statementTexts.text(language, `refusals.${refusal.code}`, refusal.values),
          },
    reconciledAt: of.reconciledAt,
  };
}

/** Records with the names of those who made and took them back in place of their ids. */
export function withNames<T extends Allocation | AccountCredit | OtherEntry>(
  records: readonly T[],
  names: Names,
): Promise<T[]> {
  return inParallel(records, LANES, async (each) => ({
    ...each,
    by: await names.of(each.by),
    reversed: each.reversed === null ? null : { ...each.reversed, by: await names.of(each.reversed.by) },
  }));
}

/** An invoice in lists. */
export function presentInvoice(of: Invoice, now: Date): z.input<typeof invoiceView> {
  const balancePence = balanceOf(of);
  const today = londonDate(now);
  return {
    invoiceNumber: of.invoiceNumber,
    registrationId: of.registrationId,
    registrationReference: of.registrationReference,
    roundId: of.roundId,
    schoolName: of.schoolName,
    town: of.town,
    urn: of.urn,
    payerName: of.payer.name,
    payerRef: payerRefOf(of),
    paymentReference: of.paymentReference,
    purchaseOrder: of.purchaseOrder,
    issuedOn: of.issuedOn,
    dueOn: of.dueOn,
    grossPence: of.grossPence,
    allocatedPence: of.allocatedPence,
    creditedPence: of.creditedPence,
    writtenOffPence: of.writtenOffPence,
    balancePence,
    status: of.status,
    overdueDays: balancePence > 0 ? Math.max(0, daysBetween(of.dueOn, today)) : 0,
    hold: of.hold !== undefined && isHeld(of, now) ? of.hold : null,
  };
}
