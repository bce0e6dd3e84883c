import * as z from 'zod';
import { ledgerAccount } from '../../payments/model.ts';
import { calendarDay } from '../../programme/model.ts';
import { defineContract } from '../../shared/http/contract.ts';
import { pence } from '../../shared/money/pence.ts';
import { readers } from '../finance/inputs.ts';
import { approvalsRoutes } from './approvals-routes.ts';
import { booksRoutes } from './books-routes.ts';

/** Finance: approvals, other money, reports, months and exports; a function of its own beside the daily work. */
export const financeBooksContract = defineContract({
  ...approvalsRoutes,
  ...booksRoutes,
  getDailyTotal: {
    method: 'GET',
    path: '/api/finance/daily',
    roles: readers,
    summary:
      "Per account and booking day: what the statements say came and went, what the ledger has, and the bank's closing balance against ours; `agrees` is false where they differ.",
    query: z.object({ from: calendarDay.optional(), to: calendarDay.optional() }),
    response: z.object({
      days: z.array(
        z.object({
          account: z.string(),
          day: calendarDay,
          statementCreditPence: pence,
          statementDebitPence: pence,
          ledgerCreditPence: pence,
          ledgerDebitPence: pence,
          allocatedPence: pence,
          openPence: pence,
          agrees: z.boolean(),
        }),
      ),
      accounts: z.array(
        z.object({
          account: z.string(),
          openingPence: pence,
          movementPence: pence,
          closingPence: pence,
          ledgerClosingPence: pence,
          agrees: z.boolean(),
          gaps: z.array(z.string()),
        }),
      ),
    }),
  },
  getTrialBalance: {
    method: 'GET',
    path: '/api/finance/trial-balance',
    roles: readers,
    summary:
      'Debit and credit totals of every account from all postings up to a day (posting day in London).',
    query: z.object({ to: calendarDay.optional() }),
    response: z.object({
      to: calendarDay,
      accounts: z.array(
        z.object({ account: ledgerAccount, debitPence: pence, creditPence: pence, balancePence: pence }),
      ),
      postings: z.number().int(),
      balances: z.boolean(),
    }),
  },
  exportCsv: {
    method: 'GET',
    path: '/api/finance/export',
    roles: readers,
    summary:
      'A CSV (UTF-8 with BOM, amounts in pounds with two decimals) of the ledger, the invoices, the bank lines, a journal for a finance system, every entry with its source for auditors, debtors by age, or the report of a period; answered as text to save as a file.',
    query: z.object({
      what: z.enum(['LEDGER', 'INVOICES', 'LINES', 'JOURNAL', 'AUDIT', 'AGEING', 'REPORT']),
      from: calendarDay.optional(),
      to: calendarDay.optional(),
      roundId: z.string().max(40).optional(),
    }),
    response: z.object({ fileName: z.string(), csv: z.string(), rows: z.number().int() }),
  },
});
