import type { Round } from '../programme/model.ts';
import { readRound } from '../programme/store.ts';
import { moveRegistration } from '../registration/lifecycle.ts';
import type { Registration } from '../registration/model.ts';
import { readRegistration } from '../registration/store.ts';
import { newPaymentReference } from '../shared/references/references.ts';
import { NotFoundError, WrongStateError } from '../shared/runtime/errors.ts';
import { type Actor, alsoCreate, type ExtraWrite, type Stored } from '../shared/table/change.ts';
import { queueIndex, registrationPk, roundIndex } from '../shared/table/keys.ts';
import { londonDate } from '../shared/time/london.ts';
import { dueDay } from './due.ts';
import {
  DEBTORS_QUEUE,
  INVOICE,
  invoiceKey,
  invoicePointerKey,
  payerIndex,
  paymentReferenceKey,
} from './keys.ts';
import { append, invoiceMovements, postingOf } from './ledger.ts';
import { letterTexts } from './letter-texts.ts';
import type { Invoice } from './model.ts';
import { type NextNumber, NumberTakenError, nextNumber, withNumber } from './numbering.ts';
import { invoicesOfRegistration } from './store.ts';
import { vatOn } from './vat.ts';

const issuer: Actor = { kind: 'system', id: 'issue-invoice' };

/**
 * Issues the invoice of an accepted registration: number, invoice, debtor and the registration's new status in one
 * transaction, so that no number is ever without its invoice. Safe to repeat: a registration that has its invoice keeps
 * it. Throws `WrongStateError` for one that does not wait for its invoice.
 */
export async function issueInvoice(registrationId: string, now: Date): Promise<Stored<Invoice>> {
  const { roundId } = await readRegistration(registrationId);
  const round = await readRound(roundId);
  await withNumber(async () => {
    const of = await readRegistration(registrationId);
    if (of.invoiceNumber !== null) return;
    if (of.status !== 'ACCEPTED') throw new WrongStateError(`registration ${of.reference}`, of.status);
    const number = await nextNumber('INVOICE', londonDate(now));
    const issued = makeInvoice(of, round, number, newPaymentReference(), now);
    const { invoiceNumber } = issued;
    await moveRegistration(registrationId, now, {
      from: ['ACCEPTED'],
      to: 'AWAITING_PAYMENT',
      action: 'registration.issue-invoice',
      actor: issuer,
      set: { invoiceNumber },
      events: [{ name: 'InvoiceIssued', detail: { registrationId, roundId, invoiceNumber } }],
      also: [number.take, ...invoiceWrites(issued, now)],
      refusals: { 0: () => new NumberTakenError(number.series) },
    });
  });
  const [issued] = await invoicesOfRegistration(registrationId);
  if (issued === undefined) throw new NotFoundError(`invoice of ${registrationId}`);
  return issued;
}

function invoiceWrites(issued: Invoice, now: Date): ExtraWrite[] {
  const { registrationId, invoiceNumber, roundId, paymentReference } = issued;
  const pointer = { registrationId, invoiceNumber };
  const posting = postingOf(
    { cause: 'INVOICE', causeId: invoiceNumber, roundId },
    invoiceMovements(issued),
    now,
  );
  return [
    { put: { ...invoicePointerKey(invoiceNumber), ...pointer }, onlyIfAbsent: true },
    { put: { ...paymentReferenceKey(paymentReference), ...pointer }, onlyIfAbsent: true },
    append(registrationPk(registrationId), posting),
    ...alsoCreate(
      invoiceKey(registrationId, invoiceNumber),
      issued,
      { action: 'invoice.issue', actor: issuer },
      now,
    ),
  ];
}

/** The invoice as it will be: amounts from the frozen fee (net of VAT), due by the payment terms of the round. Pure. */
export function makeInvoice(
  of: Registration,
  round: Pick<Round, 'fees' | 'label' | 'movedDeadlines'>,
  number: Pick<NextNumber, 'number' | 'series' | 'sequenceNumber'>,
  paymentReference: string,
  now: Date,
): Invoice {
  const issuedOn = londonDate(now);
  const dueOn = dueDay(round, issuedOn);
  const netPence = of.fee.pence;
  const vatPence = vatOn(netPence, round.fees.vat);
  return {
    invoiceNumber: number.number,
    series: number.series,
    sequenceNumber: number.sequenceNumber,
    registrationId: of.registrationId,
    registrationReference: of.reference,
    roundId: of.roundId,
    schoolId: of.schoolId,
    schoolName: of.school.name,
    town: of.school.town,
    urn: of.school.urn,
    payer: of.payer,
    paymentReference,
    language: of.language,
    issuedAt: now.toISOString(),
    issuedOn,
    dueOn,
    lines: [
      {
        description: letterTexts.text(of.language, 'documents.line', {
          round: round.label[of.language],
          school: of.school.name,
        }),
        netPence,
      },
    ],
    netPence,
    vat: round.fees.vat,
    vatPence,
    grossPence: netPence + vatPence,
    purchaseOrder: of.purchaseOrder.kind === 'NUMBER' ? of.purchaseOrder.number : null,
    allocatedPence: 0,
    creditedPence: 0,
    writtenOffPence: 0,
    status: 'ISSUED',
    settledAt: null,
    closedAt: null,
    pdfVersion: 0,
    pdfKey: null,
    ...roundIndex(of.roundId, INVOICE, number.number),
    ...queueIndex(DEBTORS_QUEUE, `${dueOn}#${number.number}`),
    ...payerIndex(of.payer.email, number.number),
  };
}
