import { describe, expect, it } from 'vitest';
import type { Identity } from '../../../functions/shared/access/identity.ts';
import { newPaymentReference } from '../../../functions/shared/references/references.ts';
import { moneyBalances } from '../../../tools/verify/money.ts';
import { Table } from '../../../tools/verify/table.ts';
import { camt053 } from '../../support/bank-statements.ts';
import { sampleForm } from '../../support/registration-forms.ts';
import { sampleRegistration } from '../../support/school-year.ts';
import { kindsOf, snapshotOfStore } from '../../support/stored.ts';
import {
  accepted,
  admin,
  api,
  app,
  bank,
  booksAgree,
  codeOf,
  context,
  invoiced,
  now,
  officer,
  receive,
  round,
  services,
  statusesOf,
  upload,
} from './payments-app.ts';

describe('invoices', () => {
  it('have numbers without a gap, however many are issued at once', async () => {
    const schools = await Promise.all(Array.from({ length: 24 }, () => accepted()));
    const issued = await Promise.all(
      schools.map(({ registrationId }) => app.issueInvoice(registrationId, now)),
    );
    const numbers = issued.map(({ sequenceNumber }) => sequenceNumber).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 24 }, (_, at) => at + 1));
    expect(new Set(issued.map(({ paymentReference }) => paymentReference)).size).toBe(24);
    expect(issued[0]?.invoiceNumber).toMatch(/^PSQM-2026-\d{5}$/);
    const again = await app.issueInvoice(schools[0]!.registrationId, now);
    expect(again.invoiceNumber).toBe(issued[0]?.invoiceNumber);
    expect(await app.readRegistration(schools[0]!.registrationId)).toMatchObject({
      status: 'AWAITING_PAYMENT',
      invoiceNumber: issued[0]?.invoiceNumber,
    });
    await booksAgree();
  });

  it('reach whoever pays as a PDF with all that is needed to pay, once a version', async () => {
    const issued = await invoiced({ language: 'cy', purchaseOrder: { kind: 'LATER' } });
    const inbox = () => services.ses.inbox(0).filter(({ subject }) => subject.includes(issued.invoiceNumber));
    expect(await app.sendInvoice(issued.registrationId, now)).toBe(1);
    expect(await app.sendInvoice(issued.registrationId, now)).toBe(1);
    expect(inbox()).toHaveLength(1);
    const text = JSON.stringify(inbox()[0]);
    expect(text).toContain(issued.paymentReference);
    expect(text).toContain('£850.00');
    expect(text).toContain('Annwyl');
    await app.withPurchaseOrder(issued.registrationId, 'PO-77', admin, now);
    expect(await app.sendInvoice(issued.registrationId, now)).toBe(2);
    expect(inbox()).toHaveLength(2);
    const [document] = await app.paymentDocumentsOf(issued.registrationId);
    const pdf = Buffer.from(await (await fetch(document!.url)).arrayBuffer());
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  });
});

describe('a bank statement', () => {
  it('settles the invoice whose reference and amount are exact, and nothing else', async () => {
    const [paid, short, named, other] = [
      await invoiced(),
      await invoiced(),
      await invoiced({ school: { ...sampleRegistration().school, urn: null, name: 'Quillbrook School' } }),
      await invoiced(),
    ];
    const mangled = `psqm ${paid!.paymentReference.slice(4, 8).toLowerCase()} ${paid!.paymentReference.slice(8)}`;
    const id = await receive([
      { pence: 85000, narrative: mangled, payer: 'A COUNCIL' },
      { pence: 80000, narrative: short!.paymentReference },
      { pence: 85000, payer: 'TRUST FOR QUILLBROOK SCHOOL', narrative: 'INVOICE PAYMENT' },
      { pence: 85000, payer: 'SOMEBODY', narrative: 'SCIENCE' },
      { pence: 1250, direction: 'DBIT', payer: 'BANK', narrative: 'CHARGES' },
      { pence: 85000, narrative: newPaymentReference() },
    ]);
    expect(await statusesOf(id)).toEqual([
      'MATCHED',
      'SUSPENSE',
      'SUSPENSE',
      'SUSPENSE',
      'OUTGOING',
      'SUSPENSE',
    ]);
    expect(await app.readStatement(id)).toMatchObject({
      status: 'RECONCILED',
      counts: { matched: 1, suspense: 4, seen: 0, outgoing: 1 },
    });
    expect(await app.findInvoice(paid!.invoiceNumber)).toMatchObject({
      status: 'PAID',
      allocatedPence: 85000,
    });
    expect(await app.isSettled(paid!.registrationId)).toBe(true);
    expect(await app.isSettled(other!.registrationId)).toBe(false);
    const lines = await app.linesOfStatement(id);
    expect(lines[1]?.candidates[0]).toMatchObject({
      invoiceNumber: short!.invoiceNumber,
      reasons: ['REFERENCE'],
    });
    expect(lines[2]?.candidates[0]).toMatchObject({
      invoiceNumber: named!.invoiceNumber,
      reasons: ['NAME_AND_AMOUNT'],
    });
    expect(lines[3]?.candidates).toEqual([]);
    expect(lines[5]?.candidates).toEqual([]);
    await booksAgree();
  });

  it('posts nothing twice where it comes again, and is refused whole where it does not agree', async () => {
    const bytes = camt053([{ pence: 100, narrative: 'HELLO' }], { id: 'TWICE', opening: bank.balance });
    bank.balance += 100;
    const first = await upload(bytes);
    const again = await upload(bytes);
    expect(await app.readStatement(first)).toMatchObject({ status: 'RECONCILED' });
    expect(await statusesOf(again)).toEqual(['SEEN']);
    const gap = await upload(camt053([{ pence: 100 }], { id: 'GAP', opening: bank.balance + 1 }));
    expect(await app.readStatement(gap)).toMatchObject({
      status: 'REFUSED',
      refusal: { code: 'statement-gap' },
      accounts: [{ openingPence: bank.balance + 1, entries: 1 }],
    });
    const wrong = await upload(camt053([{ pence: 100 }], { id: 'WRONG', closing: 5 }));
    expect(await app.readStatement(wrong)).toMatchObject({
      status: 'REFUSED',
      refusal: { code: 'statement-balance', line: 6 },
    });
    expect(await app.linesOfStatement(wrong)).toEqual([]);
    const shown = await api('GET', `/api/finance/statements/${wrong}`, undefined, { lang: 'cy' });
    expect(shown.body.refusal.message).toContain('balansau');
    await booksAgree();
  });

  it('knows lines that an overlapping one had, and keeps two payments that look alike', async () => {
    const alike = { pence: 4200, narrative: 'SAME', payer: 'SAME', bankReference: '' };
    const one = await receive([alike]);
    const opening = bank.balance - 4200;
    bank.balance += 4200;
    const two = await upload(camt053([alike, alike], { id: 'OVERLAP', opening }));
    expect(await statusesOf(one)).toEqual(['SUSPENSE']);
    expect(await statusesOf(two)).toEqual(['SEEN', 'SUSPENSE']);
    await booksAgree();
  });

  it('goes on after an interruption without recording anything twice', async () => {
    const issued = await invoiced();
    const id = await receive([{ pence: 85000, narrative: issued.paymentReference }]);
    await app.match({ statementId: id, page: 0 }, context);
    await app.match({ statementId: id, page: 0 }, context);
    expect((await app.readStatement(id)).counts).toMatchObject({ matched: 1 });
    expect(await app.findInvoice(issued.invoiceNumber)).toMatchObject({ allocatedPence: 85000 });
    await booksAgree();
  });

  it('with hundreds of lines is recorded in pages', async () => {
    const id = await receive(
      Array.from({ length: 230 }, (_, at) => ({ pence: 100 + at, narrative: `DONATION ${at}` })),
    );
    const statement = await app.readStatement(id);
    expect(statement).toMatchObject({ pages: 3, nextPage: 3, lines: 230, counts: { suspense: 230 } });
    await booksAgree();
  }, 60_000);
});

describe('an officer', () => {
  it('allocates in parts, once a request, never more than is open; and takes back with a reason', async () => {
    const [one, two] = [await invoiced(), await invoiced()];
    const id = await receive([{ pence: 170000, payer: 'A TRUST', narrative: 'TWO SCHOOLS' }]);
    const [line] = await app.linesOfStatement(id);
    const path = `/api/finance/lines/${line!.lineId}/allocations`;
    const part = (invoice: { invoiceNumber: string }, pence: number) => ({
      invoiceNumber: invoice.invoiceNumber,
      pence,
    });
    const body = {
      requestId: 'request-0001',
      reason: 'Remittance advice',
      parts: [part(one!, 85000), part(two!, 85000)],
    };
    const tooMuch = await api('POST', path, {
      ...body,
      requestId: 'request-0000',
      parts: [part(one!, 85001)],
    });
    expect(tooMuch).toMatchObject({ status: 422, body: { error: { code: 'invoice-has-less' } } });
    const [first, repeated] = [await api('POST', path, body), await api('POST', path, body)];
    expect(first.body).toMatchObject({ status: 'ALLOCATED', openPence: 0 });
    expect(repeated.body.allocations).toHaveLength(2);
    expect(await app.findInvoice(one!.invoiceNumber)).toMatchObject({ status: 'PAID' });
    const back = await api('POST', `${path}/${first.body.allocations[0].allocationId}/reverse`, {
      reason: 'The other school',
    });
    expect(back.body).toMatchObject({ status: 'SUSPENSE', openPence: 85000 });
    const reopened = await app.findInvoice(first.body.allocations[0].invoiceNumber);
    expect(reopened).toMatchObject({ status: 'ISSUED', allocatedPence: 0, settledAt: null });
    const events = (await app.queryCollection(app.registrationPk(reopened!.registrationId), 'EVENT#')).map(
      ({ name, detailType }) => name ?? detailType,
    );
    expect(JSON.stringify(events)).toContain('InvoiceReopened');
    await booksAgree();
  });

  it('books a line once when two decide it at the same moment', async () => {
    const [one, two] = [await invoiced(), await invoiced()];
    const id = await receive([{ pence: 85000, payer: 'UNKNOWN', narrative: 'RACE' }]);
    const [line] = await app.linesOfStatement(id);
    const answers = await Promise.all(
      [one!, two!].map((each, at) =>
        api('POST', `/api/finance/lines/${line!.lineId}/allocations`, {
          requestId: `race-request-${at}`,
          reason: 'race',
          parts: [{ invoiceNumber: each.invoiceNumber, pence: 85000 }],
        }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
    await booksAgree();
  });

  it('keeps a double payment as a credit and spends it on another invoice', async () => {
    const [paid, next] = [await invoiced(), await invoiced()];
    const id = await receive([
      { pence: 85000, narrative: paid!.paymentReference },
      { pence: 85000, narrative: `${paid!.paymentReference} COUNCIL` },
    ]);
    const [, second] = await app.linesOfStatement(id);
    expect(second).toMatchObject({ status: 'SUSPENSE', queuedBecause: 'second-payment' });
    const queue = await api('GET', '/api/finance/queue');
    const shown = queue.body.lines.find(({ lineId }: { lineId: string }) => lineId === second!.lineId);
    expect(shown.candidates[0]).toMatchObject({ balancePence: 0, reasons: ['REFERENCE', 'ALREADY_SETTLED'] });
    const kept = await api('POST', `/api/finance/lines/${second!.lineId}/allocations`, {
      requestId: 'keep-credit-1',
      reason: 'Paid twice',
      parts: [{ as: 'CREDIT', invoiceNumber: paid!.invoiceNumber, pence: 85000 }],
    });
    expect(kept.body).toMatchObject({ status: 'ALLOCATED', credits: [{ remainingPence: 85000 }] });
    const { creditId } = kept.body.credits[0];
    const use = {
      requestId: 'use-credit-1',
      invoiceNumber: next!.invoiceNumber,
      pence: 85000,
      reason: 'Sibling',
    };
    const path = `/api/finance/credits/${paid!.registrationId}/${creditId}/use`;
    const used = await api('POST', path, use);
    expect(used.body).toMatchObject({ remainingPence: 0 });
    expect((await api('POST', path, use)).body).toMatchObject({ remainingPence: 0 });
    expect(await app.findInvoice(next!.invoiceNumber)).toMatchObject({ status: 'PAID' });
    const back = await api('POST', `/api/finance/lines/${second!.lineId}/allocations/${creditId}/reverse`, {
      reason: 'No',
    });
    expect(back.body.error.code).toBe('credit-used');
    await booksAgree();
  });

  it('puts a line aside until a day on which it is in the queue again', async () => {
    const id = await receive([{ pence: 3300, narrative: 'LATER' }]);
    const [line] = await app.linesOfStatement(id);
    const path = `/api/finance/lines/${line!.lineId}`;
    const past = await api('POST', `${path}/park`, { until: '2020-01-01', reason: 'x' });
    expect(past.body.error.code).toBe('park-day-past');
    const parked = await api('POST', `${path}/park`, { until: '2999-01-01', reason: 'Asked the bank' });
    expect(parked.body).toMatchObject({ status: 'PARKED', parked: { until: '2999-01-01' } });
    expect((await app.listSuspense(now)).some(({ lineId }) => lineId === line!.lineId)).toBe(false);
    expect(
      (await app.listSuspense(new Date('2999-01-02T09:00:00Z'))).some(
        ({ lineId }) => lineId === line!.lineId,
      ),
    ).toBe(true);
    const back = await api('POST', `${path}/unpark`, { reason: 'Answered' });
    expect(back.body).toMatchObject({ status: 'SUSPENSE' });
  });

  it('reads the books and an invoice with its history', async () => {
    const found = await api('GET', '/api/finance/invoices', undefined, { q: 'quillbrook', limit: '5' });
    expect(found.body).toMatchObject({ total: 1 });
    const { invoiceNumber } = found.body.invoices[0];
    const shown = await api('GET', `/api/finance/invoices/${invoiceNumber}`);
    expect(shown.status).toBe(200);
    expect(shown.body.history.map(({ what }: { what: string }) => what)).toContain('Invoice issued');
    for (const path of [
      'overview',
      'daily',
      'trial-balance',
      'statements',
      'credits',
      'funders',
      'funding-requests',
    ])
      expect([path, (await api('GET', `/api/finance/${path}`)).status]).toEqual([path, 200]);
    expect((await api('GET', '/api/finance/trial-balance')).body.balances).toBe(true);
    for (const what of ['LEDGER', 'INVOICES', 'LINES']) {
      const made = await api('GET', '/api/finance/export', undefined, { what });
      expect(made.body.rows).toBeGreaterThan(5);
    }
    const auditor: Identity = { ...officer, roles: ['auditor'] };
    const forbidden = await api('POST', '/api/finance/statements', { fileName: 'x' }, {}, auditor);
    expect(forbidden.status).toBe(403);
  });
});

describe('the invoice of a registration that ended', () => {
  const end = (registrationId: string, to: 'LAPSED' | 'WITHDRAWN') =>
    app.moveRegistration(registrationId, now, {
      from: ['AWAITING_PAYMENT'],
      to,
      action: 'test',
      actor: admin,
      events: [],
    });

  it('is credited over what was unpaid; a part payment becomes a credit on account', async () => {
    const issued = await invoiced();
    const id = await receive([{ pence: 30000, narrative: issued.paymentReference }]);
    const [line] = await app.linesOfStatement(id);
    const allocated = await api('POST', `/api/finance/lines/${line!.lineId}/allocations`, {
      requestId: 'part-payment',
      reason: 'Part',
      parts: [{ invoiceNumber: issued.invoiceNumber, pence: 30000 }],
    });
    await end(issued.registrationId, 'LAPSED');
    await app.creditInvoice(issued.registrationId, 'LAPSED', admin, now);
    const closed = await app.creditInvoice(issued.registrationId, 'LAPSED', admin, now);
    expect(closed).toMatchObject({ creditedPence: 55000, allocatedPence: 30000 });
    expect(closed?.closedAt).not.toBeNull();
    expect(await app.creditNotesOf(issued.registrationId)).toMatchObject([{ grossPence: 55000 }]);
    expect(await app.accountCreditsOf(issued.registrationId)).toMatchObject([{ remainingPence: 30000 }]);
    const back = await api(
      'POST',
      `/api/finance/lines/${line!.lineId}/allocations/${allocated.body.allocations[0].allocationId}/reverse`,
      { reason: 'x' },
    );
    expect(back.body.error.code).toBe('closed-stays');
    await app.sendCreditNote(issued.registrationId, now);
    await app.sendCreditNote(issued.registrationId, now);
    expect(await app.documentsOfRegistration(issued.registrationId)).toMatchObject([{ kind: 'CREDIT_NOTE' }]);
    await booksAgree();
  });

  it('takes no money any more, not even before it is closed', async () => {
    const issued = await invoiced();
    await end(issued.registrationId, 'WITHDRAWN');
    const id = await receive([{ pence: 85000, narrative: issued.paymentReference }]);
    const [line] = await app.linesOfStatement(id);
    expect(line).toMatchObject({ status: 'SUSPENSE', queuedBecause: 'ended-registration' });
    const parts = [{ invoiceNumber: issued.invoiceNumber, pence: 85000 }];
    const body = { requestId: 'too-late-01', reason: 'x', parts };
    const refused = await api('POST', `/api/finance/lines/${line!.lineId}/allocations`, body);
    expect(refused.body.error.code).toBe('invoice-closed');
    const event = {
      'detail-type': 'RegistrationWithdrawn',
      detail: {
        eventId: 'E',
        collection: 'c',
        sequence: 1,
        occurredAt: now.toISOString(),
        correlationId: 'c',
        data: { registrationId: issued.registrationId, roundId: round.roundId },
      },
    };
    await app.creditWithdrawn(event, context);
    expect(await app.findInvoice(issued.invoiceNumber)).toMatchObject({ status: 'CREDITED' });
    await booksAgree();
  });
});

describe('a receipt', () => {
  it('is given once for a paid invoice and never for an unpaid one', async () => {
    const issued = await invoiced();
    await app.sendReceipt(issued.registrationId, now);
    expect(await app.receiptsOf(issued.registrationId)).toEqual([]);
    await receive([{ pence: 85000, narrative: issued.paymentReference }]);
    await Promise.all([1, 2].map(() => app.sendReceipt(issued.registrationId, now)));
    expect(await app.receiptsOf(issued.registrationId)).toMatchObject([{ grossPence: 85000 }]);
    expect(await codeOf(app.sendReceipt(issued.registrationId, now))).toBe('done');
  });
});

describe('funders', () => {
  const payer = {
    kind: 'FUNDER' as const,
    name: 'Sample trust',
    email: 'f@trust.example',
    addressLines: [],
    funderId: 'TRUST-1',
  };
  const speaker: Identity = { ...officer, roles: ['funder'], funderIds: ['TRUST-1'] };

  it('see the schools that they cover, and no others', async () => {
    await app.putFunder(
      {
        funderId: 'TRUST-1',
        name: 'Sample trust',
        email: 'f@trust.example',
        roundId: round.roundId,
        places: 3,
      },
      admin,
      now,
    );
    const covered = await accepted({ payer, funderId: 'TRUST-1', status: 'COVERED' });
    await accepted({ payer: { ...payer, funderId: 'TRUST-2' }, funderId: 'TRUST-2', status: 'COVERED' });
    expect(await app.isSettled(covered.registrationId)).toBe(true);
    const { body } = await api('GET', '/api/funder/places', undefined, {}, speaker);
    expect(body.funders).toMatchObject([
      {
        funderId: 'TRUST-1',
        rounds: [{ places: 3, covered: [{ registrationId: covered.registrationId }], waiting: [] }],
      },
    ]);
    expect(JSON.stringify(body)).not.toContain('@school.example');
    expect((await api('GET', '/api/funder/places')).status).toBe(403);
  });

  it('without a place left leave a request, which finance decide once', async () => {
    const waiting = await accepted({ payer });
    const { registrationId } = waiting;
    await app.create(
      app.intakeKey(registrationId),
      {
        next: {
          registrationId,
          roundId: round.roundId,
          form: sampleForm(),
          warnings: [],
          registeredBy: null,
          correctableUntil: now.toISOString(),
          acknowledgedAt: now.toISOString(),
          placement: { state: 'PLACED', waitingSince: null, decideBy: null, escalations: 0 },
          funding: {
            state: 'WAITING',
            waitingSince: now.toISOString(),
            decideBy: now.toISOString(),
            decidedBy: null,
          },
          remindersDone: [],
          sent: { invoiceVersion: 0, creditNote: false, receipt: false },
          confirmedAt: null,
          lapseNoticeSent: false,
          lastDueOn: null,
          ...app.queueIndex(app.FUNDING_QUEUE, now.toISOString()),
        },
        audit: { action: 'test', actor: admin },
        events: [],
      },
      now,
    );
    const requests = async () => (await api('GET', '/api/finance/funding-requests')).body.requests;
    expect(await requests()).toMatchObject([{ registrationId, funderName: 'Sample trust' }]);
    const seen = await api('GET', '/api/funder/places', undefined, {}, speaker);
    expect(seen.body.funders[0].rounds[0].waiting).toMatchObject([{ registrationId }]);
    const path = `/api/finance/funding-requests/${registrationId}`;
    const decided = await api('POST', `${path}/bill-school`, { reason: 'No money left' });
    expect(decided).toMatchObject({ status: 200, body: { decided: 'BILL_SCHOOL' } });
    const again = await api('POST', `${path}/try-again`, { reason: 'x' });
    expect(again).toMatchObject({ status: 422, body: { error: { code: 'funding-decided' } } });
    expect(await requests()).toEqual([]);
  });
});

it('leaves books of which every amount can be recomputed', async () => {
  const { items } = await snapshotOfStore();
  for (const kind of ['REG INVOICE', 'REG CREDITNOTE', 'REG ALLOCATION', 'REG CREDIT', 'STATEMENT LINE'])
    expect(kindsOf(items)).toContain(kind);
  expect(moneyBalances(new Table(items))).toEqual([]);
});
