import type { Registration } from '../registration/model.ts';
import { newPaymentReference } from '../shared/references/references.ts';
import { RefusedError } from '../shared/runtime/errors.ts';
import type { Stored } from '../shared/table/change.ts';
import { londonDate } from '../shared/time/london.ts';
import type { Decision } from './allocate.ts';
import { isJoint } from './balance.ts';
import { dueDay } from './due.ts';
import { jointId } from './keys.ts';
import { letterTexts } from './letter-texts.ts';
import type { Invoice, PayerRecord } from './model.ts';
import { readPayer } from './payers.ts';
import { again } from './purchase-order.ts';
import { type Drafted, replaceInvoices, roundOfAll } from './reissue.ts';
import { vatOn } from './vat.ts';

/**
 * Registrations on one invoice: 100 writes fit into one transaction, each takes seven of them, and the invoice itself
 * seven. A payer with more schools has several invoices.
 */
export const MOST_ON_ONE_INVOICE = 13;

/**
 * Puts the open invoices of several registrations on one for the payer who pays them all: each is credited, the new one
 * has a line a school. Refused for invoices of several rounds or VAT treatments, with money on them, or too many.
 */
export async function joinInvoices(
  numbers: readonly string[],
  payerId: string,
  decision: Decision,
  now: Date,
): Promise<Stored<Invoice>> {
  const distinct = [...new Set(numbers)];
  if (distinct.length > MOST_ON_ONE_INVOICE)
    throw new RefusedError('too-many-on-one', {
      field: 'invoiceNumbers',
      values: { most: MOST_ON_ONE_INVOICE },
    });
  const payer = await readPayer(payerId);
  return replaceInvoices(
    distinct,
    async (olds) => {
      const round = await roundOfAll(olds);
      const joint = olds.find(({ old }) => isJoint(old));
      if (joint !== undefined)
        throw new RefusedError('already-joint', { values: { invoice: joint.old.invoiceNumber } });
      const vat = new Set(olds.map(({ old }) => old.vat));
      const [treatment, ...others] = vat;
      if (treatment === undefined || others.length > 0) throw new RefusedError('several-vat');
      const lines = olds.flatMap(({ old, registrations }) =>
        registrations.map((of) => ({
          description: lineOf(of, round.label[payer.language], payer),
          netPence: old.netPence,
          registrationId: of.registrationId,
          schoolName: of.school.name,
        })),
      );
      const netPence = olds.reduce((sum, { old }) => sum + old.netPence, 0);
      const vatPence = olds.reduce((sum, { old }) => sum + old.vatPence, 0);
      const dueOn = dueDay(round, londonDate(now), payer.termsDays ?? undefined);
      const made: Drafted = {
        registrationId: jointId('{number}'),
        registrationReference: '',
        roundId: round.roundId,
        schoolId: '',
        schoolName: payer.name,
        town: '',
        urn: null,
        payer: asOnInvoice(payer),
        paymentReference: newPaymentReference(),
        language: payer.language,
        issuedAt: now.toISOString(),
        issuedOn: londonDate(now),
        dueOn,
        lines,
        netPence,
        vat: treatment,
        vatPence,
        grossPence: netPence + vatPence,
        purchaseOrder: payer.purchaseOrder,
        allocatedPence: 0,
        creditedPence: 0,
        writtenOffPence: 0,
        status: 'ISSUED',
        settledAt: null,
        closedAt: null,
        replaces: olds.map(({ old }) => old.invoiceNumber),
        ...(payer.termsDays === null ? {} : { termsDays: payer.termsDays }),
        pdfVersion: Math.max(...olds.map(({ old }) => Math.max(1, old.pdfVersion))) + 1,
        pdfKey: null,
      };
      return [made];
    },
    decision,
    now,
  );
}

const lineOf = (of: Registration, round: string, payer: PayerRecord): string =>
  letterTexts.text(payer.language, 'documents.line', { round, school: of.school.name });

/** The payer as an invoice of it says for good. */
function asOnInvoice(of: PayerRecord): Invoice['payer'] {
  const { payerId, kind, name, email, addressLines, contacts, ownReference } = of;
  return { payerId, kind, name, email, addressLines, contacts, ownReference, funderId: null };
}

/** What a sponsor of `percent` pays of an amount: rounded down, so that the odd penny is the school's. */
export function sponsorsShare(pence: number, percent: number): number {
  return Math.floor((pence * percent) / 100);
}

/**
 * Splits the open invoice of one registration: the payer pays `percent` (1 to 99) of it by an invoice of its own, the
 * school's payer the rest with the odd penny. The registration is paid once both are. Throws as `replaceInvoices`.
 */
export async function splitInvoice(
  invoiceNumber: string,
  payerId: string,
  percent: number,
  decision: Decision,
  now: Date,
): Promise<Stored<Invoice>> {
  const payer = await readPayer(payerId);
  return replaceInvoices(
    [invoiceNumber],
    async (olds) => {
      const round = await roundOfAll(olds);
      return olds.flatMap(({ old }) => {
        if (isJoint(old)) throw new RefusedError('already-joint', { values: { invoice: old.invoiceNumber } });
        const netPence = sponsorsShare(old.netPence, percent);
        const vatPence = vatOn(netPence, old.vat);
        const today = londonDate(now);
        const school = again(
          old,
          {
            dueOn: dueDay(round, today, old.termsDays),
            ...amountsOf(old, old.netPence - netPence, old.vatPence - vatPence),
          },
          now,
        );
        const sponsor = again(
          old,
          {
            dueOn: dueDay(round, today, payer.termsDays ?? undefined),
            ...amountsOf(old, netPence, vatPence),
            payer: asOnInvoice(payer),
            paymentReference: newPaymentReference(),
            purchaseOrder: payer.purchaseOrder,
            language: payer.language,
            ...(payer.termsDays === null ? {} : { termsDays: payer.termsDays }),
          },
          now,
        );
        return [school, sponsor];
      });
    },
    decision,
    now,
  );
}

function amountsOf(old: Invoice, netPence: number, vatPence: number) {
  const [line] = old.lines;
  return {
    lines: [{ ...line, description: line?.description ?? '', netPence }],
    netPence,
    vatPence,
    grossPence: netPence + vatPence,
  };
}
