import * as z from 'zod';
import { staff } from '../../seed/people.ts';
import type { Year } from '../year.ts';

const created = z.object({
  statementId: z.string(),
  upload: z.object({ url: z.string(), fields: z.record(z.string(), z.string()) }),
});
const candidate = z.object({
  invoiceNumber: z.string(),
  balancePence: z.number(),
  reasons: z.array(z.string()),
  schoolName: z.string(),
});
const queue = z.object({
  lines: z.array(
    z.object({
      lineId: z.string(),
      openPence: z.number(),
      payerName: z.string(),
      narrative: z.string(),
      candidates: z.array(candidate),
    }),
  ),
});
const invoices = z.object({
  invoices: z.array(
    z.object({
      invoiceNumber: z.string(),
      schoolName: z.string(),
      balancePence: z.number(),
      paymentReference: z.string(),
    }),
  ),
});

/** The finance officer fetches the bank's statement, gives it to the programme and decides what it could not match. */
export async function reconcile(year: Year): Promise<void> {
  const statement = year.bank.statement(year.today);
  const officer = await year.person(staff.finance);
  if (statement !== undefined) {
    const { statementId, upload } = created.parse(
      await officer.post('/api/finance/statements', { fileName: statement.name }),
    );
    const sent = await officer.upload(upload, {
      name: statement.name,
      type: 'application/xml',
      bytes: new TextEncoder().encode(statement.xml),
    });
    if (sent.status >= 300) throw new Error(`the statement was not taken: ${sent.code ?? sent.status}`);
    await officer.post(`/api/finance/statements/${statementId}/uploaded`);
    await year.cloud.settle();
  }
  const { lines } = queue.parse(await officer.get('/api/finance/queue'));
  for (const line of lines) await decide(year, line);
}

async function decide(year: Year, line: z.output<typeof queue>['lines'][number]): Promise<void> {
  const officer = await year.person(staff.finance);
  const allocate = (as: 'INVOICE' | 'CREDIT', invoiceNumber: string, pence: number, reason: string) =>
    officer.post(`/api/finance/lines/${line.lineId}/allocations`, {
      requestId: `line-${line.lineId.replace(/[^A-Za-z0-9-]/g, '-').slice(-50)}`,
      reason,
      parts: [{ as, invoiceNumber, pence }],
    });
  const open = line.candidates.find((each) => each.balancePence > 0);
  if (open !== undefined) {
    const pence = Math.min(line.openPence, open.balancePence);
    await allocate('INVOICE', open.invoiceNumber, pence, `Found by ${open.reasons.join(', ')}`);
    return;
  }
  // Nothing open among the candidates: look the payer up as an officer would, by what the line says.
  const words = line.payerName.replace(/^TRUST FOR /, '').slice(0, 40);
  const found = invoices.parse(
    await officer.get('/api/finance/invoices', { q: words, roundId: year.roundId }),
  );
  const owed = found.invoices.find((each) => each.balancePence > 0);
  if (owed !== undefined) {
    await allocate(
      'INVOICE',
      owed.invoiceNumber,
      Math.min(line.openPence, owed.balancePence),
      'Payer found by name',
    );
    return;
  }
  const settled = line.candidates[0]?.invoiceNumber ?? found.invoices[0]?.invoiceNumber;
  if (settled === undefined) {
    await officer.post(`/api/finance/lines/${line.lineId}/park`, {
      until: new Date(year.cloud.now.getTime() + 30 * 24 * 3600 * 1000).toISOString().slice(0, 10),
      reason: 'Payer not known yet',
    });
    return;
  }
  await allocate('CREDIT', settled, line.openPence, 'Paid twice: kept as a credit on account');
}
