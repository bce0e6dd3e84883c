import type { Pence } from '../shared/money/pence.ts';
import { daysBetween } from '../shared/time/london.ts';
import { balanceOf } from './balance.ts';
import type { Invoice, Posting } from './model.ts';
import type { OtherEntry } from './other-model.ts';
import { payerRefOf } from './payer-refs.ts';

/** Days past the due day, as debtors are aged (issue of the finance pages): not due yet, then four bands. */
export const ageBands = ['NOT_DUE', 'TO_30', 'TO_60', 'TO_90', 'OVER_90'] as const;
export type AgeBand = (typeof ageBands)[number];

/** The band of an invoice that was due on one London day, seen on another (YYYY-MM-DD). Pure. */
export function bandOf(dueOn: string, today: string): AgeBand {
  const days = daysBetween(dueOn, today);
  if (days <= 0) return 'NOT_DUE';
  if (days <= 30) return 'TO_30';
  if (days <= 60) return 'TO_60';
  return days <= 90 ? 'TO_90' : 'OVER_90';
}

export interface AgedPayer {
  readonly payerName: string;
  /** What it is called in addresses. */
  readonly payerRef: string | null;
  readonly invoices: { readonly invoiceNumber: string; readonly band: AgeBand; readonly pence: Pence }[];
  readonly bands: Record<AgeBand, Pence>;
  readonly pence: Pence;
}

/** Every band with nothing in it. */
export const emptyBands = (): Record<AgeBand, Pence> => ({
  NOT_DUE: 0,
  TO_30: 0,
  TO_60: 0,
  TO_90: 0,
  OVER_90: 0,
});

/** What each payer owes by age, the largest debt first. A payer is known by name and address here. Pure. */
export function ageing(
  open: readonly Invoice[],
  today: string,
): { payers: AgedPayer[]; bands: Record<AgeBand, Pence>; pence: Pence } {
  const byPayer = new Map<string, Pick<AgedPayer, 'payerName' | 'payerRef' | 'invoices'>>();
  for (const each of open) {
    const pence = balanceOf(each);
    if (pence <= 0) continue;
    const key = `${each.payer.name.trim().toLowerCase()} ${each.payer.email?.toLowerCase() ?? ''}`;
    const of = byPayer.get(key) ?? {
      payerName: each.payer.name,
      payerRef: payerRefOf(each),
      invoices: [],
    };
    of.invoices.push({ invoiceNumber: each.invoiceNumber, band: bandOf(each.dueOn, today), pence });
    byPayer.set(key, of);
  }
  const bands = emptyBands();
  const payers = [...byPayer.values()].map((of) => {
    const own = emptyBands();
    for (const { band, pence } of of.invoices) {
      own[band] += pence;
      bands[band] += pence;
    }
    return { ...of, bands: own, pence: sumOf(own) };
  });
  payers.sort((a, b) => b.pence - a.pence || a.payerName.localeCompare(b.payerName));
  return { payers, bands, pence: sumOf(bands) };
}

/** What all bands come to. */
export const sumOf = (bands: Record<AgeBand, Pence>): Pence =>
  ageBands.reduce((sum, band) => sum + bands[band], 0);

/** What a period brought, by source, and what became of it; all from postings, in pence. */
export interface PeriodFigures {
  /** Fees invoiced, less credit notes and what was given back of ended registrations, without VAT. */
  readonly feesPence: Pence;
  readonly otherIncome: { readonly source: string; readonly pence: Pence }[];
  readonly otherCosts: { readonly source: string; readonly pence: Pence }[];
  readonly incomePence: Pence;
  readonly writtenOffPence: Pence;
  readonly vatPence: Pence;
  readonly refundedPence: Pence;
  readonly bankInPence: Pence;
  readonly bankOutPence: Pence;
}

/** The figures of a period's postings; `entries` say of which source other money was. Pure. */
export function periodFigures(
  postings: readonly Posting[],
  entries: ReadonlyMap<string, Pick<OtherEntry, 'source'>>,
): PeriodFigures {
  const total = (account: Posting['entries'][number]['account'], of = postings): Pence =>
    of
      .flatMap((each) => each.entries)
      .reduce((sum, each) => sum + (each.account === account ? each.pence : 0), 0);
  const bySource = (account: 'OTHER_INCOME' | 'OTHER_COSTS', sign: 1 | -1) => {
    const sums = new Map<string, Pence>();
    for (const each of postings) {
      const pence = sign * total(account, [each]);
      if (pence === 0) continue;
      const source = entries.get(each.causeId)?.source ?? '';
      sums.set(source, (sums.get(source) ?? 0) + pence);
    }
    return [...sums].map(([source, pence]) => ({ source, pence })).sort((a, b) => b.pence - a.pence);
  };
  const lines = postings.filter(({ cause }) => cause === 'BANK_LINE');
  const moved = lines.map((each) => total('BANK', [each]));
  const feesPence = 0 - total('INCOME');
  const otherIncome = bySource('OTHER_INCOME', -1);
  const repaid = postings.filter(
    ({ cause }) => cause === 'REFUND_PAID' || cause === 'REFUND_PAYMENT_REVERSED',
  );
  return {
    feesPence,
    otherIncome,
    otherCosts: bySource('OTHER_COSTS', 1),
    incomePence: feesPence + otherIncome.reduce((sum, { pence }) => sum + pence, 0),
    writtenOffPence: total('WRITTEN_OFF'),
    vatPence: 0 - total('VAT'),
    refundedPence: total('REFUNDS', repaid),
    bankInPence: moved.reduce((sum, pence) => sum + Math.max(0, pence), 0),
    bankOutPence: moved.reduce((sum, pence) => sum + Math.max(0, -pence), 0),
  };
}
