import * as z from 'zod';
import { ledgerAccount } from '../../payments/model.ts';
import { monthCheck } from '../../payments/month-model.ts';
import { ageBands } from '../../payments/reports.ts';
import { calendarDay } from '../../programme/model.ts';
import { defineContract } from '../../shared/http/contract.ts';
import { pence } from '../../shared/money/pence.ts';
import { finance, readers, reason } from '../finance/inputs.ts';

const bands = z.record(z.enum(ageBands), pence);
const month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/);
const bySource = z.array(z.object({ source: z.string(), name: z.string(), pence }));
const closed = z.object({
  month,
  closedBy: z.string(),
  closedAt: z.iso.datetime(),
  reason: z.string(),
  postings: z.number().int(),
  accounts: z.array(
    z.object({ account: ledgerAccount, debitPence: pence, creditPence: pence, balancePence: pence }),
  ),
});

/** Reports from the ledger, and the close of a month. */
export const booksRoutes = defineContract({
  getAgeing: {
    method: 'GET',
    path: '/api/finance/ageing',
    roles: readers,
    summary: 'What each payer owes now by days past due: not due, 1-30, 31-60, 61-90, over 90.',
    response: z.object({
      on: calendarDay,
      bands,
      pence,
      payers: z.array(
        z.object({
          payerName: z.string(),
          payerRef: z.string().nullable(),
          bands,
          pence,
          invoices: z.array(z.object({ invoiceNumber: z.string(), band: z.enum(ageBands), pence })),
        }),
      ),
    }),
  },
  getPeriodReport: {
    method: 'GET',
    path: '/api/finance/period-report',
    roles: readers,
    summary: 'Income by source, costs, write-offs, refunds and bank movements of a period, from postings.',
    query: z.object({ from: calendarDay, to: calendarDay }),
    response: z.object({
      from: calendarDay,
      to: calendarDay,
      feesPence: pence,
      otherIncome: bySource,
      otherCosts: bySource,
      incomePence: pence,
      writtenOffPence: pence,
      vatPence: pence,
      refundedPence: pence,
      bankInPence: pence,
      bankOutPence: pence,
    }),
  },
  listMonths: {
    method: 'GET',
    path: '/api/finance/months',
    roles: readers,
    summary: 'Closed months, the latest first, and the earliest month that may be closed next.',
    response: z.object({ closed: z.array(closed), next: month.nullable() }),
  },
  checkMonth: {
    method: 'GET',
    path: '/api/finance/months/{month}',
    roles: readers,
    summary: 'The check list of a month: what must hold before it is closed, with what it is off by.',
    params: z.object({ month }),
    response: z.object({ month, postings: z.number().int(), checks: z.array(monthCheck) }),
  },
  closeMonth: {
    method: 'POST',
    path: '/api/finance/months/{month}/close',
    roles: finance,
    summary:
      'Closes a month for good where its check list holds. Corrections are posted in the month in which they are made.',
    params: z.object({ month }),
    body: z.object({ reason }),
    response: closed,
  },
});
