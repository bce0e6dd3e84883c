import { describe, expect, it } from 'vitest';
import { moneyBalances } from '../../../tools/verify/money.ts';
import { Table } from '../../../tools/verify/table.ts';
import { snapshotOfStore } from '../../support/stored.ts';
import { api, app, booksAgree, invoiced, receive } from './payments-app.ts';

describe('a payment that the bank sends back', () => {
  it('is known by its end-to-end reference, and once said what it had paid is owed anew', async () => {
    const [one, other] = [await invoiced(), await invoiced()];
    const paidFor = [one!, other!].map(({ paymentReference }) => paymentReference);
    const paid = await receive([
      { pence: 170_000, narrative: paidFor.join(' '), endToEndId: 'E2E-4711', payer: 'TWO SCHOOLS' },
      { pence: 170_000, narrative: 'ANOTHER OF THE SAME', endToEndId: 'E2E-4712' },
    ]);
    const [original, unlike] = await app.linesOfStatement(paid);
    expect(original?.status).toBe('MATCHED');
    const back = await receive([
      { pence: 170_000, direction: 'DBIT', reversal: true, endToEndId: 'E2E-4711', narrative: 'UNPAID' },
    ]);
    const [line] = await app.linesOfStatement(back);
    const { body: queue } = await api('GET', '/api/finance/queue');
    expect(queue.lines.find(({ lineId }: { lineId: string }) => lineId === line!.lineId)).toMatchObject({
      rule: 'returned-payment',
      returnOf: {
        lineId: original!.lineId,
        payerName: 'TWO SCHOOLS',
        invoiceNumbers: expect.arrayContaining([one!.invoiceNumber, other!.invoiceNumber]),
      },
    });
    const settle = (originalLineId: string) =>
      api('POST', `/api/finance/lines/${line!.lineId}/return`, { originalLineId, reason: 'Account closed' });
    const settled = await settle(original!.lineId);
    expect(settled.body).toMatchObject({ status: 'PAID_OUT', openPence: 0, returned: { reversed: null } });
    expect((await settle(original!.lineId)).body).toEqual(settled.body);
    expect((await settle(unlike!.lineId)).body.error.code).toBe('return-other-line');
    for (const each of [one!, other!]) {
      expect(await app.readInvoice(each.invoiceNumber)).toMatchObject({
        status: 'ISSUED',
        allocatedPence: 0,
      });
      expect(await app.isSettled(each.registrationId)).toBe(false);
    }
    expect(await app.readLine(original!.lineId)).toMatchObject({ status: 'ALLOCATED', openPence: 0 });
    await booksAgree();
    expect(moneyBalances(new Table((await snapshotOfStore()).items))).toEqual([]);
    const { returnId } = settled.body.returned;
    const undone = await api('POST', `/api/finance/lines/${line!.lineId}/allocations/${returnId}/reverse`, {
      reason: 'It was another',
    });
    expect(undone.body).toMatchObject({ status: 'SUSPENSE', openPence: 170_000 });
    expect(await app.readLine(original!.lineId)).toMatchObject({ status: 'SUSPENSE', openPence: 170_000 });
    expect((await settle(original!.lineId)).body).toMatchObject({ status: 'PAID_OUT' });
    await booksAgree();

    // What was taken back once is not taken back by another line, and a line that there is not says so.
    const second = await receive([
      {
        pence: 170_000,
        direction: 'DBIT',
        reversal: true,
        endToEndId: 'E2E-4711',
        narrative: 'UNPAID AGAIN',
      },
    ]);
    const [later] = await app.linesOfStatement(second);
    const path = `/api/finance/lines/${later!.lineId}`;
    expect((await api('GET', path)).body.returnOf).toBeNull();
    for (const [originalLineId, code] of [
      [original!.lineId, 'return-other-line'],
      ['no-such-line', 'line-unknown'],
    ]) {
      const refused = await api('POST', `${path}/return`, { originalLineId, reason: 'It says so' });
      expect(refused.body.error).toMatchObject({ code, field: 'originalLineId' });
    }
  });

  it('is known by the invoice that it names, and refused where what it had paid was used elsewhere', async () => {
    const [paid, spent] = [await invoiced(), await invoiced()];
    const first = await receive([{ pence: 85000, narrative: paid!.paymentReference }]);
    const [original] = await app.linesOfStatement(first);
    const second = await receive([
      { pence: 85000, narrative: paid!.paymentReference, endToEndId: 'TWICE-1' },
    ]);
    const [double] = await app.linesOfStatement(second);
    const kept = await api('POST', `/api/finance/lines/${double!.lineId}/allocations`, {
      requestId: 'keep-the-second',
      parts: [{ as: 'CREDIT', invoiceNumber: paid!.invoiceNumber, pence: 85000 }],
      reason: 'Paid twice',
    });
    const [{ creditId, registrationId }] = kept.body.credits;
    await api('POST', `/api/finance/credits/${registrationId}/${creditId}/use`, {
      requestId: 'spend-the-second',
      invoiceNumber: spent!.invoiceNumber,
      pence: 85000,
      reason: 'As they asked',
    });
    const back = await receive([
      { pence: 85000, direction: 'DBIT', reversal: true, narrative: `RETURN ${paid!.paymentReference}` },
      { pence: 85000, direction: 'DBIT', reversal: true, narrative: 'RETURN', endToEndId: 'TWICE-1' },
    ]);
    const [named, used] = await app.linesOfStatement(back);
    const shown = await api('GET', `/api/finance/lines/${named!.lineId}`);
    expect(shown.body.returnOf).toMatchObject({ lineId: original!.lineId });
    const refused = await api('POST', `/api/finance/lines/${used!.lineId}/return`, {
      originalLineId: double!.lineId,
      reason: 'The bank returned it',
    });
    expect(refused.status).toBe(422);
    expect(await app.readLine(double!.lineId)).toMatchObject({ status: 'ALLOCATED' });
    await booksAgree();
  });
});
