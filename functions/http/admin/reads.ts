import * as z from 'zod';
import { stuckStatus } from '../../operations/stuck.ts';
import { invoiceStatus } from '../../payments/model.ts';
import { person } from '../../people/model.ts';
import { hub, level, round } from '../../programme/model.ts';
import { registration, registrationStatus } from '../../registration/model.ts';
import { type Role, role } from '../../shared/access/identity.ts';
import { workflows } from '../../shared/events/catalogue.ts';
import type { RouteContract } from '../../shared/http/contract.ts';

/** What administrators and auditors read alike: the two contracts differ in address and role, never in what is shown. */
const instant = z.iso.datetime();
const workflow = z.enum(workflows);

export const roundSummary = round.pick({
  roundId: true,
  label: true,
  status: true,
  calendar: true,
  resultsReleasedAt: true,
});

export const personRow = person.omit({ roundKey: true, roundSort: true });

/** A body that pays for places; `places` by round. */
export const funderRow = z.object({
  funderId: z.string(),
  name: z.string(),
  email: z.string(),
  active: z.boolean(),
  places: z.array(z.object({ roundId: z.string(), places: z.number().int(), used: z.number().int() })),
});

/** What became of one file: how many rows were taken, and the others with line and reason. */
export const importResult = z.object({
  accepted: z.number().int(),
  /** Rows that said what was known already. */
  unchanged: z.number().int(),
  refusedCount: z.number().int(),
  /** At most the first 200. */
  refused: z.array(z.object({ line: z.number().int(), reason: z.string() })),
});
export type ImportResult = z.output<typeof importResult>;

export const registerState = z.object({
  /** The register that searches use now; null before the first import. */
  current: z
    .object({
      importId: z.string(),
      filename: z.string(),
      schools: z.number().int(),
      importedAt: instant,
      invented: z.boolean(),
    })
    .nullable(),
  imports: z.array(
    z.object({
      importId: z.string(),
      filename: z.string(),
      status: z.enum(['WAITING_FOR_FILE', 'RUNNING', 'DONE', 'REFUSED']),
      startedAt: instant,
      endedAt: instant.nullable(),
      result: importResult.nullable(),
      problem: z.string().nullable(),
    }),
  ),
});

/** One registration in a list. */
export const registrationRow = registration
  .pick({
    registrationId: true,
    reference: true,
    roundId: true,
    hubId: true,
    targetLevel: true,
    status: true,
    statusSince: true,
    submittedAt: true,
    awardedLevel: true,
  })
  .extend({ schoolName: z.string(), town: z.string(), urn: z.string().nullable() });

/** Something that a machine waits for: until when, and for whom. */
export const waitRow = z.object({
  collection: z.string(),
  workflow: z.string(),
  waitingFor: z.string(),
  deadline: z.string(),
  until: instant,
  executionArn: z.string().nullable(),
});

export const stuckRow = z.object({
  stuckId: z.string(),
  collection: z.string(),
  /** Words for people: the school's name and reference, the round, the statement. */
  subject: z.string(),
  registrationId: z.string().nullable(),
  roundId: z.string().nullable(),
  workflow,
  status: stuckStatus,
  error: z.string(),
  cause: z.string(),
  executionArn: z.string(),
  at: instant,
  resolvedAt: instant.nullable(),
  resolution: z.string().nullable(),
});

export const lateRow = z.object({
  registrationId: z.string(),
  reference: z.string(),
  schoolName: z.string(),
  status: registrationStatus,
  /** Name of the deadline in the round's calendar. */
  deadline: z.string(),
  day: z.string(),
  daysLate: z.number().int(),
});

export const board = z.object({
  roundId: z.string(),
  schools: z.number().int(),
  /** Every status with its count, in the order of the journey; zeros included. */
  stages: z.array(z.object({ status: registrationStatus, count: z.number().int() })),
  levels: z.array(z.object({ level, target: z.number().int(), awarded: z.number().int() })),
  late: z.array(lateRow),
  stuck: z.array(stuckRow),
  /** Queues that wait for staff, with how many are overdue. */
  queues: z.array(
    z.object({
      queue: z.string(),
      waiting: z.number().int(),
      overdue: z.number().int(),
      oldest: instant.nullable(),
    }),
  ),
});

const actor = z.object({ kind: z.enum(['person', 'system']), id: z.string(), name: z.string() });

/** One entry of a school's journey; `collection` tells which record it is about. */
export const journeyEntry = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('CHANGE'),
    at: instant,
    collection: z.string(),
    record: z.string(),
    action: z.string(),
    actor,
    reason: z.string().nullable(),
    /** JSON of what changed. */
    before: z.string(),
    after: z.string(),
  }),
  z.object({
    kind: z.literal('EVENT'),
    at: instant,
    collection: z.string(),
    name: z.string(),
    detail: z.string(),
    publishedAt: instant.nullable(),
  }),
  z.object({
    kind: z.literal('EMAIL'),
    at: instant,
    collection: z.string(),
    cause: z.string(),
    to: z.string(),
    subject: z.string(),
    status: z.string(),
  }),
  z.object({
    kind: z.literal('RUN_STARTED'),
    at: instant,
    collection: z.string(),
    workflow,
    attempt: z.number().int(),
    executionArn: z.string(),
  }),
  z.object({
    kind: z.literal('RUN_ENDED'),
    at: instant,
    collection: z.string(),
    workflow,
    attempt: z.number().int(),
    executionArn: z.string(),
    result: z.string(),
  }),
  z.object({
    kind: z.literal('RUN_FAILED'),
    at: instant,
    collection: z.string(),
    workflow,
    executionArn: z.string(),
    error: z.string(),
    cause: z.string(),
  }),
]);

/** One stage of a collection: its machine's latest execution. */
export const stageRow = z.object({
  collection: z.string(),
  workflow,
  attempt: z.number().int(),
  executionArn: z.string(),
  claimedAt: instant,
  endedAt: instant.nullable(),
  result: z.string().nullable(),
});

/** What a school owes and paid, for whoever asks about it; finance's pages have the rest. */
export const journeyMoney = z.object({
  invoices: z.array(
    z.object({
      invoiceNumber: z.string(),
      issuedOn: z.string(),
      dueOn: z.string(),
      grossPence: z.number().int(),
      balancePence: z.number().int(),
      status: invoiceStatus,
    }),
  ),
  creditNotes: z.array(
    z.object({
      creditNoteNumber: z.string(),
      invoiceNumber: z.string(),
      issuedOn: z.string(),
      grossPence: z.number().int(),
    }),
  ),
  /** Money that was put on an invoice or kept as credit; from a bank line, with its statement, else from a credit. */
  payments: z.array(
    z.object({
      at: instant,
      invoiceNumber: z.string(),
      pence: z.number().int(),
      kind: z.enum(['ALLOCATION', 'CREDIT']),
      statement: z.object({ statementId: z.string(), fileName: z.string(), lineId: z.string() }).nullable(),
      reversedAt: instant.nullable(),
    }),
  ),
});

export const journey = z.object({
  registration: registration.omit({ roundKey: true, roundSort: true, hubKey: true, hubSort: true }),
  /** Oldest first. */
  timeline: z.array(journeyEntry),
  stages: z.array(stageRow),
  waits: z.array(waitRow),
  money: journeyMoney,
  /** Names of the hubs that the journey names by id. */
  hubNames: z.record(z.string(), z.string()),
});

export const runStatus = z.enum([
  'RUNNING',
  'SUCCEEDED',
  'FAILED',
  'TIMED_OUT',
  'ABORTED',
  'PENDING_REDRIVE',
]);
export const runRow = z.object({
  executionArn: z.string(),
  workflow,
  status: runStatus,
  startedAt: instant,
  stoppedAt: instant.nullable(),
});

/** A step of an execution's history; times are instants, payloads JSON text as Step Functions gives them. */
export const runEvent = z.object({
  id: z.number().int(),
  previousId: z.number().int(),
  at: instant,
  type: z.string(),
  /** State that the step is about, where it is about one. */
  state: z.string().nullable(),
  input: z.string().nullable(),
  output: z.string().nullable(),
  error: z.string().nullable(),
  cause: z.string().nullable(),
});

export const run = runRow.extend({
  name: z.string(),
  /** The Amazon States Language definition that this execution runs, as JSON text. */
  definition: z.string(),
  input: z.string().nullable(),
  output: z.string().nullable(),
  error: z.string().nullable(),
  cause: z.string().nullable(),
  events: z.array(runEvent),
  /** True where the history is longer than what is shown. */
  eventsCut: z.boolean(),
  /** Every state that was entered, with its latest condition, for the drawing. */
  states: z.array(
    z.object({
      name: z.string(),
      condition: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'CAUGHT']),
      entered: z.number().int(),
    }),
  ),
  collection: z.string().nullable(),
  subject: z.string().nullable(),
  registrationId: z.string().nullable(),
  wait: waitRow.nullable(),
});

export const placementRow = registrationRow.extend({
  postcode: z.string(),
  language: z.string(),
  hubPreference: z.string().nullable(),
  waitingSince: instant,
  /** Instant by which an admin should have placed it. */
  due: instant,
  /** Nobody placed it in time: its search has ended and stands on the stuck board. */
  givenUp: z.boolean(),
});

export const hubRow = hub.omit({ roundKey: true, roundSort: true }).extend({
  leaders: z.array(z.object({ personId: z.string(), name: z.string(), email: z.string() })),
  /** Schools placed in the open round, or the one asked for. */
  placed: z.number().int(),
  /** Its own capacity, else the round's policy. */
  room: z.number().int(),
});

export const awardRow = z.object({
  schoolId: z.string(),
  urn: z.string().nullable(),
  schoolName: z.string(),
  level: z.string(),
  roundLabel: z.string(),
  awardedOn: z.string(),
  expiresOn: z.string(),
});

const roundParams = z.object({ roundId: z.string() });
const registrationParams = z.object({ registrationId: z.string() });

/** The read routes under `/api/<audience>`. */
export function readRoutes<const A extends 'admin' | 'auditor', const R extends readonly Role[]>(
  audience: A,
  roles: R,
) {
  const base = `/api/${audience}` as const;
  return {
    listRounds: {
      method: 'GET',
      path: `${base}/rounds`,
      roles,
      summary: 'All rounds, newest first.',
      response: z.object({ rounds: z.array(roundSummary) }),
    },
    readRound: {
      method: 'GET',
      path: `${base}/rounds/{roundId}`,
      roles,
      summary: 'One round with all that it is made of.',
      params: roundParams,
      response: round.omit({ roundKey: true, roundSort: true }),
    },
    readBoard: {
      method: 'GET',
      path: `${base}/rounds/{roundId}/board`,
      roles,
      summary: 'How many schools at each stage, what is late or stuck and why.',
      params: roundParams,
      response: board,
    },
    listRegistrations: {
      method: 'GET',
      path: `${base}/rounds/{roundId}/registrations`,
      roles,
      summary: 'The registrations of a round, by status and words of the school or its reference.',
      params: roundParams,
      query: z.object({ status: registrationStatus.optional(), q: z.string().max(100).optional() }),
      response: z.object({ registrations: z.array(registrationRow) }),
    },
    readJourney: {
      method: 'GET',
      path: `${base}/registrations/{registrationId}`,
      roles,
      summary: 'One school across its executions on one timeline.',
      params: registrationParams,
      response: journey,
    },
    listPlacements: {
      method: 'GET',
      path: `${base}/placements`,
      roles,
      summary: 'Registrations that found no hub with room.',
      response: z.object({ placements: z.array(placementRow) }),
    },
    listHubs: {
      method: 'GET',
      path: `${base}/hubs`,
      roles,
      summary: 'Hubs with their leaders and room.',
      query: z.object({ roundId: z.string().optional() }),
      response: z.object({ hubs: z.array(hubRow) }),
    },
    listPeople: {
      method: 'GET',
      path: `${base}/people`,
      roles,
      summary: 'People, by role.',
      query: z.object({ role: role.optional(), q: z.string().max(100).optional() }),
      response: z.object({ people: z.array(personRow) }),
    },
    listFunders: {
      method: 'GET',
      path: `${base}/funders`,
      roles,
      summary: 'Funders with their places.',
      response: z.object({ funders: z.array(funderRow) }),
    },
    readRegister: {
      method: 'GET',
      path: `${base}/register`,
      roles,
      summary: 'The register of schools in use and its imports.',
      response: registerState,
    },
    listSchoolAwards: {
      method: 'GET',
      path: `${base}/schools/{urn}/awards`,
      roles,
      summary: 'Awards on record for a school of the register.',
      params: z.object({ urn: z.string() }),
      response: z.object({ awards: z.array(awardRow) }),
    },
    listStuck: {
      method: 'GET',
      path: `${base}/stuck`,
      roles,
      summary: 'Executions that failed, timed out, were aborted or gave up, and are not resolved.',
      response: z.object({ stuck: z.array(stuckRow) }),
    },
    listRuns: {
      method: 'GET',
      path: `${base}/runs`,
      roles,
      summary: 'Executions of one machine, newest first.',
      query: z.object({ workflow, status: runStatus.optional(), next: z.string().optional() }),
      response: z.object({ runs: z.array(runRow), next: z.string().nullable() }),
    },
    readRun: {
      method: 'GET',
      path: `${base}/run`,
      roles,
      summary: 'One execution: its machine, history, and what it waits for.',
      query: z.object({ executionArn: z.string() }),
      response: run,
    },
  } as const satisfies Record<string, RouteContract>;
}
