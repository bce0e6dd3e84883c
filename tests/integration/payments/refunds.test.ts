import { describe, expect, it } from 'vitest';
import type { Identity } from '../../../functions/shared/access/identity.ts';
import { moneyBalances } from '../../../tools/verify/money.ts';
import { Table } from '../../../tools/verify/table.ts';
import { snapshotOfStore } from '../../support/stored.ts';
import { api, app, booksAgree, invoiced, now, officer, receive, services } from './payments-app.ts';

const approver: Identity = {
  ...officer,
  personId: 'APPROVER',
  name: 'Approver',
  roles: ['finance_approver'],
};
const destination = { accountName: 'Hazelford School Fund', sortCode: '123456', accountNumber: '12345678' };

/** An invoice that was paid twice, the second payment kept as a credit on account. */
async function credited() {
  const of = await invoiced();
  const id = await receive([
    { pence: 85000, narrative: of!.paymentReference },
    { pence: 85000, narrative: `${of!.paymentReference} AGAIN` },
  ]);
  const [, second] = await app.linesOfStatement(id);
  const kept = await api('POST', `/api/finance/lines/${second!.lineId}/allocations`, {
    requestId: 'keep-credit',
    reason: 'Paid twice',
    parts: [{ as: 'CREDIT', invoiceNumber: of!.invoiceNumber, pence: 85000 }],
  });
  const { creditId } = kept.body.credits[0];
  return { of: of!, creditId, path: `/api/finance/credits/${of!.registrationId}/${creditId}` };
}
const asked = (requestId: string, pence: number) => ({
  requestId,
  pence,
  destination,
  reason: 'The council paid too',
});
const verdict = { approve: true, reason: 'Seen the two payments' };
const balanceOf = async (account: string): Promise<number> =>
  app.trialBalance(await app.postingsOf({}, new Date())).accounts.find((one) => one.account === account)
    ?.balancePence ?? 0;
async function storeAgrees(): Promise<void> {
  await booksAgree();
  expect(moneyBalances(new Table((await snapshotOfStore()).items))).toEqual([]);
}

describe('a refund', () => {
  it('is asked for by one person, approved by another, and paid by the line that names its advice', async () => {
    const { of, path } = await credited();
    const made = await api('POST', `${path}/refunds`, asked('refund-0001', 85000));
    expect(made).toMatchObject({ status: 200, body: { status: 'REQUESTED', mine: true } });
    expect((await api('POST', `${path}/refunds`, asked('refund-0001', 85000))).body.refundId).toBe(
      made.body.refundId,
    );
    const decision = `/api/finance/refunds/${of.registrationId}/${made.body.refundId}/decision`;
    // An officer without the role, and one who has it but asked.
    expect((await api('POST', decision, verdict)).status).toBe(403);
    const both: Identity = { ...officer, roles: ['finance', 'finance_approver'] };
    expect(await api('POST', decision, verdict, {}, both)).toMatchObject({
      status: 422,
      body: { error: { code: 'own-request' } },
    });
    expect(await balanceOf('REFUNDS')).toBe(0);
    const waiting = await api('GET', '/api/finance/approvals', undefined, {}, approver);
    expect(waiting.body.refunds).toMatchObject([{ refundId: made.body.refundId, mine: false }]);

    const approved = await api('POST', decision, verdict, {}, approver);
    expect(approved.body).toMatchObject({ status: 'APPROVED', adviceNumber: 'RA-2026-00001' });
    expect((await api('POST', decision, verdict, {}, approver)).body.adviceNumber).toBe('RA-2026-00001');
    expect(await balanceOf('REFUNDS')).toBe(-85000);
    expect(await balanceOf('CREDITS')).toBe(0);
    await storeAgrees();

    await app.sendRefundAdvice(of.registrationId, made.body.refundId, now);
    await app.sendRefundAdvice(of.registrationId, made.body.refundId, now);
    const mails = services.ses.inbox(0).filter(({ subject }) => subject.includes('RA-2026-00001'));
    expect(mails).toHaveLength(1);
    const papers = await app.paymentDocumentsOf(of.registrationId);
    expect(papers).toContainEqual(
      expect.objectContaining({ kind: 'REFUND_ADVICE', number: 'RA-2026-00001' }),
    );

    const id = await receive([
      { pence: 85000, direction: 'DBIT', narrative: 'ANOTHER PAYMENT OF THAT AMOUNT' },
      { pence: 85000, direction: 'DBIT', narrative: 'RA2026-00001 REFUND' },
      // So that the balance is not again what it was that morning.
      { pence: 321, narrative: 'DONATION' },
    ]);
    expect((await app.linesOfStatement(id)).map(({ status }) => status)).toEqual([
      'OUTGOING',
      'PAID_OUT',
      'SUSPENSE',
    ]);
    expect(await balanceOf('REFUNDS')).toBe(0);
    await storeAgrees();

    // It was the other one after all.
    const [other, taken] = await app.linesOfStatement(id);
    const shown = await api('GET', `/api/finance/lines/${taken!.lineId}`);
    const { paymentId } = shown.body.refunds[0].paid;
    await api('POST', `/api/finance/lines/${taken!.lineId}/allocations/${paymentId}/reverse`, {
      reason: 'The other line',
    });
    expect(await balanceOf('REFUNDS')).toBe(-85000);
    await storeAgrees();
    const paid = await api('POST', `/api/finance/lines/${other!.lineId}/refund`, {
      requestId: 'pay-refund-1',
      registrationId: of.registrationId,
      refundId: made.body.refundId,
      reason: 'Paid by hand, without its number',
    });
    expect(paid.body).toMatchObject({ status: 'PAID', paid: { lineId: other!.lineId } });
    const audit = JSON.stringify(await app.queryCollection(app.registrationPk(of.registrationId), 'AUDIT#'));
    for (const [action, by] of [
      ['refund.request', 'OFFICER'],
      ['refund.approve', 'APPROVER'],
    ])
      expect(audit).toMatch(new RegExp(`"action":"${action}"[^{]*|"id":"${by}"`));
    await storeAgrees();
  });

  it('is never more than the credit has, whoever asks first', async () => {
    const { of, path } = await credited();
    const first = await api('POST', `${path}/refunds`, asked('refund-a001', 50000));
    expect(await api('POST', `${path}/refunds`, asked('refund-a002', 35001))).toMatchObject({
      status: 422,
      body: { error: { code: 'credit-has-less' } },
    });
    // The credit is used for an invoice while the refund waits.
    const next = await invoiced();
    const used = await api('POST', `${path}/use`, {
      requestId: 'use-credit-9',
      invoiceNumber: next!.invoiceNumber,
      pence: 40000,
      reason: 'Sibling school',
    });
    expect(used.status).toBe(200);
    const decision = `/api/finance/refunds/${of.registrationId}/${first.body.refundId}/decision`;
    expect(await api('POST', decision, verdict, {}, approver)).toMatchObject({
      status: 422,
      body: { error: { code: 'credit-has-less' } },
    });
    const refused = await api('POST', decision, { approve: false, reason: 'Used' }, {}, approver);
    expect(refused.body).toMatchObject({ status: 'REFUSED', adviceNumber: null });
    expect((await api('POST', decision, verdict, {}, approver)).status).toBe(409);
    await storeAgrees();
  });
});

describe('a write-off', () => {
  it('settles an invoice within the limit once another person approves it', async () => {
    const of = await invoiced();
    const id = await receive([{ pence: 84990, narrative: of!.paymentReference }]);
    const [line] = await app.linesOfStatement(id);
    await api('POST', `/api/finance/lines/${line!.lineId}/allocations`, {
      requestId: 'part-payment',
      reason: 'Bank charges were taken',
      parts: [{ invoiceNumber: of!.invoiceNumber, pence: 84990 }],
    });
    const path = `/api/finance/invoices/${of!.invoiceNumber}/write-offs`;
    expect(await api('POST', path, { requestId: 'write-off-1', pence: 11, reason: 'x' })).toMatchObject({
      status: 422,
      body: { error: { code: 'invoice-has-less' } },
    });
    const made = await api('POST', path, { requestId: 'write-off-2', pence: 10, reason: 'Bank charges' });
    expect(await app.findInvoice(of!.invoiceNumber)).toMatchObject({ status: 'PART_PAID' });
    const decision = `/api/finance/write-offs/${of!.registrationId}/${made.body.writeOffId}/decision`;
    const both: Identity = { ...officer, roles: ['finance_approver'] };
    expect((await api('POST', decision, verdict, {}, both)).body.error.code).toBe('own-request');
    const approved = await api('POST', decision, verdict, {}, approver);
    expect(approved.body).toMatchObject({ status: 'APPROVED', decided: { by: 'APPROVER' } });
    expect((await api('POST', decision, verdict, {}, approver)).status).toBe(200);
    expect(await app.findInvoice(of!.invoiceNumber)).toMatchObject({ status: 'PAID', writtenOffPence: 10 });
    expect(await balanceOf('WRITTEN_OFF')).toBe(10);
    await storeAgrees();
  });

  it('beyond the limit of the programme is refused', async () => {
    const of = await invoiced();
    const path = `/api/finance/invoices/${of!.invoiceNumber}/write-offs`;
    const answer = await api('POST', path, { requestId: 'write-off-3', pence: 5001, reason: 'Gone' });
    expect(answer).toMatchObject({
      status: 422,
      body: { error: { code: 'write-off-limit', field: 'pence' } },
    });
  });
});

describe('money that is no fee', () => {
  it('is income of a source, or a cost, and can be taken back', async () => {
    const id = await receive([
      { pence: 1_500_000, payer: 'A TRUST', narrative: 'ANNUAL GRANT' },
      { pence: 1250, direction: 'DBIT', payer: 'BANK', narrative: 'CHARGES' },
    ]);
    const [grant, charge] = await app.linesOfStatement(id);
    const enter = (lineId: string, source: string, pence: number) =>
      api('POST', `/api/finance/lines/${lineId}/other`, {
        requestId: `other-${source.replace('_', '-')}`,
        source,
        pence,
        reason: 'Agreement 7',
      });
    expect((await enter(grant!.lineId, 'BANK_CHARGE', 1)).body.error.code).toBe('source-unknown');
    const entered = await enter(grant!.lineId, 'GRANT', 1_500_000);
    expect(entered).toMatchObject({ status: 200, body: { kind: 'INCOME', source: 'GRANT' } });
    expect((await enter(charge!.lineId, 'BANK_CHARGE', 1249)).body.error.code).toBe('whole-line');
    await enter(charge!.lineId, 'BANK_CHARGE', 1250);
    expect((await app.linesOfStatement(id)).map(({ status }) => status)).toEqual(['ALLOCATED', 'PAID_OUT']);
    expect(await balanceOf('OTHER_INCOME')).toBe(-1_500_000);
    expect(await balanceOf('OTHER_COSTS')).toBe(1250);
    await storeAgrees();
    const back = `/api/finance/lines/${grant!.lineId}/allocations/${entered.body.entryId}/reverse`;
    expect((await api('POST', back, { reason: 'It was a fee' })).body).toMatchObject({
      openPence: 1_500_000,
    });
    expect(await balanceOf('OTHER_INCOME')).toBe(0);
    await storeAgrees();
  });
});
