import * as z from 'zod';
import codesFile from '../../programme/payments/ledger-codes.json' with { type: 'json' };
import type { Language } from '../shared/access/identity.ts';
import { csvOf } from '../shared/csv/csv-of.ts';
import { inParallel } from '../shared/runtime/in-parallel.ts';
import { queryCollection } from '../shared/table/change.ts';
import { registrationPk, statementPk } from '../shared/table/keys.ts';
import { pounds } from './exports.ts';
import { ledgerAccounts, type Posting } from './model.ts';
import { paymentsTexts } from './texts.ts';
import type { Names } from './views.ts';

const LANES = 8;
/** Codes of the accounts in the finance system (programme/payments/ledger-codes.json). */
const codes = z.record(z.enum(ledgerAccounts), z.string()).parse(codesFile);

/** A posting with the collection that it lies in. */
export type PlacedPosting = Posting & { readonly pk: string };

/** A journal for a finance system: one row an entry, accounts by their codes there, the postings numbered by their ids. */
export function journalCsv(postings: readonly Posting[], language: Language): { csv: string; rows: number } {
  const rows = postings.flatMap((each) =>
    each.entries.map(({ account, pence }) => [
      each.postedOn,
      each.postingId,
      codes[account],
      paymentsTexts.text(language, `accounts.${account}`),
      `${paymentsTexts.text(language, `causes.${each.cause}`)} ${each.causeId}`,
      pence > 0 ? pounds(pence) : '',
      pence < 0 ? pounds(-pence) : '',
    ]),
  );
  const heads = ['date', 'journal', 'account_code', 'account', 'description', 'debit', 'credit'];
  return { csv: csvOf(heads, rows), rows: rows.length };
}

/** What stands beside a posting and says where it came from; every kind has some of these. */
const origin = z.object({
  sk: z.string(),
  invoiceNumber: z.string().optional(),
  source: z
    .union([z.object({ lineId: z.string().optional(), creditId: z.string().optional() }), z.string()])
    .optional(),
  lineId: z.string().optional(),
  adviceNumber: z.string().nullish(),
  by: z.string().optional(),
  requestedBy: z.string().optional(),
  reason: z.string().optional(),
  decided: z.object({ by: z.string(), reason: z.string() }).nullish(),
  reversed: z.object({ by: z.string(), reason: z.string() }).nullish(),
  paid: z.object({ paymentId: z.string(), lineId: z.string(), by: z.string(), reason: z.string() }).nullish(),
});
type Origin = z.output<typeof origin>;

const KINDS = /^(INVOICE|CREDITNOTE|ALLOCATION|CREDIT|REFUND|WRITEOFF|OTHER)#/;

/** The record that a posting was made for, by the id of its cause, which ends the record's key or is its payment. */
function originOf(posting: Posting, records: readonly Origin[]): Origin | undefined {
  return (
    records.find(
      ({ sk, paid }) => sk.endsWith(`#${posting.causeId}`) || paid?.paymentId === posting.causeId,
    ) ?? undefined
  );
}

/**
 * Every entry of the ledger with its source document, bank line, person and reason, for auditors. Reads each collection
 * that has a posting in the period once.
 */
export async function auditCsv(
  postings: readonly PlacedPosting[],
  names: Names,
): Promise<{ csv: string; rows: number }> {
  const collections = [...new Set(postings.map(({ pk }) => pk))];
  const beside = new Map(
    await inParallel(collections, LANES, async (pk) => {
      // Of a statement, its lines are told by their ids; only what was entered beside them says more.
      const items = await queryCollection(pk, pk.startsWith(statementPk('')) ? 'OTHER#' : '');
      const records = items
        .map((item) => origin.safeParse(item))
        .flatMap((parsed) => (parsed.success && KINDS.test(parsed.data.sk) ? [parsed.data] : []));
      return [pk, records] as const;
    }),
  );
  const rows = (
    await inParallel(postings, LANES, async (each) => {
      const from = originOf(each, beside.get(each.pk) ?? []);
      const isReversal = each.cause.endsWith('_REVERSED');
      const who = isReversal ? (from?.reversed ?? from?.paid) : (from?.decided ?? from);
      const line =
        each.cause === 'BANK_LINE'
          ? each.causeId
          : (from?.paid?.lineId ??
            from?.lineId ??
            (typeof from?.source === 'object' ? from.source.lineId : undefined) ??
            '');
      const by = who?.by ?? '';
      return each.entries.map(({ account, pence }) => [
        each.postedOn,
        each.postedAt,
        each.postingId,
        each.cause,
        account,
        pence > 0 ? pounds(pence) : '',
        pence < 0 ? pounds(-pence) : '',
        from?.adviceNumber ?? documentOf(each, from),
        line,
        each.pk.startsWith(registrationPk('')) ? each.pk.slice(registrationPk('').length) : '',
        from?.requestedBy === undefined ? '' : from.requestedBy,
        by === '' ? '' : by,
        who?.reason ?? '',
      ]);
    })
  ).flat();
  const people = [...new Set(rows.flatMap((row) => [row[10] ?? '', row[11] ?? '']))].filter(
    (id) => id !== '',
  );
  const named = new Map(await inParallel(people, LANES, async (id) => [id, await names.of(id)] as const));
  const heads = [
    'posted_on',
    'posted_at',
    'posting',
    'cause',
    'account',
    'debit',
    'credit',
    'document',
    'bank_line',
    'registration',
    'asked_by',
    'person',
    'reason',
  ];
  const told = rows.map((row) =>
    row.map((cell, column) => (column === 10 || column === 11 ? (named.get(cell) ?? cell) : cell)),
  );
  return { csv: csvOf(heads, told), rows: told.length };
}

/** The number of the paper that a posting was made for. */
function documentOf({ cause, causeId }: Posting, from: Origin | undefined): string {
  switch (cause) {
    case 'INVOICE':
    case 'INVOICE_BROUGHT_OVER':
    case 'CREDIT_NOTE':
    case 'PAID_THEN_ENDED':
      return causeId;
    default:
      return from?.invoiceNumber ?? '';
  }
}
