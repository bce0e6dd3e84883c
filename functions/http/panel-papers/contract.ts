import * as z from 'zod';
import { defineContract } from '../../shared/http/contract.ts';

const address = z.object({ url: z.string() });

/** What the panel, admins and the auditor take away as files; a function of its own, since making PDFs weighs much. */
export const papersContract = defineContract({
  minutesFile: {
    method: 'POST',
    path: '/api/panel/rounds/{roundId}/meetings/{meeting}/file',
    roles: ['panel', 'admin', 'auditor'],
    params: z.object({ roundId: z.string().min(1), meeting: z.coerce.number().int().positive() }),
    response: address,
    summary:
      'A five-minute address of the minutes as PDF, without the cases in which the asker has a conflict',
  },
});
