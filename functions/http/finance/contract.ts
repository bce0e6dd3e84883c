import * as z from 'zod';
import { refund, writeOff } from '../../payments/approval-model.ts';
import { matchingRule } from '../../payments/matching-rules.ts';
import {
  accountCredit,
  allocation,
  candidateReasons,
  creditNote,
  lineStatus,
  statementStatus,
} from '../../payments/model.ts';
import { otherEntry } from '../../payments/other-model.ts';
import { returnedLine } from '../../payments/return-model.ts';
import { accountStatement, statementRefusal } from '../../payments/statements/model.ts';
import { calendarDay } from '../../programme/model.ts';
import { registrationStatus } from '../../registration/model.ts';
import { defineContract } from '../../shared/http/contract.ts';
import { pence } from '../../shared/money/pence.ts';
import { finance, lineParams, readers, reason, requestId } from './inputs.ts';
import { invoiceSummary } from './invoice-summary.ts';

const instant = z.iso.datetime();

export const statementSummary = z.object({
  statementId: z.string(),
  fileName: z.string(),
  uploadedBy: z.string(),
  createdAt: instant,
  status: statementStatus,
  /** As told by the content; null before it was read. */
  format: z.string().nullable(),
  accounts: z.array(accountStatement),
  lines: z.number().int(),
  counts: z.object({
    matched: z.number().int(),
    suspense: z.number().int(),
    seen: z.number().int(),
    outgoing: z.number().int(),
  }),
  /** Lines matched so far of all lines, 0 to 100. */
  progress: z.number().int().min(0).max(100),
  refusal: statementRefusal.nullable(),
  reconciledAt: instant.nullable(),
});

const candidateView = z.object({
  invoiceNumber: z.string(),
  registrationId: z.string(),
  schoolName: z.string(),
  payerName: z.string(),
  /** What is open on the invoice now, not when the line was queued. */
  balancePence: pence,
  reasons: z.array(z.enum(candidateReasons)),
  /** The reasons in words, in the language of the page. */
  why: z.array(z.string()),
  score: z.number().int(),
});

export const lineView = z.object({
  lineId: z.string(),
  statementId: z.string(),
  account: z.string(),
  bookedOn: calendarDay,
  valueOn: calendarDay,
  pence,
  direction: z.enum(['CREDIT', 'DEBIT']),
  reversal: z.boolean(),
  payerName: z.string(),
  narrative: z.string(),
  endToEndId: z.string(),
  bankReference: z.string(),
  status: lineStatus,
  openPence: pence,
  candidates: z.array(candidateView),
  queuedBecause: z.string().nullable(),
  parked: z.object({ until: calendarDay, reason: z.string(), by: z.string() }).nullable(),
  seenIn: z.string().nullable(),
  /** Of money that went back: the payment with which it had come, and what that stands on now. */
  returnOf: z
    .object({
      lineId: z.string(),
      bookedOn: calendarDay,
      payerName: z.string(),
      invoiceNumbers: z.array(z.string()),
    })
    .nullable(),
  /** The rule that decided about it, with its words and how sure it is; null where none was asked. */
  rule: matchingRule.nullable(),
  ruleWords: z.string().nullable(),
  confidence: z.enum(['CONFIRMED', 'SUGGESTED', 'NONE']),
  proposal: z.array(z.object({ invoiceNumber: z.string(), pence })),
  /** What was read otherwise than it stands in the file, in words. */
  notes: z.array(z.string()),
});

const lineWithHistory = lineView.extend({
  allocations: z.array(allocation),
  credits: z.array(accountCredit),
  /** Refunds that were paid with it, and what of it is no fee. */
  refunds: z.array(refund.omit({ queueKey: true, queueSort: true })),
  others: z.array(otherEntry.omit({ roundKey: true, roundSort: true }).extend({ sourceName: z.string() })),
  /** The pair of a payment and its return that it is one of, undone or not. */
  returned: returnedLine.nullable(),
  /** Who paid, and the names of those on whose invoices it stands, where that is not known of them yet. */
  remember: z.object({ counterparty: z.string(), payees: z.array(z.string()) }).nullable(),
});

const historyEntry = z.object({
  at: instant,
  what: z.string(),
  by: z.string(),
  reason: z.string().nullable(),
  detail: z.string(),
});

/** Finance: statements, the queue of what the machine did not match, invoices, funders. */
export const financeContract = defineContract({
  getOverview: {
    method: 'GET',
    path: '/api/finance/overview',
    roles: readers,
    summary:
      'What is open now: lines in the queue, invoices unpaid and overdue, money without a home, funding requests.',
    response: z.object({
      suspense: z.object({ lines: z.number().int(), pence, oldestOn: calendarDay.nullable() }),
      parked: z.object({ lines: z.number().int(), pence }),
      debtors: z.object({
        invoices: z.number().int(),
        pence,
        overdueInvoices: z.number().int(),
        overduePence: pence,
      }),
      credits: z.object({ count: z.number().int(), pence }),
      /** Requests that wait for a second person, and refunds to be paid out. */
      approvals: z.number().int(),
      refundsDue: z.object({ count: z.number().int(), pence }),
      fundingRequests: z.number().int(),
      lastStatement: statementSummary.nullable(),
    }),
  },
  createStatement: {
    method: 'POST',
    path: '/api/finance/statements',
    roles: finance,
    summary:
      'First step of an upload: answers the presigned POST to send the bank file to (fields first, the file last as `file`). `newAccounts` makes accounts ours that no statement was of before; the very first statement needs it not.',
    body: z.object({
      fileName: z.string().trim().min(1).max(200),
      newAccounts: z.boolean().default(false),
    }),
    response: z.object({
      statementId: z.string(),
      upload: z.object({
        url: z.url(),
        fields: z.record(z.string(), z.string()),
        maximumBytes: z.number().int(),
      }),
    }),
  },
  statementUploaded: {
    method: 'POST',
    path: '/api/finance/statements/{statementId}/uploaded',
    roles: finance,
    summary: 'Second step: the file is there, reconcile it. The same call again changes nothing.',
    params: z.object({ statementId: z.string().min(1).max(64) }),
    response: statementSummary,
  },
  listStatements: {
    method: 'GET',
    path: '/api/finance/statements',
    roles: readers,
    summary: 'All statements, the latest first.',
    response: z.object({ statements: z.array(statementSummary) }),
  },
  getStatement: {
    method: 'GET',
    path: '/api/finance/statements/{statementId}',
    roles: readers,
    summary:
      'One statement with its lines (at most 200 a page; `after` is the index of the last line seen) or the reason for its refusal.',
    params: z.object({ statementId: z.string().min(1).max(64) }),
    query: z.object({ after: z.coerce.number().int().min(-1).default(-1) }),
    response: statementSummary.extend({
      page: z.array(lineView),
      nextAfter: z.number().int().nullable(),
      fileUrl: z.url(),
    }),
  },
  listQueue: {
    method: 'GET',
    path: '/api/finance/queue',
    roles: readers,
    summary:
      'Lines that people must decide, the surest suggestion first and of such the oldest, each with its candidates and why; parked ones whose day has come are among them.',
    query: z.object({ parked: z.enum(['true', 'false']).default('false') }),
    response: z.object({ lines: z.array(lineView) }),
  },
  getLine: {
    method: 'GET',
    path: '/api/finance/lines/{lineId}',
    roles: readers,
    summary: 'One line with its candidates as of now and every allocation ever made from it.',
    params: lineParams,
    response: lineWithHistory,
  },
  allocateLine: {
    method: 'POST',
    path: '/api/finance/lines/{lineId}/allocations',
    roles: finance,
    summary:
      "Puts a line, wholly or in parts, on invoices (INVOICE), or keeps a part as the payer's credit on account beside an invoice (CREDIT, for a double payment). Refused: more than the line or the invoice has open, or a lapsed or withdrawn registration (only CREDIT is possible there).",
    params: lineParams,
    body: z.object({
      requestId,
      reason,
      parts: z
        .array(
          z.object({
            as: z.enum(['INVOICE', 'CREDIT']).default('INVOICE'),
            invoiceNumber: z.string().trim().min(1).max(40),
            pence: pence.positive(),
          }),
        )
        .min(1)
        .max(50),
    }),
    response: lineWithHistory,
  },
  reverseAllocation: {
    method: 'POST',
    path: '/api/finance/lines/{lineId}/allocations/{allocationId}/reverse',
    roles: finance,
    summary:
      'Takes what was made from a line (an allocation, a credit on account not yet used, a refund’s payment, other income) back with a reason; the money returns to the line and the line to the queue.',
    params: lineParams.extend({ allocationId: z.string().min(1).max(120) }),
    body: z.object({ reason }),
    response: lineWithHistory,
  },
  returnPayment: {
    method: 'POST',
    path: '/api/finance/lines/{lineId}/return',
    roles: finance,
    summary:
      'Says that the money of this line went back to where it had come from with another: what that had paid is taken off again, its invoices are owed anew, and both lines are settled. Refused where amount or account differ, a registration has ended, or a credit of it was used. The same again changes nothing.',
    params: lineParams,
    body: z.object({ originalLineId: z.string().min(1).max(80), reason }),
    response: lineWithHistory,
  },
  parkLine: {
    method: 'POST',
    path: '/api/finance/lines/{lineId}/park',
    roles: finance,
    summary: 'Puts a line aside until a day, with a reason.',
    params: lineParams,
    body: z.object({ until: calendarDay, reason }),
    response: lineView,
  },
  unparkLine: {
    method: 'POST',
    path: '/api/finance/lines/{lineId}/unpark',
    roles: finance,
    summary: 'Takes a parked line back into the queue.',
    params: lineParams,
    body: z.object({ reason }),
    response: lineView,
  },
  searchInvoices: {
    method: 'GET',
    path: '/api/finance/invoices',
    roles: readers,
    summary:
      'Invoices of a round by number, payment or registration reference, school, URN, payer or purchase order; `open` only those with money owed.',
    query: z.object({
      q: z.string().trim().max(100).default(''),
      roundId: z.string().max(40).optional(),
      open: z.enum(['true', 'false']).default('false'),
      limit: z.coerce.number().int().min(1).max(1000).default(50),
    }),
    response: z.object({ invoices: z.array(invoiceSummary), total: z.number().int() }),
  },
  getInvoice: {
    method: 'GET',
    path: '/api/finance/invoices/{invoiceNumber}',
    roles: readers,
    summary:
      'One invoice with its registration, documents, allocations, credits, postings, mails and changes: its whole history.',
    params: z.object({ invoiceNumber: z.string().min(1).max(40) }),
    response: invoiceSummary.extend({
      /** Null for one brought over from a previous system. */
      registrationStatus: registrationStatus.nullable(),
      netPence: pence,
      vatPence: pence,
      lines: z.array(
        z.object({
          description: z.string(),
          netPence: pence,
          schoolName: z.string().optional(),
          /** Of a line whose registration has ended, on an invoice for several. */
          creditNoteNumber: z.string().optional(),
        }),
      ),
      /** Invoices whose place it took, and the one that took its own. */
      replaces: z.array(z.string()),
      replacedBy: z.string().nullable(),
      documents: z.array(
        z.object({
          kind: z.enum(['INVOICE', 'CREDIT_NOTE', 'RECEIPT', 'REFUND_ADVICE']),
          number: z.string(),
          issuedOn: calendarDay,
          url: z.url(),
        }),
      ),
      allocations: z.array(allocation),
      creditNotes: z.array(
        creditNote.pick({ creditNoteNumber: true, issuedOn: true, grossPence: true, reason: true }),
      ),
      credits: z.array(accountCredit),
      writeOffs: z.array(writeOff.omit({ queueKey: true, queueSort: true })),
      refunds: z.array(refund.omit({ queueKey: true, queueSort: true })),
      history: z.array(historyEntry),
    }),
  },
  listCredits: {
    method: 'GET',
    path: '/api/finance/credits',
    roles: readers,
    summary: 'Credits on account with money left on them.',
    response: z.object({ credits: z.array(accountCredit.extend({ schoolName: z.string() })) }),
  },
  useCredit: {
    method: 'POST',
    path: '/api/finance/credits/{registrationId}/{creditId}/use',
    roles: finance,
    summary: 'Puts a credit on account, or a part of it, on an invoice.',
    params: z.object({ registrationId: z.string().min(1).max(64), creditId: z.string().min(1).max(120) }),
    body: z.object({
      requestId,
      invoiceNumber: z.string().trim().min(1).max(40),
      pence: pence.positive(),
      reason,
    }),
    response: accountCredit,
  },
});
export type FinanceContract = typeof financeContract;
