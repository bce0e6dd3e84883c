import * as z from 'zod';
import { destination, refund, writeOff } from '../../payments/approval-model.ts';
import { otherEntry } from '../../payments/other-model.ts';
import { defineContract } from '../../shared/http/contract.ts';
import { pence } from '../../shared/money/pence.ts';
import { approvers, finance, lineParams, readers, reason, requestId } from '../finance/inputs.ts';

/** A request in lists, with the names of people in place of their ids. */
const own = { queueKey: true, queueSort: true } as const;
const decisionOf = { mine: z.boolean() };
export const refundView = refund.omit({ ...own, pdfKey: true }).extend(decisionOf);
export const writeOffView = writeOff.omit(own).extend(decisionOf);
const refundParams = z.object({
  registrationId: z.string().min(1).max(64),
  refundId: z.string().min(1).max(64),
});
const verdict = z.object({ approve: z.boolean(), reason });

/** Refunds and write-offs, which a second person approves; and money of bank lines that is no fee. */
export const approvalsRoutes = defineContract({
  listApprovals: {
    method: 'GET',
    path: '/api/finance/approvals',
    roles: readers,
    summary:
      'What waits for a second person, and refunds that were approved and have not left the bank; `mine` where the reader asked for it.',
    response: z.object({
      refunds: z.array(refundView),
      writeOffs: z.array(writeOffView),
      due: z.array(refundView),
    }),
  },
  requestRefund: {
    method: 'POST',
    path: '/api/finance/credits/{registrationId}/{creditId}/refunds',
    roles: finance,
    summary:
      'Asks for a credit on account, or a part of it, to be paid back to an account. Another person with the role of approver decides.',
    params: z.object({ registrationId: z.string().min(1).max(64), creditId: z.string().min(1).max(120) }),
    body: z.object({ requestId, pence: pence.positive(), destination, reason }),
    response: refundView,
  },
  decideRefund: {
    method: 'POST',
    path: '/api/finance/refunds/{registrationId}/{refundId}/decision',
    roles: approvers,
    summary:
      "Approves or refuses a refund; refused for one's own request. The same decision again changes nothing.",
    params: refundParams,
    body: verdict,
    response: refundView,
  },
  payRefund: {
    method: 'POST',
    path: '/api/finance/lines/{lineId}/refund',
    roles: finance,
    summary:
      'Says that this debit line is the payment of an approved refund of the same amount. A line that names the advice is taken by itself.',
    params: lineParams,
    body: refundParams.extend({ requestId, reason }),
    response: refundView,
  },
  requestWriteOff: {
    method: 'POST',
    path: '/api/finance/invoices/{invoiceNumber}/write-offs',
    roles: finance,
    summary:
      "Asks for a rest of an invoice to be given up, within the programme's limit; another person decides.",
    params: z.object({ invoiceNumber: z.string().min(1).max(40) }),
    body: z.object({ requestId, pence: pence.positive(), reason }),
    response: writeOffView,
  },
  decideWriteOff: {
    method: 'POST',
    path: '/api/finance/write-offs/{registrationId}/{writeOffId}/decision',
    roles: approvers,
    summary: "Approves or refuses a write-off; refused for one's own request.",
    params: z.object({ registrationId: z.string().min(1).max(64), writeOffId: z.string().min(1).max(64) }),
    body: verdict,
    response: writeOffView,
  },
  enterOther: {
    method: 'POST',
    path: '/api/finance/lines/{lineId}/other',
    roles: finance,
    summary:
      'Says that money of a line is no fee: income of a source (a grant), or for a debit line what it was for. Taken back like an allocation.',
    params: lineParams,
    body: z.object({ requestId, source: z.string().min(1).max(40), pence: pence.positive(), reason }),
    response: otherEntry.omit({ roundKey: true, roundSort: true }),
  },
  listSources: {
    method: 'GET',
    path: '/api/finance/other-sources',
    roles: readers,
    summary: 'What money that is no fee can be, in the language of the page.',
    response: z.object({
      income: z.array(z.object({ id: z.string(), name: z.string() })),
      costs: z.array(z.object({ id: z.string(), name: z.string() })),
    }),
  },
});
