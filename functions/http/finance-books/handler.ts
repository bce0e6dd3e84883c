import type * as z from 'zod';
import { dailyTotal, placedPostings, postingsOf, statementBooks, within } from '../../payments/books.ts';
import { ageingCsv, invoicesCsv, ledgerCsv, linesCsv, reportCsv } from '../../payments/exports.ts';
import { auditCsv, journalCsv } from '../../payments/journal.ts';
import { BROUGHT_OVER } from '../../payments/keys.ts';
import { trialBalance } from '../../payments/ledger.ts';
import type { Invoice } from '../../payments/model.ts';
import { ageing } from '../../payments/reports.ts';
import { listInvoices, openInvoices } from '../../payments/store.ts';
import { paymentsTexts } from '../../payments/texts.ts';
import { Names } from '../../payments/views.ts';
import { listRounds } from '../../programme/store.ts';
import type { Language } from '../../shared/access/identity.ts';
import { audienceHandler } from '../../shared/http/audience-handler.ts';
import { inParallel } from '../../shared/runtime/in-parallel.ts';
import { londonDate } from '../../shared/time/london.ts';
import { approvalsHandlers } from './approvals-handlers.ts';
import { booksHandlers, periodReport } from './books-handlers.ts';
import { financeBooksContract } from './contract.ts';

/** Finance: approvals, other money, reports, months and exports. */
export const handler = audienceHandler(
  financeBooksContract,
  {
    ...approvalsHandlers,
    ...booksHandlers,
    async getDailyTotal({ query }, { language }) {
      return dailyTotal(await statementBooks(), query, language);
    },
    async getTrialBalance({ query }, { now }) {
      const to = query.to ?? londonDate(now);
      return { to, ...trialBalance(await postingsOf({ to }, now)) };
    },
    async exportCsv({ query }, { now, language }) {
      const made = await exported(query, language, now);
      return { fileName: `psqm-${query.what.toLowerCase()}-${londonDate(now)}.csv`, ...made };
    },
  },
  [paymentsTexts],
);

/** The invoices of a round, or of all. */
async function invoicesOf(roundId: string | undefined): Promise<Invoice[]> {
  const rounds =
    roundId === undefined ? [...(await listRounds()).map((round) => round.roundId), BROUGHT_OVER] : [roundId];
  return (await inParallel(rounds, 4, listInvoices)).flat();
}

async function exported(
  query: z.output<(typeof financeBooksContract)['exportCsv']['query']>,
  language: Language,
  now: Date,
): Promise<{ csv: string; rows: number }> {
  switch (query.what) {
    case 'LEDGER': {
      const postings = await postingsOf(query, now);
      const { roundId } = query;
      return ledgerCsv(postings.filter((each) => roundId === undefined || each.roundId === roundId));
    }
    case 'JOURNAL':
      return journalCsv(await postingsOf(query, now), language);
    case 'AUDIT':
      return auditCsv(await placedPostings(query, now), new Names());
    case 'AGEING': {
      const on = londonDate(now);
      return ageingCsv(ageing(await openInvoices(), on).payers);
    }
    case 'REPORT': {
      const to = query.to ?? londonDate(now);
      return reportCsv(
        await periodReport({ from: query.from ?? `${to.slice(0, 4)}-01-01`, to }, language, now),
      );
    }
    case 'INVOICES': {
      const invoices = await invoicesOf(query.roundId);
      return invoicesCsv(invoices.filter(({ issuedOn }) => within(issuedOn, query)));
    }
    case 'LINES': {
      const lines = (await statementBooks()).flatMap((each) => each.lines);
      return linesCsv(lines.filter(({ bookedOn }) => within(bookedOn, query)));
    }
  }
}
