import type { Pence } from '../shared/money/pence.ts';
import type { Refund, WriteOff } from './approval-model.ts';
import type {
  AccountCredit,
  Allocation,
  CreditNote,
  Invoice,
  LedgerAccount,
  PostedLine,
  Posting,
} from './model.ts';
import { type AgeBand, bandOf, emptyBands, sumOf } from './reports.ts';

/** Postings, and the records that say what each was made for. */
export interface MoneyRecords {
  readonly postings: readonly Posting[];
  readonly creditNotes: readonly CreditNote[];
  readonly allocations: readonly Allocation[];
  readonly credits: readonly AccountCredit[];
  readonly refunds: readonly Refund[];
  readonly writeOffs: readonly WriteOff[];
  /** Bank lines from which allocations and credits came. */
  readonly lines: readonly Pick<PostedLine, 'lineId' | 'bookedOn'>[];
}

/** One posting that moved what a payer owes, or has with us. */
export interface PayerMovement {
  readonly postingId: string;
  readonly cause: Posting['cause'];
  readonly postedAt: string;
  readonly postedOn: string;
  readonly invoiceNumber: string;
  readonly schoolName: string;
  /** Number of the credit note or refund advice; empty where it has none of its own. */
  readonly document: string;
  /** The bank line that the money came with, and its booking day. */
  readonly lineId: string | null;
  readonly paidOn: string | null;
  /** What it did to the debt of the payer: positive where more is owed. */
  readonly debtPence: Pence;
  /** What it did to the payer's credit on account: negative where the payer has more with us. */
  readonly creditPence: Pence;
}

/** A movement as a statement shows it. */
export interface StatementEntry extends PayerMovement {
  readonly chargedPence: Pence;
  readonly creditedPence: Pence;
  /** What is owed after it, less what the payer has with us. */
  readonly balancePence: Pence;
}

export interface PayerStatement {
  /** First day; null: from the first invoice on. */
  readonly from: string | null;
  readonly to: string;
  readonly openingPence: Pence;
  readonly entries: readonly StatementEntry[];
  readonly closingPence: Pence;
  /** What open invoices owe on the last day by age, and what the payer has with us on it. */
  readonly open: readonly { readonly invoice: Invoice; readonly band: AgeBand; readonly pence: Pence }[];
  readonly bands: Record<AgeBand, Pence>;
  readonly owedPence: Pence;
  readonly onAccountPence: Pence;
}

/** Whose a posting is: the invoice whose debt it moves, the one beside which the credit lies that it moves. */
interface About {
  readonly debtor?: string | undefined;
  readonly holder?: string | undefined;
  readonly document?: string;
  readonly lineId?: string | undefined;
}

const lineOf = ({ source }: Allocation | AccountCredit): string | undefined =>
  source.kind === 'LINE' ? source.lineId : undefined;

/**
 * What the postings did to the payer of these invoices, in their order. A registration's collection may hold another
 * payer's postings (a sponsor's share), and a credit may pay another payer's invoice: each side of a posting belongs to
 * the payer of the invoice that it is about. Pure.
 */
export function payerMovements(of: MoneyRecords, invoices: readonly Invoice[]): PayerMovement[] {
  const own = new Map(invoices.map((each) => [each.invoiceNumber, each]));
  const about = readerOf(of);
  const bookedOn = new Map(of.lines.map((line) => [line.lineId, line.bookedOn]));
  return of.postings
    .flatMap((posting): PayerMovement[] => {
      const { debtor, holder, document = '', lineId } = about(posting);
      const debtPence = isOwn(own, debtor) ? entryOf(posting, 'DEBTORS') : 0;
      const creditPence = isOwn(own, holder) ? entryOf(posting, 'CREDITS') : 0;
      if (debtPence === 0 && creditPence === 0) return [];
      const { postingId, cause, postedAt, postedOn } = posting;
      const invoiceNumber = debtor ?? holder ?? '';
      return [
        {
          postingId,
          cause,
          postedAt,
          postedOn,
          invoiceNumber,
          schoolName: own.get(invoiceNumber)?.schoolName ?? '',
          document,
          lineId: lineId ?? null,
          paidOn: lineId === undefined ? null : (bookedOn.get(lineId) ?? null),
          debtPence,
          creditPence,
        },
      ];
    })
    .sort((a, b) => a.postedAt.localeCompare(b.postedAt) || a.postingId.localeCompare(b.postingId));
}

const isOwn = (own: ReadonlyMap<string, Invoice>, invoiceNumber: string | undefined): boolean =>
  invoiceNumber !== undefined && own.has(invoiceNumber);

const entryOf = ({ entries }: Posting, account: LedgerAccount): Pence =>
  entries.reduce((sum, each) => sum + (each.account === account ? each.pence : 0), 0);

/** Tells of a posting what it was made for. */
function readerOf(of: MoneyRecords): (posting: Posting) => About {
  const notes = new Map(of.creditNotes.map((each) => [each.creditNoteNumber, each]));
  const allocations = new Map(of.allocations.map((each) => [each.allocationId, each]));
  const credits = new Map(of.credits.map((each) => [each.creditId, each]));
  const refunds = new Map(of.refunds.map((each) => [each.refundId, each]));
  const writeOffs = new Map(of.writeOffs.map((each) => [each.writeOffId, each]));
  return ({ cause, causeId }) => {
    switch (cause) {
      case 'INVOICE':
      case 'INVOICE_BROUGHT_OVER':
        return { debtor: causeId };
      case 'CREDIT_NOTE':
        return { debtor: notes.get(causeId)?.invoiceNumber, document: causeId };
      case 'ALLOCATION':
      case 'ALLOCATION_REVERSED': {
        const made = allocations.get(causeId);
        return made === undefined ? {} : { debtor: made.invoiceNumber, lineId: lineOf(made) };
      }
      case 'CREDIT_USED':
      case 'CREDIT_USE_REVERSED': {
        const made = allocations.get(causeId);
        if (made === undefined || made.source.kind !== 'CREDIT') return {};
        return { debtor: made.invoiceNumber, holder: credits.get(made.source.creditId)?.invoiceNumber };
      }
      case 'CREDIT_TAKEN':
      case 'CREDIT_REVERSED': {
        const taken = credits.get(causeId);
        return taken === undefined ? {} : { holder: taken.invoiceNumber, lineId: lineOf(taken) };
      }
      case 'PAID_THEN_ENDED':
        return { holder: credits.get(`ENDED-${causeId}`)?.invoiceNumber };
      case 'REFUND_APPROVED': {
        const approved = refunds.get(causeId);
        return { holder: approved?.invoiceNumber, document: approved?.adviceNumber ?? '' };
      }
      case 'WRITE_OFF':
        return { debtor: writeOffs.get(causeId)?.invoiceNumber };
      case 'BANK_LINE':
      case 'REFUND_PAID':
      case 'REFUND_PAYMENT_REVERSED':
      case 'OTHER_INCOME':
      case 'OTHER_INCOME_REVERSED':
      case 'OTHER_COST':
      case 'OTHER_COST_REVERSED':
        return {};
    }
  };
}

/**
 * A payer's statement of account over days of posting, both included: what stood at the beginning, every movement with
 * the balance after it, and what is owed at the end, by the age of each invoice's debt on that day. Pure.
 */
export function statementOf(
  movements: readonly PayerMovement[],
  invoices: readonly Invoice[],
  { from, to }: { readonly from: string | null; readonly to: string },
): PayerStatement {
  const known = movements.filter(({ postedOn }) => postedOn <= to);
  const before = known.filter(({ postedOn }) => from !== null && postedOn < from);
  const openingPence = sum(before, ({ debtPence, creditPence }) => debtPence + creditPence);
  let balancePence = openingPence;
  const entries = known.slice(before.length).map((each): StatementEntry => {
    const sides = [each.debtPence, each.creditPence];
    balancePence += each.debtPence + each.creditPence;
    return {
      ...each,
      chargedPence: sum(sides, (pence) => Math.max(0, pence)),
      creditedPence: sum(sides, (pence) => Math.max(0, -pence)),
      balancePence,
    };
  });
  const debts = new Map<string, Pence>();
  for (const { invoiceNumber, debtPence } of known)
    debts.set(invoiceNumber, (debts.get(invoiceNumber) ?? 0) + debtPence);
  const open = invoices.flatMap((invoice) => {
    const pence = debts.get(invoice.invoiceNumber) ?? 0;
    return pence === 0 ? [] : [{ invoice, band: bandOf(invoice.dueOn, to), pence }];
  });
  open.sort((a, b) => a.invoice.dueOn.localeCompare(b.invoice.dueOn));
  const bands = emptyBands();
  for (const { band, pence } of open) bands[band] += pence;
  return {
    from,
    to,
    openingPence,
    entries,
    closingPence: balancePence,
    open,
    bands,
    owedPence: sumOf(bands),
    onAccountPence: 0 - sum(known, ({ creditPence }) => creditPence),
  };
}

const sum = <T>(of: readonly T[], pence: (each: T) => Pence): Pence =>
  of.reduce((total, each) => total + pence(each), 0);
