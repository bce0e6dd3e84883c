import * as z from 'zod';
import { sentStatement } from '../../payments/sent-statement-model.ts';
import { calendarDay } from '../../programme/model.ts';
import { language } from '../../shared/access/identity.ts';
import { defineContract } from '../../shared/http/contract.ts';
import { finance, payerParams, readers, requestId } from '../finance/inputs.ts';

const days = z.object({ from: calendarDay.optional(), to: calendarDay.optional() });

/** Papers that finance ask for; a function of its own, since making PDFs weighs much. */
export const financePapersContract = defineContract({
  payerStatementFile: {
    method: 'POST',
    path: '/api/finance/payer-accounts/{payerRef}/statement/file',
    roles: readers,
    summary: 'A five-minute address of the statement of account of a payer as PDF, in either language.',
    params: payerParams,
    body: days.extend({ language }),
    response: z.object({ url: z.url() }),
  },
  sendPayerStatement: {
    method: 'POST',
    path: '/api/finance/payer-accounts/{payerRef}/statement/send',
    roles: finance,
    summary:
      'Sends the statement of account to the payer in its language, and to its further contacts. The same request again sends to nobody who has it.',
    params: payerParams,
    body: days.extend({ requestId }),
    response: sentStatement.pick({ from: true, to: true, closingPence: true, readers: true, at: true }),
  },
});
