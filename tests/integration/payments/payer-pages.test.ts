import { describe, expect, it } from 'vitest';
import { addDays, londonDate } from '../../../functions/shared/time/london.ts';
import { api, invoiced, now, receive, services } from './payments-app.ts';

const PAYER = 'trust-with-account';
const statementOf = async (payerRef: string, query: Record<string, string> = {}) =>
  (await api('GET', `/api/finance/payer-accounts/${payerRef}/statement`, undefined, query)).body;

/** Two schools whose invoices one trust pays, the first of them at once. */
async function trustWithInvoices() {
  await api('PUT', `/api/finance/payers/${PAYER}`, {
    kind: 'TRUST',
    name: "Ymddiriedolaeth St Zoë's",
    email: 'accounts@trust.example',
    addressLines: ['1 Stryd yr Eglwys'],
    contacts: [{ name: 'Second Reader', email: 'second@trust.example' }],
    ownReference: 'SUP-1',
    purchaseOrder: null,
    language: 'cy',
    termsDays: null,
    active: true,
  });
  const olds = [await invoiced(), await invoiced()];
  const { body } = await api('POST', `/api/finance/payers/${PAYER}/invoices`, {
    invoiceNumbers: olds.map(({ invoiceNumber }) => invoiceNumber),
    reason: 'The trust pays for both',
  });
  return { olds, joint: body };
}

describe('the account of a payer', () => {
  it('is made from the ledger, taken away as PDF and sent once for a request', async () => {
    const { olds, joint } = await trustWithInvoices();
    await receive([{ pence: 50_000, narrative: joint.paymentReference }]);
    const { body: queue } = await api('GET', '/api/finance/queue');
    const line = queue.lines.find(({ narrative }: { narrative: string }) =>
      narrative.includes(joint.paymentReference),
    );
    await api('POST', `/api/finance/lines/${line.lineId}/allocations`, {
      requestId: 'pay-a-part-of-it',
      parts: [{ invoiceNumber: joint.invoiceNumber, pence: 50_000 }],
      reason: 'On account of both',
    });

    const account = await api('GET', `/api/finance/payer-accounts/${PAYER}`);
    expect(account.body).toMatchObject({
      kept: { ownReference: 'SUP-1' },
      invoices: [{ invoiceNumber: joint.invoiceNumber, payerRef: PAYER, balancePence: 120_000 }],
      sent: [],
    });
    const whole = await statementOf(PAYER);
    expect(whole).toMatchObject({ openingPence: 0, closingPence: 120_000, owedPence: 120_000 });
    expect(whole.entries).toMatchObject([
      { cause: 'INVOICE', chargedPence: 170_000, balancePence: 170_000 },
      { cause: 'ALLOCATION', creditedPence: 50_000, balancePence: 120_000, lineId: line.lineId },
    ]);
    // The school that had an invoice of its own before is a payer by its address, and owes nothing any more.
    const [first] = olds;
    const school = await statementOf(first!.invoiceNumber);
    expect(school.entries.length).toBeGreaterThanOrEqual(2);
    expect(await statementOf(PAYER, { to: addDays(londonDate(now), -1) })).toMatchObject({
      closingPence: 0,
      entries: [],
    });

    const file = await api('POST', `/api/finance/payer-accounts/${PAYER}/statement/file`, { language: 'en' });
    const bytes = await (await fetch(file.body.url)).text();
    expect(bytes).toContain('/Lang (en-GB)');

    const send = () =>
      api('POST', `/api/finance/payer-accounts/${PAYER}/statement/send`, { requestId: 'statement-once' });
    const sent = await send();
    expect(sent.body.readers.map(({ email }: { email: string }) => email)).toEqual([
      'accounts@trust.example',
      'second@trust.example',
    ]);
    expect(await send()).toEqual(sent);
    const mails = services.ses.inbox(0).filter(({ subject }) => subject.startsWith('Datganiad cyfrif'));
    expect(mails.map(({ to }) => to.join())).toEqual(['accounts@trust.example', 'second@trust.example']);
    const again = await api('GET', `/api/finance/payer-accounts/${PAYER}`);
    expect(again.body.sent).toMatchObject([{ closingPence: 120_000, language: 'cy' }]);
  });

  it('is refused for days that have not come, and of a payer that is none', async () => {
    const tomorrow = addDays(londonDate(new Date()), 2);
    const read = (payerRef: string, query: Record<string, string>) =>
      api('GET', `/api/finance/payer-accounts/${payerRef}/statement`, undefined, query);
    expect(await read(PAYER, { to: tomorrow })).toMatchObject({ body: { error: { code: 'day-not-come' } } });
    const backwards = { from: '2026-02-02', to: '2026-02-01' };
    expect(await read(PAYER, backwards)).toMatchObject({ body: { error: { code: 'days-out-of-order' } } });
    for (const nobody of ['nobody-knows-it', 'PSQM-1999-00001'])
      expect((await read(nobody, {})).status).toBe(404);
  });
});
