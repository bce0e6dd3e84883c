import { requestAllocation } from '../../assessment/allocation/request.ts';
import { end } from '../../assessment/assignments.ts';
import { writeToAssessor } from '../../assessment/mail.ts';
import { readingStatuses } from '../../assessment/model.ts';
import { schoolView } from '../../assessment/reading-room.ts';
import { conflictOf, dueOn } from '../../assessment/rules.ts';
import {
  listAllocationPages,
  listAllocations,
  listAssignments,
  readAssignment,
  readPlaces,
} from '../../assessment/store.ts';
import { texts as assessmentTexts } from '../../assessment/texts.ts';
import { holdResult, liftHold } from '../../awards/holds.ts';
import { findHold } from '../../awards/store.ts';
import { texts as awardTexts } from '../../awards/texts.ts';
import { give, involvedIn } from '../../moderation/cases.ts';
import { confirm } from '../../moderation/decide.ts';
import { writeToReader } from '../../moderation/mail.ts';
import { closeMeeting, openMeeting, postpone, sittingOf } from '../../moderation/meetings.ts';
import { minutesCsv, minutesOf } from '../../moderation/minutes.ts';
import type { ModerationCase, ProposedOutcome, Reading, ReadingKind } from '../../moderation/model.ts';
import {
  type Asker,
  caseDetail,
  isJudged,
  meetingView,
  namesOf,
  outcomeSummary,
} from '../../moderation/panel-views.ts';
import { isBlindTo, mayModerate } from '../../moderation/rules.ts';
import {
  findCase,
  findDecision,
  listCases,
  listDrawn,
  listDraws,
  listMeetings,
  listOutcomes,
  listReadings,
  listRoundReadings,
  readMeeting,
} from '../../moderation/store.ts';
import { texts } from '../../moderation/texts.ts';
import { declarePanelConflict, findPerson, listPeople } from '../../people/store.ts';
import { listRounds, readRound } from '../../programme/store.ts';
import type { Registration } from '../../registration/model.ts';
import { listRegistrations, readRegistration } from '../../registration/store.ts';
import type { Identity } from '../../shared/access/identity.ts';
import { audienceHandler } from '../../shared/http/audience-handler.ts';
import { ForbiddenError, NotFoundError, RefusedError } from '../../shared/runtime/errors.ts';
import { inParallel } from '../../shared/runtime/in-parallel.ts';
import type { Actor } from '../../shared/table/change.ts';
import { londonDate } from '../../shared/time/london.ts';
import { panelContract } from './contract.ts';

const actorOf = ({ personId }: Identity): Actor => ({ kind: 'person', id: personId });

async function askerOf({ personId, roles }: Identity): Promise<Asker> {
  const reader = await findPerson(personId);
  if (reader === undefined) throw new NotFoundError(`person ${personId}`);
  return { reader, roles };
}

/** The panel's work, and what an admin does about allocation, moderation and held results. */
export const handler = audienceHandler(
  panelContract,
  {
    listRounds: async () => ({
      rounds: (await listRounds())
        .filter(({ status }) => status !== 'DRAFT')
        .map(({ roundId, label, calendar }) => ({ roundId, label, resultsOn: calendar.results })),
    }),
    listOutcomes: async ({ params }, { identity }) => {
      const [asker, round, registrations, assignments, cases, outcomes] = await Promise.all([
        askerOf(identity),
        readRound(params.roundId),
        listRegistrations(params.roundId),
        listAssignments(params.roundId),
        listCases(params.roundId),
        listOutcomes(params.roundId),
      ]);
      const returned = new Set(
        assignments.filter(({ status }) => status === 'RETURNED').map(({ registrationId }) => registrationId),
      );
      const withCase = new Set(cases.map(({ registrationId }) => registrationId));
      const proposed = new Map(outcomes.map((one) => [one.registrationId, one]));
      const shown = registrations.filter(({ status }) => isJudged(status));
      const rowOf = async (registration: Registration) => {
        const { registrationId } = registration;
        const isDecided = proposed.get(registrationId)?.status === 'CONFIRMED';
        const isProposed = proposed.has(registrationId);
        const [decided, hold] = await Promise.all([
          isDecided ? findDecision(registrationId) : undefined,
          isProposed ? findHold(registrationId) : undefined,
        ]);
        return outcomeSummary(
          asker,
          registration,
          proposed.get(registrationId),
          returned.has(registrationId),
          withCase.has(registrationId),
          decided,
          hold?.status === 'HELD',
        );
      };
      // All at once: reads of one turn travel together.
      const rows = await Promise.all(shown.map(rowOf));
      return {
        roundId: round.roundId,
        label: round.label,
        resultsOn: round.calendar.results,
        outcomes: rows.sort((a, b) => a.school.name.localeCompare(b.school.name, 'en-GB')),
      };
    },
    readCase: async ({ params }, { identity }) => {
      const [asker, registration] = await Promise.all([
        askerOf(identity),
        readRegistration(params.registrationId),
      ]);
      if (conflictOf(asker.reader, registration) !== undefined)
        throw new ForbiddenError('a case with a conflict');
      const [round, assignments] = await Promise.all([
        readRound(registration.roundId),
        listAssignments(registration.roundId),
      ]);
      return caseDetail(asker, round, registration, assignments);
    },
    confirmOutcomes: async ({ params, body }, { identity, language, now }) => {
      const { roundId } = params;
      const [{ reader }] = await Promise.all([askerOf(identity), readRound(roundId)]);
      const sitting = await sittingOf(roundId, body.meeting, reader.personId, now);
      const confirmed: string[] = [];
      const refused: { registrationId: string; code: string; message: string }[] = [];
      await inParallel(body.decisions, 5, async ({ registrationId, ...asked }) => {
        try {
          const registration = await readRegistration(registrationId);
          if (registration.roundId !== params.roundId) throw new RefusedError('wrong-round');
          await confirm(reader, registration, asked, sitting, now);
          confirmed.push(registrationId);
        } catch (error) {
          const code =
            error instanceof NotFoundError
              ? 'wrong-round'
              : error instanceof RefusedError
                ? error.code
                : undefined;
          if (code === undefined) throw error;
          refused.push({ registrationId, code, message: texts.text(language, `refusals.${code}`) });
        }
      });
      const postponed = refused.flatMap((one) => (one.code === 'no-quorum' ? [one.registrationId] : []));
      await postpone(roundId, body.meeting, postponed, actorOf(identity), now);
      return { confirmed, refused };
    },
    listMeetings: async ({ params }, { now }) => {
      const [round, meetings, panel] = await Promise.all([
        readRound(params.roundId),
        listMeetings(params.roundId),
        listPeople('panel'),
      ]);
      const name = await namesOf([...new Set(meetings.flatMap(({ present }) => present))]);
      return {
        quorum: round.policies.panel.quorum,
        members: panel
          .map(({ personId, name }) => ({ personId, name }))
          .sort((a, b) => a.name.localeCompare(b.name, 'en-GB')),
        meetings: meetings.map((one) => meetingView(one, name, now)).reverse(),
      };
    },
    openMeeting: async ({ params, body }, { identity, now }) => {
      const round = await readRound(params.roundId);
      const { number } = await openMeeting(round, body.present, identity.personId, now);
      return { meeting: number };
    },
    closeMeeting: async ({ params, body }, { identity, now }) => {
      const { roundId, meeting } = params;
      const { present } = await readMeeting(roundId, meeting);
      if (!present.includes(identity.personId)) throw new RefusedError('not-present');
      await closeMeeting(roundId, meeting, body.note || null, actorOf(identity), now);
      return { meeting };
    },
    readMinutes: async ({ params }, { identity, language, now }) => {
      const { roundId, meeting: number } = params;
      const [{ reader }, round] = await Promise.all([askerOf(identity), readRound(roundId)]);
      const minutes = await minutesOf(roundId, number, reader);
      const name = await namesOf(minutes.meeting.present);
      return {
        ...minutes,
        label: round.label,
        meeting: meetingView(minutes.meeting, name, now),
        note: minutes.meeting.note,
        csv: {
          fileName: `psqm-minutes-${roundId}-${number}.csv`,
          text: minutesCsv(minutes, language),
        },
      };
    },
    holdResult: async ({ params, body }, { identity, now }) => {
      const registration = await caseWithoutConflict(params.registrationId, identity);
      await holdResult(registration, body.reason, actorOf(identity), now);
      return { held: true };
    },
    liftHold: async ({ params, body }, { identity, now }) => {
      const registration = await caseWithoutConflict(params.registrationId, identity);
      await liftHold(registration, body.reason, actorOf(identity), now);
      return { held: false };
    },
    declareConflict: async ({ params, body }, { identity, now }) => {
      const { schoolId } = await readRegistration(params.registrationId);
      await declarePanelConflict(identity.personId, { schoolId, reason: body.reason }, now);
      return { declared: true };
    },
    nameReader: async ({ params, body }, { identity, now }) => {
      const { registrationId } = params;
      const [registration, opened, readings, person] = await Promise.all([
        readRegistration(registrationId),
        findCase(registrationId),
        listReadings(registrationId),
        findPerson(body.personId),
      ]);
      if (opened === undefined || (opened.status !== 'READING' && opened.status !== 'ADJUDICATION')) {
        throw new RefusedError('no-reader-wanted');
      }
      const kind: ReadingKind = opened.status === 'READING' ? 'SECOND_READING' : 'ADJUDICATION';
      if (readings.some((one) => one.kind === kind && (one.status === 'OPEN' || one.status === 'RETURNED'))) {
        throw new RefusedError('no-reader-wanted');
      }
      const isModerator = person?.roles.includes('moderator') === true;
      if (
        person === undefined ||
        !isModerator ||
        !mayModerate(person, registration, involvedIn(opened, readings))
      ) {
        throw new RefusedError('reader-not-allowed', { field: 'personId' });
      }
      const reading = await give(
        registration,
        await readRound(registration.roundId),
        kind,
        person.personId,
        readings.length + 1,
        actorOf(identity),
        body.reason,
        now,
      );
      await writeToReader(reading, 'reading', `reading-${reading.readingId}`, now);
      return { readingId: reading.readingId, kind };
    },
    readAllocation: async ({ params }, { now }) => {
      const { roundId } = params;
      const [round, registrations, solves, pages, assignments, places] = await Promise.all([
        readRound(roundId),
        listRegistrations(roundId),
        listAllocations(roundId),
        listAllocationPages(roundId),
        listAssignments(roundId),
        readPlaces(roundId),
      ]);
      const registrationOf = new Map(registrations.map((one) => [one.registrationId, one]));
      const short = new Set(
        solves.flatMap(({ shortage }) => [
          ...(shortage?.shortages.flatMap(({ assessors }) => assessors) ?? []),
          ...(shortage?.change ? [shortage.change.assessor] : []),
        ]),
      );
      const name = await namesOf([...assignments.map(({ assessorId }) => assessorId), ...short]);
      return {
        people: [...short].map(name),
        attempts: solves.map((solve) => ({
          attempt: solve.attempt,
          pass: solve.pass,
          at: solve.at,
          seconds: solve.seconds,
          assessors: solve.assessors,
          submissions: solve.submissions,
          stages: solve.stages,
          placed: solve.placed,
          shortage: solve.shortage,
          unplaced: pages
            .filter((page) => page.attempt === solve.attempt && page.pass === solve.pass)
            .flatMap(({ unplaced }) => unplaced),
        })),
        assignments: assignments.map((one) => {
          const registration = registrationOf.get(one.registrationId);
          const due =
            one.acceptedAt === null || registration === undefined
              ? null
              : dueOn(round, registration, one.acceptedAt);
          return {
            assignmentId: one.assignmentId,
            registrationId: one.registrationId,
            reference: registration?.reference ?? null,
            school: registration === undefined ? null : schoolView(registration),
            assessor: name(one.assessorId),
            status: one.status,
            allocationAttempt: one.allocationAttempt,
            offeredAt: one.offeredAt,
            returnedAt: one.returnedAt,
            dueOn: due,
            late: due !== null && readingStatuses.includes(one.status) && londonDate(now) > due,
            endReason: one.ended?.reason ?? null,
            explanation: one.explanation,
          };
        }),
        unplaced: [...places.values()].flatMap(({ registrationId, unplaced }) => {
          const registration = registrationOf.get(registrationId);
          return unplaced === undefined || registration === undefined
            ? []
            : [{ ...unplaced, reference: registration.reference, school: schoolView(registration) }];
        }),
      };
    },
    requestAllocation: async ({ params, body }, { identity, now }) => ({
      attempt: await requestAllocation(params.roundId, actorOf(identity), body.reason, now, { force: true }),
    }),
    reassign: async ({ params, body }, { identity, now }) => {
      const because = { code: 'ADMIN', reason: body.reason };
      const { status } = await end(params.assignmentId, 'REASSIGNED', because, actorOf(identity), now);
      await writeToAssessor(await readAssignment(params.assignmentId), 'reassigned', 'reassigned', {}, now);
      return { status };
    },
    readModeration: async ({ params }, { identity }) => {
      const { roundId } = params;
      const [, draws, drawn, cases, readings, outcomes] = await Promise.all([
        readRound(roundId),
        listDraws(roundId),
        listDrawn(roundId),
        listCases(roundId),
        listRoundReadings(roundId),
        listOutcomes(roundId),
      ]);
      const proposed = new Map(outcomes.map((one) => [one.registrationId, one]));
      const caseOf = new Map(cases.map((one) => [one.registrationId, one]));
      const readingsOf = Map.groupBy(readings, ({ registrationId }) => registrationId);
      // Why a review was drawn tells what it recommends: not for whoever is to read it blind.
      const toldTo = <T>(registrationId: string, reasons: T[]): T[] =>
        isBlindTo(
          identity,
          caseOf.get(registrationId),
          readingsOf.get(registrationId) ?? [],
          proposed.get(registrationId),
        )
          ? []
          : reasons;
      return {
        draws: draws.map(({ attempt, at, seed, cohort }) => ({
          attempt,
          at,
          seed,
          cohort,
          selected: drawn
            .filter((one) => one.attempt === attempt && one.reasons.length > 0)
            .map(({ registrationId, reasons }) => ({
              registrationId,
              reasons: toldTo(registrationId, reasons),
            })),
        })),
        cases: cases.map((one) => {
          const open = readings.find(
            ({ registrationId, status }) => registrationId === one.registrationId && status === 'OPEN',
          );
          const outcome = proposed.get(one.registrationId);
          return {
            registrationId: one.registrationId,
            status: one.status,
            reasons: toldTo(one.registrationId, one.reasons),
            dueOn: open?.dueOn ?? (outcome?.status === 'PROPOSED' ? outcome.confirmBy : null),
            waitingFor: waitingFor(one, open, outcome?.status),
            agreed: one.second === null ? null : one.adjudication === null && one.status !== 'ADJUDICATION',
          };
        }),
      };
    },
  },
  [texts, assessmentTexts, awardTexts],
);

async function caseWithoutConflict(registrationId: string, identity: Identity) {
  const [{ reader }, registration] = await Promise.all([askerOf(identity), readRegistration(registrationId)]);
  if (conflictOf(reader, registration) !== undefined) throw new ForbiddenError('a case with a conflict');
  return registration;
}

function waitingFor(
  one: ModerationCase,
  open: Reading | undefined,
  outcome: ProposedOutcome['status'] | undefined,
) {
  if (outcome === 'PROPOSED') return 'PANEL' as const;
  if (outcome !== undefined || one.status === 'CLOSED') return 'NOBODY' as const;
  if (one.nobodySince !== null) return 'ADMIN' as const;
  if (open?.kind === 'ADJUDICATION' || one.status === 'ADJUDICATION') return 'ADJUDICATOR' as const;
  return 'SECOND_READER' as const;
}
