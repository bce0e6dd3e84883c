import * as z from 'zod';
import { payerAlias } from '../../payments/alias-model.ts';
import { holdKinds, ledgerCauses, payerForm, payerRecord } from '../../payments/model.ts';
import { ageBands } from '../../payments/reports.ts';
import { sentStatement } from '../../payments/sent-statement-model.ts';
import { calendarDay, funderPlaces, fundingEligibility, fundingRefusals } from '../../programme/model.ts';
import { phase } from '../../registration/form.ts';
import { language } from '../../shared/access/identity.ts';
import { defineContract } from '../../shared/http/contract.ts';
import { pence } from '../../shared/money/pence.ts';
import { finance, lineParams, payerParams, readers, reason } from '../finance/inputs.ts';
import { invoiceSummary } from '../finance/invoice-summary.ts';

const instant = z.iso.datetime();
const invoiceNumber = z.string().trim().min(1).max(40);
const payerId = z.string().regex(/^[A-Za-z0-9-]{8,64}$/);
const invoiceParams = z.object({ invoiceNumber });
export const aliasView = payerAlias.omit({ roundKey: true, roundSort: true });
export const payerView = payerRecord.omit({ roundKey: true, roundSort: true });

export const fundingRequest = z.object({
  registrationId: z.string(),
  reference: z.string(),
  roundId: z.string(),
  schoolName: z.string(),
  funderId: z.string(),
  funderName: z.string(),
  askedAt: instant,
  decideBy: instant,
  /** Why the funder's agreement does not cover the school; null where only a place is missing. */
  because: z.enum(fundingRefusals).nullable(),
});

export const funderView = z.object({
  funderId: z.string(),
  name: z.string(),
  email: z.string(),
  active: z.boolean(),
  rounds: z.array(
    z.object({
      roundId: z.string(),
      places: z.number().int(),
      used: z.number().int(),
    }),
  ),
});

/** Finance: who pays apart from schools, invoices for several, shares of sponsors, and reminders that rest. */
export const financePayersContract = defineContract({
  listPayers: {
    method: 'GET',
    path: '/api/finance/payers',
    roles: readers,
    summary: 'Every payer that is kept apart from a school, by name.',
    response: z.object({ payers: z.array(payerView) }),
  },
  keepPayer: {
    method: 'PUT',
    path: '/api/finance/payers/{payerId}',
    roles: finance,
    summary:
      'Keeps a payer under an id that the page chose, new or changed. Issued invoices stay as they are. The same again changes nothing.',
    params: z.object({ payerId }),
    body: payerForm,
    response: payerView,
  },
  getPayerAccount: {
    method: 'GET',
    path: '/api/finance/payer-accounts/{payerRef}',
    roles: readers,
    summary: 'A payer with every invoice that was issued to it and the statements of account that were sent.',
    params: payerParams,
    response: z.object({
      payerRef: z.string(),
      /** Null for one that is known by its address alone. */
      kept: payerView.nullable(),
      name: z.string(),
      email: z.string(),
      addressLines: z.array(z.string()),
      language,
      invoices: z.array(invoiceSummary),
      sent: z.array(sentStatement.omit({ pdfKey: true }).extend({ url: z.url() })),
    }),
  },
  getPayerStatement: {
    method: 'GET',
    path: '/api/finance/payer-accounts/{payerRef}/statement',
    roles: readers,
    summary:
      'The statement of account of a payer from the ledger, until a day (today) and from a day on: what stood before, every movement with the balance after it, what is owed by age.',
    params: payerParams,
    query: z.object({ from: calendarDay.optional(), to: calendarDay.optional() }),
    response: z.object({
      from: calendarDay.nullable(),
      to: calendarDay,
      openingPence: pence,
      entries: z.array(
        z.object({
          postingId: z.string(),
          cause: z.enum(ledgerCauses),
          postedOn: calendarDay,
          invoiceNumber: z.string(),
          /** In words, in the language of the page. */
          what: z.string(),
          lineId: z.string().nullable(),
          chargedPence: pence,
          creditedPence: pence,
          balancePence: pence,
        }),
      ),
      closingPence: pence,
      owedPence: pence,
      onAccountPence: pence,
      bands: z.record(z.enum(ageBands), pence),
    }),
  },
  listAliases: {
    method: 'GET',
    path: '/api/finance/payer-aliases',
    roles: readers,
    summary: 'Who was confirmed to pay for others as the bank names them, and for whom; those withdrawn too.',
    response: z.object({ aliases: z.array(aliasView) }),
  },
  rememberPayer: {
    method: 'POST',
    path: '/api/finance/lines/{lineId}/remember-payer',
    roles: finance,
    summary:
      'Confirms that whoever paid this line pays for those on whose invoices it stands, so that later lines of theirs are suggested so. The same again changes nothing.',
    params: lineParams,
    response: aliasView,
  },
  withdrawAlias: {
    method: 'POST',
    path: '/api/finance/payer-aliases/{aliasId}/withdraw',
    roles: finance,
    summary: 'Forgets what was confirmed of a payer. What it has paid stays. The same again changes nothing.',
    params: z.object({ aliasId: z.string().regex(/^[0-9a-f]{32}$/) }),
    body: z.object({ reason }),
    response: aliasView,
  },
  keepAgreement: {
    method: 'PUT',
    path: '/api/finance/funders/{funderId}/rounds/{roundId}/agreement',
    roles: finance,
    summary:
      "Which schools a funder's places of a round are for, and its purchase order. Schools that hold a place keep it. The same again changes nothing.",
    params: z.object({ funderId: z.string().min(1).max(64), roundId: z.string().min(1).max(64) }),
    body: z.object({
      eligibility: fundingEligibility.extend({
        phases: z.array(phase),
        localAuthorities: z.array(z.string().trim().min(1).max(100)),
      }),
      purchaseOrder: z.string().trim().min(1).max(40).nullable(),
    }),
    response: funderPlaces,
  },
  joinInvoices: {
    method: 'POST',
    path: '/api/finance/payers/{payerId}/invoices',
    roles: finance,
    summary:
      'One invoice of this payer in place of the open invoices of several schools: each is credited, the new one has a line a school. Refused where money is on one, or they are of several rounds.',
    params: z.object({ payerId }),
    body: z.object({ invoiceNumbers: z.array(invoiceNumber).min(2).max(100), reason }),
    response: invoiceSummary,
  },
  splitInvoice: {
    method: 'POST',
    path: '/api/finance/invoices/{invoiceNumber}/split',
    roles: finance,
    summary:
      'Splits the open invoice of one school: the payer pays the percentage (rounded down to the penny) by an invoice of its own, whoever paid before the rest. The invoice is credited and both issued anew.',
    params: invoiceParams,
    body: z.object({ payerId, percent: z.number().int().min(1).max(99), reason }),
    response: invoiceSummary,
  },
  reissueInvoice: {
    method: 'POST',
    path: '/api/finance/invoices/{invoiceNumber}/reissue',
    roles: finance,
    summary: 'Credits an open invoice and issues it anew with a purchase order number that came late.',
    params: invoiceParams,
    body: z.object({ purchaseOrder: z.string().trim().min(1).max(40) }),
    response: invoiceSummary,
  },
  holdInvoice: {
    method: 'POST',
    path: '/api/finance/invoices/{invoiceNumber}/hold',
    roles: finance,
    summary:
      'Stops reminders and lapse: a dispute or a question about the purchase order until it is ended, or until a day; a promise to pay until its day.',
    params: invoiceParams,
    body: z.object({ kind: z.enum(holdKinds), until: calendarDay.nullable(), reason }),
    response: invoiceSummary,
  },
  endHold: {
    method: 'POST',
    path: '/api/finance/invoices/{invoiceNumber}/hold/end',
    roles: finance,
    summary: 'Lets reminders go on. One that has ended already stays as it is.',
    params: invoiceParams,
    body: z.object({ reason }),
    response: invoiceSummary,
  },
  listFunders: {
    method: 'GET',
    path: '/api/finance/funders',
    roles: [...readers],
    summary: 'Funders with their places by round.',
    response: z.object({ funders: z.array(funderView) }),
  },
  listFundingRequests: {
    method: 'GET',
    path: '/api/finance/funding-requests',
    roles: [...readers],
    summary:
      'Registrations whose funder has no place left, the most urgent first; undecided ones are billed to the school.',
    response: z.object({ requests: z.array(fundingRequest) }),
  },
  grantAgain: {
    method: 'POST',
    path: '/api/finance/funding-requests/{registrationId}/try-again',
    roles: finance,
    summary:
      'Decides a funding request: the funder has places again, so the registration is covered now if one is left.',
    params: z.object({ registrationId: z.string().min(1).max(64) }),
    body: z.object({ reason }),
    response: z.object({ registrationId: z.string(), decided: z.literal('TRY_AGAIN') }),
  },
  billSchool: {
    method: 'POST',
    path: '/api/finance/funding-requests/{registrationId}/bill-school',
    roles: finance,
    summary: 'Decides a funding request: the school is invoiced itself.',
    params: z.object({ registrationId: z.string().min(1).max(64) }),
    body: z.object({ reason }),
    response: z.object({ registrationId: z.string(), decided: z.literal('BILL_SCHOOL') }),
  },
});
