import * as z from 'zod';
import { allocation, creditNote, invoice, settledAt, writeOff } from './money.ts';
import { type PersonThen, personAt } from './people-at.ts';
import { groupBy, type Table } from './table.ts';
import { Findings, type Violation } from './violation.ts';

export const registration = z.object({
  registrationId: z.string(),
  reference: z.string(),
  roundId: z.string(),
  schoolId: z.string(),
  school: z.object({ name: z.string(), trust: z.string().nullable(), localAuthority: z.string() }),
  contacts: z.array(z.object({ personId: z.string().nullable() })),
  status: z.string(),
  statusSince: z.string(),
  hubId: z.string().nullable(),
  awardedLevel: z.string().nullable(),
  funderId: z.string().nullable(),
});
type Registration = z.output<typeof registration>;

const ENDED_EARLY: readonly string[] = ['LAPSED', 'WITHDRAWN'];
const DECIDED: readonly string[] = [
  'AWARDED',
  'AWARDED_LOWER',
  'DEFERRED_FURTHER_EVIDENCE',
  'WORKING_TOWARDS',
  'NOT_AWARDED',
];
const AWARDING: readonly string[] = ['AWARDED', 'AWARDED_LOWER'];

/** No school has two registrations in a round that have not ended early. */
export function oneActiveRegistration(table: Table): Violation[] {
  const found = new Findings('one-active-registration-per-school');
  const active = table
    .kind(registration, 'REG', 'REGISTRATION')
    .filter(({ status }) => !ENDED_EARLY.includes(status));
  for (const [place, holders] of groupBy(active, (one) => `${one.schoolId} in ${one.roundId}`)) {
    const [first, ...more] = holders;
    for (const other of more)
      found.add(other.reference, `${place} is registered as ${first?.reference ?? 'another'} too`);
  }
  return found.list;
}

const assignment = z.object({
  assignmentId: z.string(),
  registrationId: z.string(),
  assessorId: z.string(),
  status: z.string(),
  returnedAt: z.string().nullable(),
});
const reading = z.object({
  readingId: z.string(),
  registrationId: z.string(),
  readerId: z.string(),
  kind: z.string(),
  status: z.string(),
  endedAt: z.string().nullable(),
});
const LIVE: readonly string[] = ['OFFERED', 'ACCEPTED', 'IN_REVIEW', 'RETURNED'];
const READ: readonly string[] = ['OPEN', 'RETURNED'];

/** Nobody reads, first or second, a school of their hub, their own, their employer's, or one they declared a conflict with. */
export function noAssessorOnConflict(table: Table): Violation[] {
  const found = new Findings('no-assessor-on-a-conflict');
  const work = [
    ...table
      .kind(assignment, 'ASG', 'ASSIGNMENT')
      .filter(({ status }) => LIVE.includes(status))
      .map((one) => ({ ...one, readerId: one.assessorId, until: one.returnedAt })),
    ...table
      .kind(reading, 'REG', 'READING')
      .filter(({ status }) => READ.includes(status))
      .map((one) => ({ ...one, until: one.status === 'RETURNED' ? one.endedAt : null })),
  ];
  for (const { pk, sk, registrationId, readerId, until } of work) {
    const where = `${pk} ${sk}`;
    const school = table.get(registration, `REG#${registrationId}`, 'REGISTRATION');
    const reader = personAt(table, readerId, until ?? undefined);
    if (school === undefined) found.add(where, `its registration ${registrationId} is not known`);
    else if (reader === undefined) found.add(where, `its reader ${readerId} is not known`);
    else for (const what of conflictsOf(reader, school)) found.add(`${where} ${school.reference}`, what);
  }
  return found.list;
}

function conflictsOf(reader: PersonThen, of: Registration): string[] {
  const { assessor } = reader;
  const hubs = [...reader.hubIds, ...(assessor?.hubIds ?? [])];
  const employer = comparable(assessor?.employer ?? '');
  const employers = [of.school.name, of.school.trust ?? '', of.school.localAuthority].map(comparable);
  return [
    of.hubId !== null && hubs.includes(of.hubId) ? "the reader belongs to the school's hub" : '',
    of.contacts.some(({ personId }) => personId === reader.personId) ? 'the reader is of the school' : '',
    employer !== '' && employers.includes(employer)
      ? "the reader's employer is the school, its trust or its local authority"
      : '',
    assessor?.conflicts.some(({ schoolId }) => schoolId === of.schoolId) === true
      ? 'the reader declared a conflict with the school'
      : '',
  ].filter((what) => what !== '');
}

/** Names of organisations without what people type differently: case, accents, punctuation, "the". */
function comparable(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/&/g, ' and ');
  return plain
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .replace(/^the /, '')
    .trim();
}

const decision = z.object({
  registrationId: z.string(),
  outcome: z.string(),
  level: z.string().nullable(),
  judgedBy: z.array(z.string()),
  confirmedBy: z.string(),
  roundId: z.string(),
  meeting: z.number().nullish(),
  decidedBy: z.array(z.string()).default([]),
});
const panelMeeting = z.object({ quorum: z.number(), present: z.array(z.string()) });

/** What is wrong with how the meeting of a decision was made up; nothing for decisions of before meetings were kept. */
function problemsOfMeeting(table: Table, each: z.output<typeof decision>): string[] {
  const { meeting: number, roundId, decidedBy, judgedBy, confirmedBy } = each;
  if (number === undefined || number === null) return [];
  const meeting = table.get(
    panelMeeting,
    `ROUND#${roundId}`,
    `PANEL-MEETING#${String(number).padStart(4, '0')}`,
  );
  if (meeting === undefined) return [`its meeting ${number} is not known`];
  const judge = decidedBy.find((personId) => judgedBy.includes(personId));
  const absent = [...decidedBy, confirmedBy].find((personId) => !meeting.present.includes(personId));
  return [
    ...(decidedBy.length < meeting.quorum
      ? [`decided by ${decidedBy.length}, below the quorum of ${meeting.quorum}`]
      : []),
    ...(judge === undefined ? [] : [`${judge} decided what they judged`]),
    ...(absent === undefined ? [] : [`${absent} decided and was not present`]),
  ];
}

/**
 * Whoever confirmed or decided judged the case in no part of it, was present in the meeting, and was not alone below its
 * quorum; nobody read the same case twice.
 */
export function nobodyDecidesOwn(table: Table): Violation[] {
  const found = new Findings('nobody-decides-their-own-review');
  const readers = groupBy(
    [
      ...table
        .kind(assignment, 'ASG', 'ASSIGNMENT')
        .filter(({ status }) => status === 'RETURNED')
        .map(({ registrationId, assessorId }) => ({ registrationId, readerId: assessorId })),
      ...table.kind(reading, 'REG', 'READING').filter(({ status }) => READ.includes(status)),
    ],
    ({ registrationId }) => registrationId,
  );
  for (const [registrationId, of] of readers) {
    const ids = of.map(({ readerId }) => readerId);
    const twice = ids.find((readerId, index) => ids.indexOf(readerId) !== index);
    if (twice !== undefined) found.add(`REG#${registrationId}`, `${twice} read the case twice`);
  }
  for (const each of table.kind(decision, 'REG', 'DECISION')) {
    for (const problem of problemsOfMeeting(table, each)) found.add(`REG#${each.registrationId}`, problem);
    const judged = (readers.get(each.registrationId) ?? []).map(({ readerId }) => readerId);
    if ([...judged, ...each.judgedBy].includes(each.confirmedBy))
      found.add(each.pk, `${each.confirmedBy} judged the case and confirmed it`);
  }
  return found.list;
}

const award = z.object({
  certificateNumber: z.string(),
  registrationId: z.string().nullish(),
  level: z.string(),
  status: z.string().default('CURRENT'),
});

/** No result and no award without the panel's decision for it, and no award but where the fee was settled or covered when it was given. */
export function noAwardWithoutConfirmation(table: Table): Violation[] {
  const found = new Findings('no-award-without-confirmation-and-money');
  const awards = groupBy(
    table.kind(award, 'SCHOOL', 'AWARD').flatMap(({ registrationId, ...one }) =>
      // Awards of before this system were entered from a list and have no registration; a revoked one was replaced.
      registrationId === null || registrationId === undefined || one.status === 'REVOKED'
        ? []
        : [{ ...one, registrationId }],
    ),
    ({ registrationId }) => registrationId,
  );
  for (const each of table.kind(registration, 'REG', 'REGISTRATION')) {
    const given = awards.get(each.registrationId) ?? [];
    awards.delete(each.registrationId);
    if (!DECIDED.includes(each.status) && given.length === 0) continue;
    const decided = table.get(decision, each.pk, 'DECISION');
    if (decided === undefined) found.add(each.reference, 'has a result and no confirmed decision');
    else if (decided.outcome !== each.status)
      found.add(each.reference, `is ${each.status} and was decided as ${decided.outcome}`);
    const wanted = decided !== undefined && AWARDING.includes(decided.outcome) ? 1 : 0;
    if (given.length !== wanted)
      found.add(each.reference, `has ${given.length} awards, the decision gives ${wanted}`);
    for (const { certificateNumber, level } of given)
      if (level !== decided?.level)
        found.add(
          `certificate ${certificateNumber}`,
          `is for ${level}, decided was ${decided?.level ?? 'none'}`,
        );
    if (given.length > 0 && !isPaid(table, each))
      found.add(each.reference, 'was awarded with its fee neither settled nor covered');
  }
  for (const registrationId of awards.keys())
    found.add(`REG#${registrationId}`, 'has an award and does not exist');
  return found.list;
}

/** Settled or covered at the moment of the result; an allocation taken back later is a matter for finance. */
function isPaid(table: Table, of: Registration & { readonly pk: string }): boolean {
  const invoices = table.in(invoice, of.pk, 'INVOICE');
  if (invoices.length === 0) return of.funderId !== null;
  const on = {
    allocations: table.in(allocation, of.pk, 'ALLOCATION'),
    notes: table.in(creditNote, of.pk, 'CREDITNOTE'),
    writeOffs: table.in(writeOff, of.pk, 'WRITEOFF'),
  };
  return invoices.every((one) => settledAt(one, on, of.statusSince));
}
