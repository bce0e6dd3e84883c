import { type Refund, refund, writeOff } from '../../functions/payments/approval-model.ts';
import { closing } from '../../functions/payments/credit-notes.ts';
import { makeInvoice } from '../../functions/payments/invoices.ts';
import {
  accountCreditKey,
  allocationKey,
  counterKey,
  invoiceKey,
  lineKey,
  monthKey,
  refundKey,
  statementKey,
  writeOffKey,
} from '../../functions/payments/keys.ts';
import {
  allocationMovements,
  allocationReversedMovements,
  append,
  bankLineMovements,
  creditTakenMovements,
  creditUsedMovements,
  invoiceMovements,
  otherIncomeMovements,
  postingOf,
  refundApprovedMovements,
  refundPaidMovements,
  writeOffMovements,
} from '../../functions/payments/ledger.ts';
import {
  type AccountCredit,
  type Allocation,
  accountCredit,
  allocation,
  type Invoice,
  invoice,
  type PostedLine,
  postedLine,
  posting,
  statement,
} from '../../functions/payments/model.ts';
import { closedMonth } from '../../functions/payments/month-model.ts';
import { digestOf } from '../../functions/payments/months.ts';
import { otherEntry } from '../../functions/payments/other-model.ts';
import type { Registration } from '../../functions/registration/model.ts';
import type { DomainEvent } from '../../functions/shared/events/catalogue.ts';
import { newPaymentReference } from '../../functions/shared/references/references.ts';
import { registrationPk, statementPk } from '../../functions/shared/table/keys.ts';
import type { Item } from '../../tools/verify/snapshot.ts';
import { AT, actor, itemOf, MOMENT, record, round, sha256 } from './clean-records.ts';

/**
 * REG1 paid with one line, twice by mistake (a credit), after an allocation that was taken back; of
 * the credit a part was refunded and another is to be. REG2 paid a part and had some pence written off. A grant came.
 */
export function books(awarded: Registration, withdrawn: Registration): Item[] {
  const paid: Invoice = { ...issued(awarded, 1), allocatedPence: 85_000, status: 'PAID', settledAt: AT };
  const partPaid: Invoice = {
    ...issued(withdrawn, 2),
    allocatedPence: 30_000,
    writtenOffPence: 100,
    status: 'PART_PAID',
  };
  const number = {
    number: 'CN-2026-00001',
    series: 'CN-2026',
    sequenceNumber: 1,
    take: { update: counterKey('CN-2026') },
  };
  const closed = closing(
    { ...partPaid, ...invoiceKey('REG2', partPaid.invoiceNumber), version: 1 },
    'WITHDRAWN',
    number,
    actor,
    MOMENT,
  );
  const credit: AccountCredit = {
    creditId: 'CREDIT1',
    registrationId: 'REG1',
    invoiceNumber: paid.invoiceNumber,
    payerName: 'Sample payer',
    pence: 85_000,
    remainingPence: 50_000,
    source: { kind: 'LINE', lineId: 'ST1-00001' },
    by: 'FINANCE',
    reason: 'Paid twice',
    at: AT,
    reversed: null,
  };
  const placed = { by: 'FINANCE', reason: 'Found', automatic: false, at: AT, reversed: null };
  const allocations: Allocation[] = [
    allocated('A1', paid, 85_000, { kind: 'LINE', lineId: 'ST1-00000' }),
    { ...allocated('A2', partPaid, 85_000, { kind: 'LINE', lineId: 'ST1-00000' }), reversed: placed },
    allocated('A3', partPaid, 25_000, { kind: 'LINE', lineId: 'ST1-00002' }),
    allocated('A4', partPaid, 5_000, { kind: 'CREDIT', creditId: 'CREDIT1' }),
  ];
  const lines = [
    line(0, 85_000, 0, 'MATCHED'),
    line(1, 85_000, 0, 'ALLOCATED'),
    line(2, 26_000, 1_000, 'SUSPENSE'),
  ];
  const outgoing = { ...line(3, 700, 0, 'OUTGOING'), direction: 'DEBIT' as const };
  const refunded = { ...line(5, 20_000, 0, 'PAID_OUT'), direction: 'DEBIT' as const };
  const grant = line(6, 40_000, 0, 'ALLOCATED');
  const seen = line(4, 9_900, 0, 'SEEN');
  const recorded = [...lines, outgoing, refunded, grant];
  const event = (name: 'InvoiceIssued', of: Invoice): DomainEvent => ({
    name,
    detail: { registrationId: of.registrationId, roundId: of.roundId, invoiceNumber: of.invoiceNumber },
  });
  const posted = postings(paid, partPaid, recorded, allocations);
  return [
    ...record(invoiceKey('REG1', paid.invoiceNumber), invoice.parse(paid), event('InvoiceIssued', paid), 2),
    ...record(
      invoiceKey('REG2', partPaid.invoiceNumber),
      invoice.parse(closed.next),
      event('InvoiceIssued', partPaid),
      2,
    ),
    ...(closed.also ?? []).flatMap(itemOf),
    ...allocations.flatMap((one) =>
      record(allocationKey(one.registrationId, one.allocationId), allocation.parse(one)),
    ),
    ...record(accountCreditKey('REG1', 'CREDIT1'), accountCredit.parse(credit)),
    ...[...recorded, seen].flatMap((one) =>
      record(lineKey(one.lineId), postedLine.parse(one), {
        name: 'PaymentAllocated',
        detail: { lineId: one.lineId, invoiceNumber: paid.invoiceNumber, registrationId: 'REG1' },
      }),
    ),
    ...statementItems([...recorded, seen]),
    ...approvals(paid, partPaid),
    { ...counterKey('PSQM-2026'), version: 1, last: 2 },
    { ...counterKey('CN-2026'), version: 1, last: 1 },
    { ...counterKey('RA-2026'), version: 1, last: 2 },
    ...posted,
    ...closedMonthOf(posted.filter(({ postedOn }) => postedOn === '2026-05-20')),
  ];
}

function postings(
  paid: Invoice,
  partPaid: Invoice,
  lines: readonly PostedLine[],
  allocations: readonly Allocation[],
): Item[] {
  const post = (
    pk: string,
    cause: Parameters<typeof postingOf>[0]['cause'],
    causeId: string,
    movements: Parameters<typeof postingOf>[1],
    at = MOMENT,
  ) => itemOf(append(pk, postingOf({ cause, causeId, roundId: round.roundId }, movements, at)));
  const may = new Date('2026-05-20T10:00:00.000Z');
  return [
    ...[paid, partPaid].flatMap((one) =>
      post(registrationPk(one.registrationId), 'INVOICE', one.invoiceNumber, invoiceMovements(one)),
    ),
    ...lines.flatMap((one) =>
      post(
        statementPk('ST1'),
        'BANK_LINE',
        one.lineId,
        bankLineMovements(one),
        one.index === 6 ? may : MOMENT,
      ),
    ),
    ...allocations.flatMap((one) =>
      one.source.kind === 'CREDIT'
        ? post(
            registrationPk(one.registrationId),
            'CREDIT_USED',
            one.allocationId,
            creditUsedMovements(one.pence),
          )
        : post(
            registrationPk(one.registrationId),
            'ALLOCATION',
            one.allocationId,
            allocationMovements(one.pence),
          ),
    ),
    ...allocations
      .filter((one) => one.reversed !== null)
      .flatMap((one) =>
        post(
          registrationPk(one.registrationId),
          'ALLOCATION_REVERSED',
          one.allocationId,
          allocationReversedMovements(one.pence),
        ),
      ),
    ...post(registrationPk('REG1'), 'CREDIT_TAKEN', 'CREDIT1', creditTakenMovements(85_000)),
    ...post(registrationPk('REG1'), 'REFUND_APPROVED', 'REFUND1', refundApprovedMovements(20_000)),
    ...post(registrationPk('REG1'), 'REFUND_APPROVED', 'REFUND2', refundApprovedMovements(10_000)),
    ...post(registrationPk('REG1'), 'REFUND_PAID', 'PAYMENT1', refundPaidMovements(20_000)),
    ...post(registrationPk('REG2'), 'WRITE_OFF', 'WRITEOFF1', writeOffMovements(100)),
    ...post(statementPk('ST1'), 'OTHER_INCOME', 'GRANT1', otherIncomeMovements(40_000), may),
  ];
}

/** The month in which the grant came, closed. */
function closedMonthOf(posted: readonly Item[]): Item[] {
  const made = posted.map((item) => posting.parse(item));
  const month = made[0]?.postedOn.slice(0, 7) ?? '';
  const value = closedMonth.parse({
    month,
    closedBy: 'FINANCE',
    closedAt: AT,
    reason: 'All agrees',
    postings: made.length,
    digest: digestOf(made),
    accounts: [],
  });
  return record(monthKey(month), value, { name: 'MonthClosed', detail: { month } });
}

/** What a second person decided, and the grant. */
function approvals(paid: Invoice, partPaid: Invoice): Item[] {
  const decided = { by: 'APPROVER', at: AT, reason: 'Seen' };
  const asked = { reason: 'Paid twice', requestedBy: 'FINANCE', requestedAt: AT, decided };
  const { roundId } = round;
  const repaid = (sequenceNumber: number, pence: number, paidWith: Refund['paid']): Item[] => {
    const refundId = `REFUND${sequenceNumber}`;
    const made = refund.parse({
      ...asked,
      refundId,
      registrationId: 'REG1',
      roundId,
      creditId: 'CREDIT1',
      invoiceNumber: paid.invoiceNumber,
      schoolName: paid.schoolName,
      payerName: 'Sample payer',
      pence,
      destination: { accountName: 'Sample payer', sortCode: '00-00-00', accountNumber: '00000000' },
      language: 'en',
      status: paidWith === null ? 'APPROVED' : 'PAID',
      adviceNumber: `RA-2026-0000${sequenceNumber}`,
      series: 'RA-2026',
      sequenceNumber,
      pdfKey: null,
      paid: paidWith,
    });
    const detail = { registrationId: 'REG1', roundId, refundId };
    return record(refundKey('REG1', refundId), made, { name: 'RefundApproved', detail });
  };
  const { invoiceNumber, schoolName } = partPaid;
  const writeOffId = 'WRITEOFF1';
  const givenUp = writeOff.parse({
    ...asked,
    writeOffId,
    registrationId: 'REG2',
    roundId,
    invoiceNumber,
    schoolName,
    payerName: 'Sample payer',
    pence: 100,
    status: 'APPROVED',
  });
  const grant = otherEntry.parse({
    entryId: 'GRANT1',
    lineId: 'ST1-00006',
    kind: 'INCOME',
    source: 'GRANT',
    pence: 40_000,
    payerName: 'Sample payer',
    bookedOn: '2026-06-10',
    by: 'FINANCE',
    reason: 'Agreement',
    at: AT,
    reversed: null,
  });
  const payment = { by: 'FINANCE', reason: 'Found', at: AT, on: '2026-06-10' };
  return [
    ...repaid(1, 20_000, { ...payment, paymentId: 'PAYMENT1', lineId: 'ST1-00005' }),
    ...repaid(2, 10_000, null),
    ...record(writeOffKey('REG2', writeOffId), givenUp),
    ...record({ pk: statementPk('ST1'), sk: 'OTHER#GRANT1' }, grant, {
      name: 'OtherEntered',
      detail: { lineId: grant.lineId, statementId: 'ST1' },
    }),
  ];
}

function issued(of: Registration, sequenceNumber: number): Invoice {
  const number = `PSQM-2026-0000${sequenceNumber}`;
  return makeInvoice(
    of,
    round,
    { number, series: 'PSQM-2026', sequenceNumber },
    newPaymentReference(),
    MOMENT,
  );
}

function allocated(
  allocationId: string,
  to: Invoice,
  pence: number,
  source: Allocation['source'],
): Allocation {
  const { invoiceNumber, registrationId } = to;
  return {
    allocationId,
    invoiceNumber,
    registrationId,
    source,
    pence,
    by: 'FINANCE',
    reason: 'Found',
    automatic: false,
    at: AT,
    reversed: null,
  };
}

function line(index: number, pence: number, openPence: number, status: PostedLine['status']): PostedLine {
  return {
    lineId: `ST1-0000${index}`,
    statementId: 'ST1',
    index,
    account: 'ACCOUNT',
    bookedOn: '2026-06-10',
    valueOn: '2026-06-10',
    pence,
    direction: 'CREDIT',
    reversal: false,
    bankReference: '',
    endToEndId: '',
    payerName: 'Sample payer',
    narrative: '',
    fileLine: index + 1,
    fingerprint: `F${index}`,
    status,
    openPence,
    candidates: [],
    queuedBecause: null,
    parked: null,
    seenIn: null,
    notes: [],
    rule: null,
    confidence: 'NONE',
    proposal: [],
  };
}

function statementItems(lines: readonly PostedLine[]): Item[] {
  const total = (direction: 'CREDIT' | 'DEBIT') =>
    lines.filter((one) => one.direction === direction).reduce((sum, one) => sum + one.pence, 0);
  const [creditPence, debitPence] = [total('CREDIT'), total('DEBIT')];
  const account = {
    account: 'ACCOUNT',
    bankStatementId: 'BANK-1',
    from: null,
    to: null,
    openingPence: 0,
    closingPence: creditPence - debitPence,
    creditPence,
    debitPence,
    lines: lines.length,
  };
  const value = statement.parse({
    statementId: 'ST1',
    fileName: 'june.xml',
    key: 'statements/ST1/upload.xml',
    uploadedBy: 'FINANCE',
    createdAt: AT,
    status: 'RECONCILED',
    sha256: sha256('statement'),
    format: 'camt.053.001.08',
    accounts: [account],
    lines: lines.length,
    pages: 1,
    nextPage: 1,
    counts: { matched: 1, suspense: 1, seen: 1, outgoing: 1 },
    refusal: null,
    reconciledAt: AT,
    attempt: 1,
  });
  return record(statementKey('ST1'), value, { name: 'StatementReconciled', detail: { statementId: 'ST1' } });
}
