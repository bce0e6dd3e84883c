import type { Assignment } from '../assessment/model.ts';
import { criteriaView, schoolView } from '../assessment/reading-room.ts';
import { conflictOf, type Reader } from '../assessment/rules.ts';
import { findReview } from '../assessment/store.ts';
import { findHold } from '../awards/store.ts';
import { readPeople } from '../people/store.ts';
import { decidedOutcomes, type Round } from '../programme/model.ts';
import type { Registration, RegistrationStatus } from '../registration/model.ts';
import type { Role } from '../shared/access/identity.ts';
import { isSitting } from './meetings.ts';
import type { Decision, ModerationCase, PanelMeeting, ProposedOutcome, Reading } from './model.ts';
import { isBlindTo } from './rules.ts';
import { findCase, findDecision, findOutcome, findReadingReview, listReadings } from './store.ts';

/** Who asks, with their roles: only the panel confirms. */
export interface Asker {
  readonly reader: Reader;
  readonly roles: readonly Role[];
}

const judged: readonly RegistrationStatus[] = [
  'SUBMITTED_WORK',
  'IN_ASSESSMENT',
  'IN_MODERATION',
  'DECIDED',
  ...decidedOutcomes,
];
const released: readonly RegistrationStatus[] = decidedOutcomes;

/** Whether a registration is being or has been judged. */
export const isJudged = (status: RegistrationStatus): boolean => judged.includes(status);

/** One line of the panel's list; nothing of the case where the asker has a conflict in it. */
export function outcomeSummary(
  asker: Asker,
  registration: Registration,
  proposed: ProposedOutcome | undefined,
  isReturned: boolean,
  hasCase: boolean,
  decided: Decision | undefined,
  held: boolean,
) {
  const conflict = conflictOf(asker.reader, registration) !== undefined;
  const stage = released.includes(registration.status)
    ? ('RELEASED' as const)
    : registration.status === 'DECIDED'
      ? ('CONFIRMED' as const)
      : proposed !== undefined
        ? ('PROPOSED' as const)
        : hasCase
          ? ('MODERATION' as const)
          : isReturned
            ? ('READ' as const)
            : ('AWAITED' as const);
  return {
    registrationId: registration.registrationId,
    reference: registration.reference,
    school: schoolView(registration),
    targetLevel: registration.targetLevel,
    status: registration.status,
    stage,
    proposed:
      proposed === undefined || conflict
        ? null
        : {
            outcome: proposed.outcome,
            level: proposed.level,
            basis: proposed.basis,
            proposedAt: proposed.proposedAt,
            confirmBy: proposed.confirmBy,
          },
    decided: decided === undefined || conflict ? null : { outcome: decided.outcome, level: decided.level },
    blocked: blockedBecause(asker, conflict, proposed),
    held,
  };
}

function blockedBecause(asker: Asker, conflict: boolean, proposed: ProposedOutcome | undefined) {
  if (!asker.roles.includes('panel')) return 'NOT_PANEL' as const;
  if (conflict) return 'CONFLICT' as const;
  if (proposed === undefined || proposed.status !== 'PROPOSED') return 'NOT_PROPOSED' as const;
  return proposed.judgedBy.includes(asker.reader.personId) ? ('JUDGED' as const) : null;
}

/** Names of people by id; somebody who no longer exists keeps their id. */
export async function namesOf(personIds: readonly string[]) {
  const people = new Map((await readPeople(personIds)).map(({ personId, name }) => [personId, name]));
  return (personId: string) => ({ personId, name: people.get(personId) ?? personId });
}

/** A meeting of the panel as its list shows it. */
export function meetingView(meeting: PanelMeeting, name: Namer, now: Date) {
  return {
    number: meeting.number,
    sitting: isSitting(meeting, now),
    quorum: meeting.quorum,
    openedAt: meeting.openedAt,
    closedAt: meeting.closedAt,
    present: meeting.present.map(name),
    postponed: meeting.postponed.length,
  };
}

/** Everything behind one case, for whoever has no conflict in it. */
export async function caseDetail(
  asker: Asker,
  round: Round,
  registration: Registration,
  assignments: readonly Assignment[],
) {
  const { registrationId } = registration;
  const [opened, readings, proposed, decided, hold] = await Promise.all([
    findCase(registrationId),
    listReadings(registrationId),
    findOutcome(registrationId),
    findDecision(registrationId),
    findHold(registrationId),
  ]);
  const own = assignments
    .filter((one) => one.registrationId === registrationId)
    .sort((a, b) => a.offeredAt.localeCompare(b.offeredAt));
  const name = await namesOf([
    ...own.map(({ assessorId }) => assessorId),
    ...readings.map(({ readerId }) => readerId),
    ...(decided === undefined
      ? []
      : [decided.confirmedBy, ...decided.decidedBy, ...decided.keptOut.map(({ personId }) => personId)]),
    ...(hold === undefined ? [] : [hold.by]),
  ]);
  const framework = criteriaView(round, registration.targetLevel);
  const blind = isBlindTo(
    { personId: asker.reader.personId, roles: asker.roles },
    opened,
    readings,
    proposed,
  );
  return {
    roundId: registration.roundId,
    blind,
    ...outcomeSummary(
      asker,
      registration,
      proposed,
      own.some(({ status }) => status === 'RETURNED'),
      opened !== undefined,
      decided,
      hold?.status === 'HELD',
    ),
    criteria: framework.criteria.map(({ id, areaTitle, title }) => ({ id, areaTitle, title })),
    judgements: framework.judgements,
    assignments: own.map((one) => ({
      assignmentId: one.assignmentId,
      assessor: name(one.assessorId),
      status: one.status,
      offeredAt: one.offeredAt,
      endReason: one.ended?.reason ?? null,
      explanation: one.explanation,
    })),
    reviews: blind ? [] : await reviewsOf(own, readings, name),
    moderation: opened === undefined ? null : moderationView(opened, readings, name, blind),
    feedback: proposed?.feedback ?? null,
    decision:
      decided === undefined
        ? null
        : {
            outcome: decided.outcome,
            level: decided.level,
            confirmedBy: name(decided.confirmedBy),
            at: decided.at,
            reason: decided.reason,
            feedback: decided.feedback,
            meeting: decided.meeting,
            decidedBy: decided.decidedBy.map(name),
            keptOut: decided.keptOut.map(({ personId, because }) => ({ ...name(personId), because })),
          },
    hold: hold?.status === 'HELD' ? { reason: hold.reason, by: name(hold.by), at: hold.at } : null,
  };
}

type Namer = Awaited<ReturnType<typeof namesOf>>;

async function reviewsOf(assignments: readonly Assignment[], readings: readonly Reading[], name: Namer) {
  const returned = [
    ...assignments
      .filter(({ status }) => status === 'RETURNED')
      .map(({ assignmentId }) => ({ kind: 'FIRST' as const, review: findReview(assignmentId) })),
    ...readings
      .filter(({ status, kind }) => status === 'RETURNED' && kind === 'SECOND_READING')
      .map(({ readingId }) => ({ kind: 'SECOND' as const, review: findReadingReview(readingId) })),
  ];
  const reviews = await Promise.all(
    returned.map(async ({ kind, review }) => {
      const found = await review;
      return found === undefined
        ? []
        : [
            {
              kind,
              reader: name(found.readerId),
              judgements: found.judgements,
              feedback: found.feedback,
              notes: found.notes,
              recommendation: found.recommendation,
              inconsistencyReason: found.inconsistencyReason,
              metShare: found.metShare,
              returnedAt: found.returnedAt,
            },
          ];
    }),
  );
  return reviews.flat();
}

/** `blind`: without the reasons it was drawn for, which tell what the first reader recommended. */
function moderationView(opened: ModerationCase, readings: readonly Reading[], name: Namer, blind: boolean) {
  const { adjudication } = opened;
  return {
    status: opened.status,
    reasons: blind ? [] : opened.reasons,
    comparison: blind ? null : opened.comparison,
    readings: readings.map((one) => ({
      readingId: one.readingId,
      kind: one.kind,
      reader: name(one.readerId),
      status: one.status,
      dueOn: one.dueOn,
      endReason: one.endReason,
    })),
    adjudication:
      adjudication === null
        ? null
        : {
            outcome: adjudication.outcome,
            level: adjudication.level,
            adjudicator: name(adjudication.readerId),
            reason: adjudication.reason,
          },
    needsReader: opened.nobodySince !== null,
  };
}
