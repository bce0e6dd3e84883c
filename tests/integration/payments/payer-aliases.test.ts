import { describe, expect, it } from 'vitest';
import { api, booksAgree, invoiced, receive } from './payments-app.ts';

const allocationOn = async (lineId: string): Promise<string> =>
  (await api('GET', `/api/finance/lines/${lineId}`)).body.allocations[0].allocationId;

describe('a council that pays for schools', () => {
  it('is remembered from one payment that a person placed, suggests for the next, and is forgotten again', async () => {
    const [first, second] = [await invoiced(), await invoiced()];
    const council = 'MID ARDEN BOROUGH COUNCIL';
    const lineOf = async (narrative: string) => {
      await receive([{ pence: 85000, payer: `${council} 2026`, narrative }]);
      const { body } = await api('GET', '/api/finance/queue');
      return body.lines.find((line: { narrative: string }) => line.narrative.includes(narrative));
    };
    const paid = await lineOf('FEES A1');
    expect(paid).toMatchObject({ rule: 'none', proposal: [] });
    const remember = `/api/finance/lines/${paid.lineId}/remember-payer`;
    expect((await api('POST', remember)).status).toBe(422);
    const place = (lineId: string, { invoiceNumber }: { invoiceNumber: string }) =>
      api('POST', `/api/finance/lines/${lineId}/allocations`, {
        requestId: `place-${lineId}`,
        parts: [{ invoiceNumber, pence: 85000 }],
        reason: 'By their letter',
      });
    const placed = await place(paid.lineId, first);
    expect(placed.body.remember).toEqual({
      counterparty: `${council} 2026`,
      payees: [first.schoolName],
    });
    const known = await api('POST', remember);
    expect(known.body).toMatchObject({ status: 'ACTIVE', payees: [{ name: first.schoolName }] });
    expect((await api('POST', remember)).body).toEqual(known.body);
    expect((await api('GET', `/api/finance/lines/${paid.lineId}`)).body.remember).toBeNull();

    // What it paid for is settled; the second school is told by hand once, and both are known from then on.
    const again = await lineOf('FEES A2');
    await place(again.lineId, second);
    expect((await api('POST', `/api/finance/lines/${again.lineId}/remember-payer`)).body.payees).toHaveLength(
      2,
    );
    await api(
      'POST',
      `/api/finance/lines/${again.lineId}/allocations/${await allocationOn(again.lineId)}/reverse`,
      {
        reason: 'To see what is suggested',
      },
    );
    const next = await lineOf('FEES A3');
    expect(next).toMatchObject({
      rule: 'known-payer-and-amount',
      confidence: 'SUGGESTED',
      proposal: [{ invoiceNumber: second.invoiceNumber, pence: 85000 }],
      candidates: [{ reasons: ['KNOWN_PAYER'] }],
    });

    const withdraw = `/api/finance/payer-aliases/${known.body.aliasId}/withdraw`;
    const gone = await api('POST', withdraw, { reason: 'The contract ended' });
    expect(gone.body).toMatchObject({ status: 'WITHDRAWN', withdrawn: { reason: 'The contract ended' } });
    expect((await api('POST', withdraw, { reason: 'Again' })).body).toEqual(gone.body);
    expect((await lineOf('FEES A4')).rule).toBe('none');
    const { body } = await api('GET', '/api/finance/payer-aliases');
    expect(body.aliases).toMatchObject([{ counterparty: `${council} 2026`, status: 'WITHDRAWN' }]);
    await booksAgree();
  });
});
