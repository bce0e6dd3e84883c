import * as z from 'zod';
import { calendarDay, decidedOutcomes, level } from '../programme/model.ts';
import { language } from '../shared/access/identity.ts';
import { pence } from '../shared/money/pence.ts';

/** Where a registration stands (domain.md section 6; outcomes as in 2.3). */
export const registrationStatuses = [
  'SUBMITTED',
  'ACCEPTED',
  'AWAITING_PAYMENT',
  'PAID',
  'COVERED',
  'IN_TRAINING',
  'READY_TO_SUBMIT',
  'SUBMITTED_WORK',
  'IN_ASSESSMENT',
  'IN_MODERATION',
  'DECIDED',
  ...decidedOutcomes,
  'WITHDRAWN',
  'LAPSED',
  'MISSED',
] as const;
export const registrationStatus = z.enum(registrationStatuses);
export type RegistrationStatus = z.output<typeof registrationStatus>;

/** Statuses that hold the school's one place in the round (no second registration beside them). */
export const activeStatuses: readonly RegistrationStatus[] = registrationStatuses.filter(
  (status) => status !== 'WITHDRAWN' && status !== 'LAPSED',
);

/** Name, place and figures as they were at registration: published figures and the fee rest on them (domain.md 4.2). */
export const schoolSnapshot = z.object({
  urn: z.string().nullable(),
  name: z.string().min(1),
  addressLines: z.array(z.string()),
  town: z.string(),
  postcode: z.string(),
  country: z.string().min(1),
  phase: z.string(),
  ageFrom: z.number().int().min(2).max(19),
  ageTo: z.number().int().min(2).max(19),
  pupilsOnRoll: z.number().int().positive(),
  teachers: z.number().int().positive(),
  /** null: not known. */
  fsmPercent: z.number().min(0).max(100).nullable(),
  localAuthority: z.string(),
  trust: z.string().nullable(),
});

export const contactRole = z.enum(['registrant', 'head', 'subject_leader', 'finance']);
/** A contact is ended, never deleted, so that the journey says who did what. `personId` is null for finance contacts, who do not sign in. */
export const contact = z.object({
  contactId: z.string(),
  role: contactRole,
  name: z.string().min(1),
  email: z.email(),
  personId: z.string().nullable(),
  from: z.iso.datetime(),
  until: z.iso.datetime().nullable(),
});

export const payer = z.object({
  kind: z.enum(['SCHOOL', 'TRUST', 'LOCAL_AUTHORITY', 'FUNDER']),
  name: z.string().min(1),
  email: z.email(),
  addressLines: z.array(z.string()),
  funderId: z.string().nullable(),
});
export const purchaseOrder = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('NUMBER'), number: z.string().min(1).max(40) }),
  z.object({ kind: z.literal('LATER') }),
  z.object({ kind: z.literal('NONE') }),
]);

export const frozenFee = z.object({
  pence: pence.nonnegative(),
  band: z.enum(['STANDARD', 'SMALL']),
  feeTableVersion: z.string(),
});

export const registration = z.object({
  registrationId: z.string().min(1),
  /** What people quote, e.g. `PSQM-7K3MQ2`. */
  reference: z.string().min(1),
  roundId: z.string().min(1),
  schoolId: z.string().min(1),
  school: schoolSnapshot,
  language,
  contacts: z.array(contact).min(1),
  hubPreference: z.string().nullable(),
  hubId: z.string().nullable(),
  targetLevel: level,
  /** Set once the hub leader has confirmed the target level (domain.md 1.1). */
  targetLevelConfirmed: z.boolean(),
  accreditation: z.enum(['FIRST', 'REACCREDITATION']),
  payer,
  purchaseOrder,
  consents: z.object({ terms: z.literal(true), dataProtection: z.literal(true), publicity: z.boolean() }),
  fee: frozenFee,
  status: registrationStatus,
  statusSince: z.iso.datetime(),
  submittedAt: z.iso.datetime(),
  /** Digest of the form as sent, by which the same form sent twice is known. */
  formDigest: z.string(),
  invoiceNumber: z.string().nullable(),
  funderId: z.string().nullable(),
  /** Since when a funder covers the fee; null also for places granted before this was kept. */
  coveredAt: z.iso.datetime().nullable().default(null),
  /** Deadlines moved for this school alone: name of the calendar's date -> day. */
  movedDeadlines: z.record(z.string(), calendarDay),
  ended: z.object({ reason: z.string(), at: z.iso.datetime() }).nullable(),
  awardedLevel: level.nullable(),
  roundKey: z.string().optional(),
  roundSort: z.string().optional(),
  hubKey: z.string().optional(),
  hubSort: z.string().optional(),
});
export type Registration = z.output<typeof registration>;
