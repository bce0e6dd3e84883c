import * as z from 'zod';
import { awardStanding } from '../../awards/model.ts';
import { awardedLevel, bilingual, calendarDay } from '../../programme/model.ts';
import { defineContract } from '../../shared/http/contract.ts';

const publicAward = z.object({
  certificateNumber: z.string(),
  schoolName: z.string(),
  town: z.string(),
  urn: z.string().nullable(),
  level: awardedLevel,
  roundLabel: bilingual,
  awardedOn: calendarDay,
  expiresOn: calendarDay,
  standing: awardStanding,
});

/** The public register of awards: anyone may search it and verify a certificate. It holds no personal data. */
export const awardsContract = defineContract({
  searchRegister: {
    method: 'GET',
    path: '/api/awards/register',
    roles: 'anyone',
    query: z.object({
      /** Part of the school's name, town, URN or certificate number; empty lists from the beginning. */
      search: z.string().trim().max(100).default(''),
      level: awardedLevel.optional(),
      /** `valid` (default) leaves out what has expired or was revoked. */
      show: z.enum(['valid', 'all']).default('valid'),
      page: z.coerce.number().int().min(1).max(1000).default(1),
    }),
    response: z.object({
      total: z.number().int(),
      page: z.number().int(),
      pages: z.number().int(),
      awards: z.array(publicAward),
    }),
    summary: 'Search the public register, 50 to a page, by school name',
  },
  verifyCertificate: {
    method: 'GET',
    path: '/api/awards/certificates/{number}',
    roles: 'anyone',
    params: z.object({ number: z.string().min(1).max(60) }),
    response: z.object({
      /** UNKNOWN: no such certificate; MISTYPED: the check character does not fit. */
      result: z.enum(['VALID', 'EXPIRED', 'REVOKED', 'UNKNOWN', 'MISTYPED']),
      award: publicAward.nullable(),
    }),
    summary: 'Verify a certificate by its number, as the QR code does',
  },
});
