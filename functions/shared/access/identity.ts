import * as z from 'zod';

/** The roles of the programme. A role opens pages; what a person may do inside is decided by the stage's rule. */
export const roles = [
  'registrant',
  'head',
  'subject_leader',
  'hub_leader',
  'assessor',
  'moderator',
  'panel',
  'finance',
  'finance_approver',
  'admin',
  'auditor',
  'funder',
] as const;
export const role = z.enum(roles);
export type Role = z.output<typeof role>;
export const schoolRoles = ['registrant', 'head', 'subject_leader'] as const satisfies readonly Role[];

export const language = z.enum(['en', 'cy']);
export type Language = z.output<typeof language>;

/** Who asks, as the authorizer established it from the session at this request. */
export interface Identity {
  readonly personId: string;
  readonly email: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly language: Language;
  /** Hubs that this person leads, funders that they speak for. */
  readonly hubIds: readonly string[];
  readonly funderIds: readonly string[];
}
