import * as z from 'zod';
import { awardedLevel, bilingual, calendarDay } from '../programme/model.ts';
import { language } from '../shared/access/identity.ts';

export const awardStatus = z.enum(['CURRENT', 'REVOKED']);

/**
 * An entry of the public register: `SCHOOL#<schoolId>/AWARD#<certificateNumber>`. Kept for good; it holds no personal
 * data. Awards of before this system are entered without registration and certificate file.
 */
export const award = z.object({
  certificateNumber: z.string().min(1),
  schoolId: z.string().min(1),
  schoolName: z.string().min(1),
  town: z.string(),
  urn: z.string().nullable(),
  level: awardedLevel,
  roundId: z.string().nullable(),
  roundLabel: bilingual,
  language,
  awardedOn: calendarDay,
  /** Last day of validity. */
  expiresOn: calendarDay,
  status: awardStatus,
  /** Left out of the public list while an appeal is open, where the policy says so. */
  stayed: z.boolean().optional(),
  revoked: z.object({ reason: z.string(), on: calendarDay }).nullable(),
  registrationId: z.string().nullable(),
  /** Object key of the certificate in the documents bucket. */
  certificateKey: z.string().nullable(),
  roundKey: z.string().optional(),
  roundSort: z.string().optional(),
});
export type Award = z.output<typeof award>;

/** How an award stands on a day. */
export const awardStanding = z.enum(['VALID', 'EXPIRED', 'REVOKED']);
export type AwardStanding = z.output<typeof awardStanding>;

/** A certificate made ready for a confirmed decision: `REG#<id>/CERTIFICATE`; public only with the AWARD item. */
export const certificate = z.object({
  certificateNumber: z.string(),
  registrationId: z.string(),
  roundId: z.string(),
  key: z.string().nullable(),
  sha256: z.string().nullable(),
  awardedOn: calendarDay,
  expiresOn: calendarDay,
});
export type Certificate = z.output<typeof certificate>;

/** A result held back: `REG#<id>/HOLD`. */
export const resultHold = z.object({
  status: z.enum(['HELD', 'LIFTED']),
  reason: z.string(),
  by: z.string(),
  at: z.iso.datetime(),
  queueKey: z.string().optional(),
  queueSort: z.string().optional(),
});
export type ResultHold = z.output<typeof resultHold>;
