import * as z from 'zod';
import { calendarDay } from '../programme/model.ts';
import { payer } from '../registration/model.ts';
import { language } from '../shared/access/identity.ts';
import { pence } from '../shared/money/pence.ts';
import { matchingRule } from './matching-rules.ts';
import { accountStatement, bankLine, statementRefusal } from './statements/model.ts';

const instant = z.iso.datetime();

/** ISSUED: nothing received; PART_PAID; PAID: settled; CREDITED: nothing is owed any more because it was credited. */
export const invoiceStatus = z.enum(['ISSUED', 'PART_PAID', 'PAID', 'CREDITED']);
export type InvoiceStatus = z.output<typeof invoiceStatus>;

/** Who pays may be nobody of the school: a trust for all its schools, a sponsor, the host of a hub (domain.md 3.6). */
export const payerKinds = ['SCHOOL', 'TRUST', 'LOCAL_AUTHORITY', 'SPONSOR', 'HUB_HOST'] as const;

/** A payer that finance keep, apart from any school. */
export const payerRecord = z.object({
  payerId: z.string().min(1),
  kind: z.enum(payerKinds),
  name: z.string().min(1),
  /** Where invoices go. */
  email: z.email(),
  addressLines: z.array(z.string()),
  /** Further people who hear of its invoices. */
  contacts: z.array(z.object({ name: z.string().min(1), email: z.email() })),
  /** What the payer calls us or the account, for example a supplier number; printed on its invoices. */
  ownReference: z.string().nullable(),
  purchaseOrder: z.string().nullable(),
  language,
  /** Days in which it pays; null: the round's. */
  termsDays: z.number().int().positive().nullable(),
  active: z.boolean(),
  roundKey: z.string().optional(),
  roundSort: z.string().optional(),
});
export type PayerRecord = z.output<typeof payerRecord>;

/** What finance say of a payer. */
export const payerForm = payerRecord.omit({ payerId: true, roundKey: true, roundSort: true }).extend({
  name: z.string().trim().min(1).max(140),
  addressLines: z.array(z.string().trim().min(1).max(100)).max(6),
  ownReference: z.string().trim().min(1).max(40).nullable(),
  purchaseOrder: z.string().trim().min(1).max(40).nullable(),
  termsDays: z.number().int().min(1).max(120).nullable(),
});
export type PayerForm = z.output<typeof payerForm>;

/** Why nobody is reminded of an invoice, and nothing lapses by it: until a day, or until somebody ends it. */
export const holdKinds = ['DISPUTE', 'PROMISE', 'PURCHASE_ORDER_QUERY'] as const;
export const invoiceHold = z.object({
  kind: z.enum(holdKinds),
  reason: z.string().min(1),
  /** The last day of it; null: until somebody ends it. A promise always has one. */
  until: calendarDay.nullable(),
  by: z.string().min(1),
  at: instant,
  endedAt: instant.nullable(),
});
export type InvoiceHold = z.output<typeof invoiceHold>;

/**
 * What an issued invoice charges is never edited: allocations and credit notes change only what is owed (domain.md 3.3).
 * Its due day moves with the payment of the round or the school.
 */
export const invoice = z.object({
  invoiceNumber: z.string().min(1),
  /** Gap-free within its series. */
  series: z.string().min(1),
  sequenceNumber: z.number().int().positive(),
  registrationId: z.string().min(1),
  /** Empty, as the school's id, on an invoice of a previous system. */
  registrationReference: z.string(),
  roundId: z.string().min(1),
  schoolId: z.string(),
  schoolName: z.string().min(1),
  town: z.string(),
  urn: z.string().nullable(),
  /** Of an invoice of a previous system no address may be known. */
  payer: payer.extend({
    kind: z.enum([...payerKinds, 'FUNDER']),
    email: z.email().nullable(),
    /** Of a payer that finance keep. */
    payerId: z.string().optional(),
    contacts: z.array(z.object({ name: z.string(), email: z.email() })).optional(),
    ownReference: z.string().nullable().optional(),
  }),
  /** `PSQM` and seven characters, the last a check; a previous system's may be anything. */
  paymentReference: z.string().min(1),
  language,
  issuedAt: instant,
  issuedOn: calendarDay,
  dueOn: calendarDay,
  lines: z
    .array(
      z.object({
        description: z.string(),
        netPence: pence,
        /** Of an invoice for several registrations: whose fee it is, and its credit note once that one has ended. */
        registrationId: z.string().optional(),
        schoolName: z.string().optional(),
        creditNoteNumber: z.string().optional(),
      }),
    )
    .min(1),
  netPence: pence.nonnegative(),
  vat: z.enum(['EXEMPT', 'STANDARD', 'OUTSIDE_SCOPE']),
  vatPence: pence.nonnegative(),
  grossPence: pence.nonnegative(),
  purchaseOrder: z.string().nullable(),
  allocatedPence: pence.nonnegative(),
  creditedPence: pence.nonnegative(),
  /** Given up with a second person's approval (write-off-model.ts). */
  writtenOffPence: pence.nonnegative().default(0),
  status: invoiceStatus,
  settledAt: instant.nullable(),
  /** Set once the registration lapsed or was withdrawn: nothing may be allocated any more. */
  closedAt: instant.nullable(),
  /** Invoices that this one took the place of, and the one that took its place: corrected by credit and reissue. */
  replaces: z.array(z.string()).optional(),
  replacedBy: z.string().optional(),
  /** The payer's own terms, where they are not the round's. */
  termsDays: z.number().int().positive().optional(),
  hold: invoiceHold.optional(),
  /** Times that the PDF was made: again when a purchase order number is added or the due day moved. */
  pdfVersion: z.number().int().nonnegative(),
  pdfKey: z.string().nullable(),
  roundKey: z.string().optional(),
  roundSort: z.string().optional(),
  queueKey: z.string().optional(),
  queueSort: z.string().optional(),
  /** Whose letters it stands in (`byPerson`): all invoices of one payer. */
  personKey: z.string().optional(),
  personSort: z.string().optional(),
});
export type Invoice = z.output<typeof invoice>;

export const creditNote = z.object({
  creditNoteNumber: z.string().min(1),
  series: z.string().min(1),
  sequenceNumber: z.number().int().positive(),
  invoiceNumber: z.string().min(1),
  registrationId: z.string().min(1),
  issuedAt: instant,
  issuedOn: calendarDay,
  netPence: pence.nonnegative(),
  vatPence: pence.nonnegative(),
  grossPence: pence.positive(),
  reason: z.enum(['LAPSED', 'WITHDRAWN', 'REPLACED']),
  /** The school whose line is credited, on an invoice for several. */
  schoolName: z.string().optional(),
  pdfKey: z.string().nullable(),
  roundKey: z.string().optional(),
  roundSort: z.string().optional(),
});
export type CreditNote = z.output<typeof creditNote>;

/** Says that an invoice was settled in full; made when the registration is confirmed. */
export const receipt = z.object({
  receiptNumber: z.string().min(1),
  series: z.string().min(1),
  sequenceNumber: z.number().int().positive(),
  invoiceNumber: z.string().min(1),
  registrationId: z.string().min(1),
  issuedAt: instant,
  issuedOn: calendarDay,
  grossPence: pence.positive(),
  pdfKey: z.string().nullable(),
  roundKey: z.string().optional(),
  roundSort: z.string().optional(),
});
export type Receipt = z.output<typeof receipt>;

/** Money put on an invoice: from a bank line, or from a payer's credit on account. Reversed, never deleted. */
export const allocation = z.object({
  allocationId: z.string().min(1),
  invoiceNumber: z.string().min(1),
  registrationId: z.string().min(1),
  source: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('LINE'), lineId: z.string().min(1) }),
    z.object({ kind: z.literal('CREDIT'), creditId: z.string().min(1) }),
  ]),
  pence: pence.positive(),
  by: z.string().min(1),
  reason: z.string().min(1),
  automatic: z.boolean(),
  at: instant,
  reversed: z.object({ by: z.string(), reason: z.string(), at: instant }).nullable(),
});
export type Allocation = z.output<typeof allocation>;

/** Money that a payer has with us beyond what is owed: paid twice, or paid for a registration that ended. */
export const accountCredit = z.object({
  creditId: z.string().min(1),
  registrationId: z.string().min(1),
  invoiceNumber: z.string().min(1),
  payerName: z.string(),
  pence: pence.positive(),
  remainingPence: pence.nonnegative(),
  source: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('LINE'), lineId: z.string().min(1) }),
    z.object({ kind: z.literal('CREDIT_NOTE'), creditNoteNumber: z.string().min(1) }),
  ]),
  by: z.string().min(1),
  reason: z.string().min(1),
  at: instant,
  reversed: z.object({ by: z.string(), reason: z.string(), at: instant }).nullable(),
  queueKey: z.string().optional(),
  queueSort: z.string().optional(),
});
export type AccountCredit = z.output<typeof accountCredit>;

/** Why an invoice may be what a bank line pays, the strongest first. Equal amounts alone are no reason (domain.md 3.6). */
export const candidateReasons = [
  'REFERENCE_AND_AMOUNT',
  'INVOICE_NUMBER_AND_AMOUNT',
  'REFERENCE',
  'REFERENCE_CUT',
  'ALREADY_SETTLED',
  'ENDED',
  'INVOICE_NUMBER',
  'PART_OF_SUM',
  'REGISTRATION_REFERENCE',
  'URN',
  'KNOWN_PAYER',
  'NAME_AND_AMOUNT',
] as const;
export const candidate = z.object({
  invoiceNumber: z.string(),
  registrationId: z.string(),
  schoolName: z.string(),
  payerName: z.string(),
  balancePence: pence,
  reasons: z.array(z.enum(candidateReasons)).min(1),
  /** 0 to 100; orders the candidates, no probability. */
  score: z.number().int().min(0).max(100),
});
export type Candidate = z.output<typeof candidate>;

/**
 * MATCHED: put on its invoice by the machine; ALLOCATED: by a finance officer, wholly; SUSPENSE: to be decided; PARKED:
 * put aside until a day; SEEN: an earlier statement had it; OUTGOING: money that left and has no home yet; PAID_OUT:
 * money that left for a refund, for what finance said of it, or back to where it had come from.
 */
export const lineStatus = z.enum([
  'MATCHED',
  'ALLOCATED',
  'SUSPENSE',
  'PARKED',
  'SEEN',
  'OUTGOING',
  'PAID_OUT',
]);
export const postedLine = bankLine.extend({
  fingerprint: z.string(),
  status: lineStatus,
  /** What of it is not yet allocated or credited. */
  openPence: pence.nonnegative(),
  candidates: z.array(candidate),
  /** Why the machine left it to people. */
  queuedBecause: z.string().nullable(),
  /** The rule that decided about it, and how sure it is (matching-rules.ts); null for lines that no rule is for. */
  rule: matchingRule.nullable().default(null),
  confidence: z.enum(['CONFIRMED', 'SUGGESTED', 'NONE']).default('NONE'),
  /** What the rule puts the line on: done where it is confirmed, proposed where it is suggested. */
  proposal: z.array(z.object({ invoiceNumber: z.string(), pence: pence.positive() })).default([]),
  parked: z.object({ until: calendarDay, reason: z.string(), by: z.string() }).nullable(),
  seenIn: z.string().nullable(),
  queueKey: z.string().optional(),
  queueSort: z.string().optional(),
  /** By its end-to-end reference (`byPerson`): a payment that comes back carries it again. */
  personKey: z.string().optional(),
  personSort: z.string().optional(),
});
export type PostedLine = z.output<typeof postedLine>;

export const statementStatus = z.enum(['AWAITING_UPLOAD', 'UPLOADED', 'MATCHING', 'RECONCILED', 'REFUSED']);
export const statement = z.object({
  statementId: z.string().min(1),
  fileName: z.string(),
  key: z.string(),
  uploadedBy: z.string(),
  createdAt: instant,
  status: statementStatus,
  sha256: z.string().nullable(),
  format: z.string().nullable(),
  accounts: z.array(accountStatement),
  lines: z.number().int().nonnegative(),
  /** Pages of a hundred lines, kept beside the file; the next one to match. */
  pages: z.number().int().nonnegative(),
  nextPage: z.number().int().nonnegative(),
  counts: z.object({
    matched: z.number().int().nonnegative(),
    suspense: z.number().int().nonnegative(),
    seen: z.number().int().nonnegative(),
    outgoing: z.number().int().nonnegative(),
  }),
  refusal: statementRefusal.nullable(),
  /** Accounts that no statement was of before become ours; otherwise such a file is refused. */
  newAccounts: z.boolean().default(false),
  reconciledAt: instant.nullable(),
  attempt: z.number().int().positive(),
  roundKey: z.string().optional(),
  roundSort: z.string().optional(),
});
export type Statement = z.output<typeof statement>;

/** Accounts of the ledger. A debit makes DEBTORS, BANK, WRITTEN_OFF and OTHER_COSTS larger, a credit the others. */
export const ledgerAccounts = [
  'DEBTORS',
  'INCOME',
  'VAT',
  'BANK',
  'SUSPENSE',
  'CREDITS',
  /** What a previous system had on its books: the other side of invoices brought over from it. */
  'BROUGHT_OVER',
  /** Refunds that were approved and have not left the bank. */
  'REFUNDS',
  'WRITTEN_OFF',
  /** Grants and other income that no invoice is for, and what left for neither a refund nor a returned payment. */
  'OTHER_INCOME',
  'OTHER_COSTS',
] as const;
export const ledgerAccount = z.enum(ledgerAccounts);
export type LedgerAccount = z.output<typeof ledgerAccount>;
export const ledgerCauses = [
  'INVOICE',
  'INVOICE_BROUGHT_OVER',
  'CREDIT_NOTE',
  'BANK_LINE',
  'ALLOCATION',
  'ALLOCATION_REVERSED',
  'CREDIT_TAKEN',
  'CREDIT_REVERSED',
  'CREDIT_USED',
  'CREDIT_USE_REVERSED',
  'PAID_THEN_ENDED',
  'REFUND_APPROVED',
  'REFUND_PAID',
  'REFUND_PAYMENT_REVERSED',
  'WRITE_OFF',
  'OTHER_INCOME',
  'OTHER_INCOME_REVERSED',
  'OTHER_COST',
  'OTHER_COST_REVERSED',
] as const;
/** One balanced posting: the debits and credits of one cause, appended and never changed. */
export const posting = z.object({
  postingId: z.string().min(1),
  cause: z.enum(ledgerCauses),
  causeId: z.string().min(1),
  postedAt: instant,
  postedOn: calendarDay,
  /** Positive: debit; negative: credit. They sum to zero. */
  entries: z.array(z.object({ account: ledgerAccount, pence })).min(2),
  roundId: z.string().nullable(),
  roundKey: z.string().optional(),
  roundSort: z.string().optional(),
});
export type Posting = z.output<typeof posting>;
