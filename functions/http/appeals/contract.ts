import * as z from 'zod';
import { recommendation } from '../../assessment/model.ts';
import { appealStatus } from '../../awards/appeals/model.ts';
import { bilingual, calendarDay } from '../../programme/model.ts';
import { schoolRoles } from '../../shared/access/identity.ts';
import { defineContract } from '../../shared/http/contract.ts';

const params = z.object({ registrationId: z.string().min(1) });
const instant = z.iso.datetime();
const named = z.object({ personId: z.string(), name: z.string() });

/** Appeals against results: the school's side and the panel's, a function of its own for both. */
export const appealsContract = defineContract({
  appeal: {
    method: 'GET',
    path: '/api/school/registrations/{registrationId}/appeal',
    roles: schoolRoles,
    params,
    response: z.object({
      schoolName: z.string(),
      /** Why it cannot appeal, in words; null: it can. */
      refusal: z.string().nullable(),
      until: calendarDay,
      grounds: z.array(z.object({ id: z.string(), title: z.string() })),
      appeal: z
        .object({
          status: appealStatus,
          ground: z.string(),
          statement: z.string(),
          lodgedAt: instant,
          decideBy: calendarDay,
          decidedAt: instant.nullable(),
          reason: z.string().nullable(),
        })
        .nullable(),
    }),
    summary: 'Whether and on what grounds the school can appeal, and how its appeal stands.',
  },
  lodgeAppeal: {
    method: 'POST',
    path: '/api/school/registrations/{registrationId}/appeal',
    roles: schoolRoles,
    params,
    body: z.object({ ground: z.string().min(1), statement: z.string().trim().min(20).max(8000) }),
    response: z.object({ done: z.literal(true) }),
    summary: 'The head or a subject leader appeals against the result, once, on one of the grounds.',
  },
  readAppeal: {
    method: 'GET',
    path: '/api/panel/cases/{registrationId}/appeal',
    roles: ['panel', 'admin', 'auditor'],
    params,
    response: z.object({
      quorum: z.number().int(),
      /** Members of the panel who had no part in the case and have no conflict. */
      free: z.array(named),
      appeal: z
        .object({
          status: appealStatus,
          ground: bilingual,
          statement: z.string(),
          lodgedAt: instant,
          decideBy: calendarDay,
          against: recommendation,
          decision: recommendation
            .extend({ decidedBy: z.array(named), reason: z.string(), at: instant })
            .nullable(),
        })
        .nullable(),
    }),
    summary: 'The appeal of a school, and who may decide it',
  },
  decideAppeal: {
    method: 'POST',
    path: '/api/panel/cases/{registrationId}/appeal',
    roles: ['panel'],
    params,
    body: recommendation.extend({
      upheld: z.boolean(),
      present: z.array(z.string().min(1)).min(1).max(40),
      reason: z.string().trim().min(10).max(4000),
    }),
    response: z.object({ decided: z.boolean() }),
    summary:
      'Decide an appeal: dismissed, or upheld with a better outcome; nobody who had a part in the case',
  },
});
