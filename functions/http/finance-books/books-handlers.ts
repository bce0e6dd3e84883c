import { postingsOf } from '../../payments/books.ts';
import { checkMonth, closedMonths, closeMonth } from '../../payments/months.ts';
import { listOtherEntries } from '../../payments/other-entries.ts';
import { otherSources } from '../../payments/other-model.ts';
import { ageing, periodFigures } from '../../payments/reports.ts';
import { openInvoices } from '../../payments/store.ts';
import { Names } from '../../payments/views.ts';
import type { Language } from '../../shared/access/identity.ts';
import type { Implementation } from '../../shared/http/audience-handler.ts';
import { inParallel } from '../../shared/runtime/in-parallel.ts';
import { londonDate } from '../../shared/time/london.ts';
import type { booksRoutes } from './books-routes.ts';

/** The report of a period with the names of its sources; what the page shows and the file says. */
export async function periodReport(
  { from, to }: { readonly from: string; readonly to: string },
  language: Language,
  now: Date,
) {
  const [postings, entries] = await Promise.all([postingsOf({ from, to }, now), listOtherEntries()]);
  const figures = periodFigures(postings, new Map(entries.map((each) => [each.entryId, each])));
  const named = (of: typeof figures.otherIncome) =>
    of.map((each) => ({
      ...each,
      name:
        [...otherSources.income, ...otherSources.costs].find(({ id }) => id === each.source)?.name[
          language
        ] ?? each.source,
    }));
  return {
    from,
    to,
    ...figures,
    otherIncome: named(figures.otherIncome),
    otherCosts: named(figures.otherCosts),
  };
}

/** What the finance API does about reports and months. */
export const booksHandlers: Implementation<typeof booksRoutes> = {
  async getAgeing(_input, { now }) {
    const on = londonDate(now);
    return { on, ...ageing(await openInvoices(), on) };
  },
  getPeriodReport({ query }, { now, language }) {
    return periodReport(query, language, now);
  },
  async listMonths(_input, { now }) {
    const names = new Names();
    const [closed, postings] = await Promise.all([closedMonths(), postingsOf({}, now)]);
    const done = new Set(closed.map(({ month }) => month));
    const months = [...new Set(postings.map(({ postedOn }) => postedOn.slice(0, 7)))].sort();
    return {
      closed: (
        await inParallel(closed, 8, async (each) => ({ ...each, closedBy: await names.of(each.closedBy) }))
      ).reverse(),
      next: months.find((month) => !done.has(month) && month < londonDate(now).slice(0, 7)) ?? null,
    };
  },
  async checkMonth({ params }, { now, language }) {
    const { checks, postings } = await checkMonth(params.month, language, now);
    return { month: params.month, postings: postings.length, checks };
  },
  async closeMonth({ params, body }, { now, identity }) {
    const actor = { kind: 'person', id: identity.personId } as const;
    const closed = await closeMonth(params.month, { actor, reason: body.reason }, now);
    return { ...closed, closedBy: await new Names().of(closed.closedBy) };
  },
};
