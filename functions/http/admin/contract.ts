import * as z from 'zod';
import { assessorProfile } from '../../people/model.ts';
import { bilingual, calendar, calendarDay, deadlineName, hub, round } from '../../programme/model.ts';
import { language, role } from '../../shared/access/identity.ts';
import { workflows } from '../../shared/events/catalogue.ts';
import { defineContract } from '../../shared/http/contract.ts';
import { importResult, personRow, readRoutes, roundSummary } from './reads.ts';

const admins = ['admin'] as const;
const roundParams = z.object({ roundId: z.string() });
const registrationParams = z.object({ registrationId: z.string() });
/** Why it is done: kept in the audit entry. */
const reason = z.string().trim().min(3).max(1000);
const email = z.string().trim().toLowerCase().max(254).pipe(z.email());
/** A CSV file as text, first line its column names. */
const csv = z.object({ csv: z.string().min(1).max(4_000_000) });
const imported = importResult;
const moved = z.object({ deadline: deadlineName, day: calendarDay });

export const newHub = hub
  .pick({ hubId: true, name: true, region: true, postcodeAreas: true, languages: true, capacity: true })
  .extend({ active: z.boolean().default(true) });
export const newPerson = z.object({
  email,
  name: z.string().trim().min(1).max(200),
  language: language.default('en'),
  role,
  /** Hubs that a hub leader leads. */
  hubIds: z.array(z.string()).default([]),
  funderIds: z.array(z.string()).default([]),
  /** For assessors and moderators; what is not given takes the defaults (all levels, the person's language, the round's load). */
  assessor: assessorProfile
    .pick({ employer: true, hubIds: true, levels: true, languages: true, capacity: true, isNew: true })
    .partial()
    .optional(),
});
export const newFunder = z.object({
  funderId: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{1,40}$/),
  name: z.string().trim().min(1).max(200),
  email,
  roundId: z.string(),
  places: z.number().int().nonnegative(),
});

/** Making the programme: rounds, hubs, people, funders, the register, from pages or files. Served by `admin-programme`. */
export const adminProgrammeContract = defineContract({
  createRound: {
    method: 'POST',
    path: '/api/admin/rounds',
    roles: admins,
    summary:
      'A new round, as a draft, from the default programme; `start` is the day on which training starts.',
    body: z.object({
      roundId: round.shape.roundId,
      label: bilingual,
      start: calendarDay,
      calendar: calendar.partial().optional(),
    }),
    response: roundSummary,
  },
  importRound: {
    method: 'POST',
    path: '/api/admin/rounds/import',
    roles: admins,
    summary:
      'A new round, or a draft anew, from its complete JSON (fees, criteria, checklist, policies, texts).',
    body: round.omit({
      status: true,
      allocationAttempt: true,
      moderationAttempt: true,
      resultsReleasedAt: true,
      movedDeadlines: true,
      roundKey: true,
      roundSort: true,
    }),
    response: roundSummary,
  },
  openRound: {
    method: 'POST',
    path: '/api/admin/rounds/{roundId}/open',
    roles: admins,
    summary: 'Opens a draft (or closed) round: schools can register from its opening day.',
    params: roundParams,
    response: roundSummary,
  },
  closeRound: {
    method: 'POST',
    path: '/api/admin/rounds/{roundId}/close',
    roles: admins,
    summary: 'Closes registration for the round.',
    params: roundParams,
    body: z.object({ reason }),
    response: roundSummary,
  },
  moveRoundDeadline: {
    method: 'POST',
    path: '/api/admin/rounds/{roundId}/deadlines',
    roles: admins,
    summary: 'Moves a deadline for the whole round; whatever waits for it decides anew.',
    params: roundParams,
    body: moved.extend({ reason }),
    response: roundSummary,
  },
  moveRegistrationDeadline: {
    method: 'POST',
    path: '/api/admin/registrations/{registrationId}/deadlines',
    roles: admins,
    summary: 'Moves a deadline for one school alone.',
    params: registrationParams,
    body: moved.extend({ reason }),
    response: z.object({ registrationId: z.string(), movedDeadlines: z.record(z.string(), calendarDay) }),
  },
  createHub: {
    method: 'POST',
    path: '/api/admin/hubs',
    roles: admins,
    summary: 'A new hub, or a known one changed.',
    body: newHub,
    response: z.object({ hubId: z.string() }),
  },
  importHubs: {
    method: 'POST',
    path: '/api/admin/hubs/import',
    roles: admins,
    summary:
      'Hubs from a CSV: hub_id,name,region,postcode_areas,languages,capacity (lists separated by spaces).',
    body: csv,
    response: imported,
  },
  createPerson: {
    method: 'POST',
    path: '/api/admin/people',
    roles: admins,
    summary: 'A person with a role; a known address gains the role.',
    body: newPerson,
    response: personRow,
  },
  importPeople: {
    method: 'POST',
    path: '/api/admin/people/import',
    roles: admins,
    summary:
      'People from a CSV: email,name,role,language,hub_ids,funder_ids,employer,levels,languages,capacity,new (lists separated by spaces; the last five for assessors and moderators).',
    body: csv,
    response: imported,
  },
  correctPerson: {
    method: 'POST',
    path: '/api/admin/people/{personId}/correct',
    roles: admins,
    summary:
      "Corrects a person's name or address, also where they are a contact of a school; an address that changes ends their sessions.",
    params: z.object({ personId: z.string() }),
    body: newPerson.pick({ name: true, email: true }).extend({ reason }),
    response: personRow,
  },
  endRole: {
    method: 'POST',
    path: '/api/admin/people/{personId}/end-role',
    roles: admins,
    summary: 'Ends a role at once; without a role left the person can no longer sign in.',
    params: z.object({ personId: z.string() }),
    body: z.object({ role, reason }),
    response: personRow,
  },
  createFunder: {
    method: 'POST',
    path: '/api/admin/funders',
    roles: admins,
    summary: 'A funder with its places in a round, or a known one changed; its address signs in as funder.',
    body: newFunder,
    response: z.object({ funderId: z.string() }),
  },
  importFunders: {
    method: 'POST',
    path: '/api/admin/funders/import',
    roles: admins,
    summary: 'Funders from a CSV: funder_id,name,email,round_id,places.',
    body: csv,
    response: imported,
  },
  importAwards: {
    method: 'POST',
    path: '/api/admin/awards/import',
    roles: admins,
    summary: 'Awards that schools hold already, from a CSV: urn,level,round_label,awarded_on,expires_on.',
    body: csv,
    response: imported,
  },
  uploadRegister: {
    method: 'POST',
    path: '/api/admin/register',
    roles: admins,
    summary:
      'Where to send a register of schools (CSV: urn,name,town,postcode,open_date,close_date, or the columns of GIAS); then call importRegister.',
    body: z.object({ filename: z.string().trim().min(1).max(200), invented: z.boolean().default(false) }),
    response: z.object({
      importId: z.string(),
      upload: z.object({ url: z.string(), fields: z.record(z.string(), z.string()) }),
    }),
  },
  importRegister: {
    method: 'POST',
    path: '/api/admin/register/{importId}/import',
    roles: admins,
    summary: 'Starts the import of an uploaded register; `GET /api/admin/register` tells how it goes.',
    params: z.object({ importId: z.string() }),
    response: z.object({ importId: z.string() }),
  },
});

/** What administrators read, and what they do in the course of a round and with runs. Served by `admin`. */
export const adminCourseContract = defineContract({
  ...readRoutes('admin', admins),

  // the course of a round
  placeRegistration: {
    method: 'POST',
    path: '/api/admin/registrations/{registrationId}/placement',
    roles: admins,
    summary: 'Places a school without a hub in one with room, also where its search was given up.',
    params: registrationParams,
    body: z.object({ hubId: z.string() }),
    response: z.object({ registrationId: z.string(), hubId: z.string() }),
  },
  moderateNow: {
    method: 'POST',
    path: '/api/admin/rounds/{roundId}/moderate',
    roles: admins,
    summary: 'Starts the moderation of the returned assessments now.',
    params: roundParams,
    body: z.object({ reason }),
    response: z.object({ roundId: z.string(), attempt: z.number().int() }),
  },

  // runs
  stopRun: {
    method: 'POST',
    path: '/api/admin/run/stop',
    roles: admins,
    summary: 'Stops an execution.',
    body: z.object({ executionArn: z.string(), reason }),
    response: z.object({ executionArn: z.string() }),
  },
  restartStage: {
    method: 'POST',
    path: '/api/admin/stages/restart',
    roles: admins,
    summary: 'Starts a stage again as a new attempt, from the table; its earlier execution must have ended.',
    body: z.object({ collection: z.string(), workflow: z.enum(workflows), reason }),
    response: z.object({ collection: z.string(), workflow: z.enum(workflows), attempt: z.number().int() }),
  },
  resolveStuck: {
    method: 'POST',
    path: '/api/admin/stuck/resolve',
    roles: admins,
    summary: 'Takes an entry off the stuck board without a restart.',
    body: z.object({ collection: z.string(), stuckId: z.string(), reason }),
    response: z.object({ stuckId: z.string() }),
  },
});

/** All that administrators' pages and tools call; two functions serve it, each with its own grants. */
export const adminContract = defineContract({ ...adminCourseContract, ...adminProgrammeContract });
