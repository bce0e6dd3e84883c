import * as z from 'zod';
import { defineContract } from '../../shared/http/contract.ts';

const address = z.object({ url: z.string() });
const caseParams = z.object({ registrationId: z.string().min(1) });
const roles = ['panel', 'admin', 'auditor'] as const;

/** What the panel, admins and the auditor take away as files; a function of its own, since making PDFs weighs much. */
export const papersContract = defineContract({
  minutesFile: {
    method: 'POST',
    path: '/api/panel/rounds/{roundId}/meetings/{meeting}/file',
    roles,
    params: z.object({ roundId: z.string().min(1), meeting: z.coerce.number().int().positive() }),
    response: address,
    summary:
      'A five-minute address of the minutes as PDF, without the cases in which the asker has a conflict',
  },
  makeDefenceFile: {
    method: 'POST',
    path: '/api/panel/cases/{registrationId}/defence',
    roles,
    params: caseParams,
    response: z.object({
      madeAt: z.iso.datetime(),
      /** Hashes that do not agree with what is stored. */
      differences: z.number().int(),
      pdf: address,
      json: address,
    }),
    summary:
      'Makes, keeps and logs the defence file of a school: every step, rules, hashes against what is stored, as PDF and JSON',
  },
  listDefenceFiles: {
    method: 'GET',
    path: '/api/panel/cases/{registrationId}/defence',
    roles,
    params: caseParams,
    response: z.object({
      files: z.array(
        z.object({
          madeAt: z.iso.datetime(),
          madeBy: z.string(),
          differences: z.number().int(),
          pdfSha256: z.string(),
          jsonSha256: z.string(),
        }),
      ),
    }),
    summary: 'Defence files that were made of a school, by whom and when',
  },
});
