import * as z from 'zod';
import { defineContract } from '../../shared/http/contract.ts';
import { importResult } from '../admin/reads.ts';
import { finance } from '../finance/inputs.ts';

/** What finance brings in as files of rows; a function of its own, since reading CSV weighs as much as a tenth of the pages. */
export const financeImportsContract = defineContract({
  importInvoices: {
    method: 'POST',
    path: '/api/finance/invoices/brought-over',
    roles: finance,
    summary:
      'Takes the open invoices of a previous system from a CSV (number, reference, payer, school, urn, amount_pence, due as YYYY-MM-DD; at most 1,000 rows). The same row again changes nothing.',
    body: z.object({ csv: z.string().min(1).max(5_000_000) }),
    response: importResult,
  },
});
