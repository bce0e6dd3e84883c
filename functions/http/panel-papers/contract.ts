import * as z from 'zod';
import { defineContract } from '../../shared/http/contract.ts';

const address = z.object({ url: z.string() });
const caseParams = z.object({ registrationId: z.string().min(1) });
const roles = ['panel', 'admin', 'auditor'] as const;
const roundParams = z.object({ roundId: z.string().min(1) });
const named = z.object({ personId: z.string(), name: z.string() });

/** A statistic with its 95 % interval; null where too little was read for it. */
const figure = z.object({
  value: z.number().nullable(),
  interval: z.object({ lower: z.number(), upper: z.number() }).nullable(),
});

/** What the panel, admins and the auditor take away as files, and what a round's moderation is held to; a function of its own, since making PDFs weighs much. */
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
  repeatDraws: {
    method: 'GET',
    path: '/api/panel/rounds/{roundId}/draws',
    roles,
    params: roundParams,
    response: z.object({
      draws: z.array(
        z.object({ attempt: z.number().int(), seedAgrees: z.boolean(), selectionAgrees: z.boolean() }),
      ),
    }),
    summary: 'Every draw of the round repeated from its recorded seed',
  },
  readAgreement: {
    method: 'GET',
    path: '/api/panel/rounds/{roundId}/agreement',
    roles,
    params: roundParams,
    response: z.object({
      cases: z.number().int(),
      judgements: z.number().int(),
      isThin: z.boolean(),
      sameJudgement: figure,
      kappa: figure,
      sameRecommendation: figure,
      /** Above 0: judges harder than the second readers, in steps of the scale. Null where too little was read. */
      severity: z
        .array(
          z.object({
            assessor: named,
            cases: z.number().int(),
            steps: z.number(),
            lower: z.number(),
            upper: z.number(),
          }),
        )
        .nullable(),
    }),
    summary: 'How far first and second readers agree, and how severe each assessor is; it decides nothing',
  },
});
