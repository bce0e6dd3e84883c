import * as z from 'zod';
import { level } from '../programme/model.ts';
import { language, role } from '../shared/access/identity.ts';

/** What the programme knows of an assessor or moderator (domain.md 2.3: conflicts, load, levels, language). */
export const assessorProfile = z.object({
  employer: z.string(),
  /** Hubs that the person belongs to, beside those they lead. */
  hubIds: z.array(z.string()),
  levels: z.array(level),
  languages: z.array(language),
  /** Submissions a round; null takes the round's policy. */
  capacity: z.number().int().nonnegative().nullable(),
  /** Schools (schoolId) with which the person declared a conflict, with the reason given. */
  conflicts: z.array(z.object({ schoolId: z.string(), reason: z.string() })),
  /** Set when the person has declared for a round that the list is complete. */
  conflictsDeclaredFor: z.array(z.string()),
  isNew: z.boolean(),
});
export type AssessorProfile = z.output<typeof assessorProfile>;

export const person = z.object({
  personId: z.string().min(1),
  /** Lower case; unique (`UNIQUE#EMAIL#`). */
  email: z.email(),
  name: z.string().min(1),
  language,
  /** Schools with which somebody of the panel declared a conflict, with the reason given. */
  panelConflicts: z.array(z.object({ schoolId: z.string(), reason: z.string() })).optional(),
  roles: z.array(role),
  hubIds: z.array(z.string()),
  funderIds: z.array(z.string()),
  status: z.enum(['ACTIVE', 'ENDED']),
  assessor: assessorProfile.nullable(),
  roundKey: z.string().optional(),
  roundSort: z.string().optional(),
});
export type Person = z.output<typeof person>;
