import * as z from 'zod';
import { level } from '../programme/model.ts';
import { language } from '../shared/access/identity.ts';

/** Phases as the form offers them (domain.md 1.10: who takes part); SECONDARY is offered so that it can be refused in words. */
export const phases = [
  'NURSERY',
  'INFANT',
  'JUNIOR',
  'PRIMARY',
  'FIRST',
  'MIDDLE',
  'SPECIAL',
  'ALL_THROUGH',
  'SECONDARY',
] as const;
export const phase = z.enum(phases);
export type Phase = z.output<typeof phase>;

/** Typed text: trimmed and never longer than a page field; emptiness and form are judged by `judgeForm`, in words. */
const typed = (maximum = 200) => z.string().trim().max(maximum);
const whole = z.number().int().min(0).max(100_000);

const personTyped = z.object({ name: typed(), email: typed(254) });

/**
 * The registration form as a page or a tool sends it. The schema asks only for the shape, so that everything that a
 * person can get wrong is answered in words and all at once (`judgeForm`), never as a schema error.
 */
export const registrationForm = z.object({
  roundId: z.string().min(1).max(40),
  school: z.discriminatedUnion('kind', [
    /** A school of the register, by its URN. */
    z.object({ kind: z.literal('REGISTER'), urn: typed(10) }),
    /** A school that the register does not hold: abroad, British Forces, Scotland, Northern Ireland. */
    z.object({ kind: z.literal('BY_HAND'), name: typed(), country: typed(80) }),
  ]),
  address: z.object({ lines: z.array(typed()).max(4), town: typed(), postcode: typed(20) }),
  phase,
  /** True once the person has confirmed a phase that the school's name does not suggest. */
  phaseConfirmed: z.boolean().default(false),
  ageFrom: whole,
  ageTo: whole,
  pupilsOnRoll: whole,
  teachers: whole,
  /** Percentage of pupils eligible for free school meals; null: not known. */
  fsmPercent: z.number().nullable(),
  localAuthority: typed(),
  trust: typed().nullable(),
  language,
  registrant: personTyped,
  head: personTyped,
  subjectLeaders: z.array(personTyped).max(10),
  finance: personTyped,
  /** hubId, or null for "no preference". */
  hubPreference: z.string().max(64).nullable(),
  targetLevel: level,
  accreditation: z.enum(['FIRST', 'REACCREDITATION']),
  payer: z.object({
    kind: z.enum(['SCHOOL', 'TRUST', 'LOCAL_AUTHORITY', 'FUNDER']),
    name: typed(),
    email: typed(254),
    addressLines: z.array(typed()).max(6),
    /** Which funder; only where `kind` is FUNDER. */
    funderId: z.string().max(64).nullable(),
  }),
  purchaseOrder: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('NUMBER'), number: typed(40) }),
    z.object({ kind: z.literal('LATER') }),
    z.object({ kind: z.literal('NONE') }),
  ]),
  consents: z.object({ terms: z.boolean(), dataProtection: z.boolean(), publicity: z.boolean() }),
  /** The hub whose leader fills in the form for the school; null where the school does it itself. */
  registeredByHub: z.string().max(64).nullable().default(null),
});
export type RegistrationForm = z.output<typeof registrationForm>;

/** A form on its way: any part of it, exactly as typed. */
export const draftForm = z
  .record(z.string().max(60), z.json())
  .refine((form) => JSON.stringify(form).length <= 60_000, {
    error: 'is too long for a draft',
  });
