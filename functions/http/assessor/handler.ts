import { accept, beginReading, end, returnReview } from '../../assessment/assignments.ts';
import { type Assignment, readingStatuses } from '../../assessment/model.ts';
import {
  checkCriteria,
  completeReview,
  criteriaView,
  materialView,
  openFrozenFile,
  rememberConflicts,
  schoolView,
} from '../../assessment/reading-room.ts';
import { checkDraft, dueOn } from '../../assessment/rules.ts';
import {
  assignmentsOfPerson,
  draftKey,
  readAssignment,
  readDraft,
  saveDraft,
} from '../../assessment/store.ts';
import { texts } from '../../assessment/texts.ts';
import { findPerson } from '../../people/store.ts';
import type { Round } from '../../programme/model.ts';
import { listHubs, listRounds, readRound } from '../../programme/store.ts';
import { activeStatuses, type Registration } from '../../registration/model.ts';
import { listRegistrations, readRegistration } from '../../registration/store.ts';
import type { Identity } from '../../shared/access/identity.ts';
import { audienceHandler } from '../../shared/http/audience-handler.ts';
import { NotFoundError, RefusedError } from '../../shared/runtime/errors.ts';
import { inParallel } from '../../shared/runtime/in-parallel.ts';
import type { Actor, Stored } from '../../shared/table/change.ts';
import { listVersions } from '../../submissions/store.ts';
import { assessorContract } from './contract.ts';

const actorOf = ({ personId }: Identity): Actor => ({ kind: 'person', id: personId });

/** The assignment, if it is this assessor's; somebody else's is not found. */
async function ownAssignment(assignmentId: string, identity: Identity): Promise<Stored<Assignment>> {
  const assignment = await readAssignment(assignmentId);
  if (assignment.assessorId !== identity.personId) throw new NotFoundError(`assignment ${assignmentId}`);
  return assignment;
}

/** The assignment while its documents and draft are open to its assessor: accepted, not returned, not given away. */
async function openAssignment(assignmentId: string, identity: Identity): Promise<Stored<Assignment>> {
  const assignment = await ownAssignment(assignmentId, identity);
  if (!readingStatuses.includes(assignment.status)) throw new RefusedError('not-open');
  return assignment;
}

async function summary(assignment: Assignment, round: Round, registration: Registration) {
  const versions = await listVersions(assignment.registrationId);
  const files = versions.find(({ number }) => number === assignment.submissionVersion)?.files ?? [];
  return {
    assignmentId: assignment.assignmentId,
    roundId: assignment.roundId,
    roundLabel: round.label,
    status: assignment.status,
    school: schoolView(registration),
    targetLevel: assignment.level,
    language: assignment.language,
    files: files.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    offeredAt: assignment.offeredAt,
    answerBy: assignment.answerBy,
    dueOn: assignment.acceptedAt === null ? null : dueOn(round, registration, assignment.acceptedAt),
    returnedAt: assignment.returnedAt,
    explanation: assignment.explanation,
  };
}

/** The assessor's own work. Documents and draft are open from acceptance until the review is returned or given away. */
export const handler = audienceHandler(
  assessorContract,
  {
    readProfile: async (_input, { identity }) => {
      const [person, hubs, rounds] = await Promise.all([
        findPerson(identity.personId),
        listHubs(),
        listRounds(),
      ]);
      if (person?.assessor === undefined || person.assessor === null) throw new NotFoundError('profile');
      const { assessor } = person;
      const own = new Set([...person.hubIds, ...assessor.hubIds]);
      return {
        name: person.name,
        employer: assessor.employer,
        hubs: hubs.filter(({ hubId }) => own.has(hubId)).map(({ hubId, name }) => ({ hubId, name })),
        levels: assessor.levels,
        languages: assessor.languages,
        capacity: assessor.capacity,
        isNew: assessor.isNew,
        conflicts: assessor.conflicts,
        rounds: rounds
          .filter(({ status, resultsReleasedAt }) => status !== 'DRAFT' && resultsReleasedAt === null)
          .map(({ roundId, label, calendar }) => ({
            roundId,
            label,
            allocationOn: calendar.allocation,
            declared: assessor.conflictsDeclaredFor.includes(roundId),
          })),
      };
    },
    listRoundSchools: async ({ params }, { identity }) => {
      const [person, registrations] = await Promise.all([
        findPerson(identity.personId),
        listRegistrations(params.roundId),
        readRound(params.roundId),
      ]);
      const own = new Set([...(person?.hubIds ?? []), ...(person?.assessor?.hubIds ?? [])]);
      return {
        schools: registrations
          .filter(({ status }) => activeStatuses.includes(status))
          .map(({ schoolId, school, hubId }) => ({
            schoolId,
            ...schoolView({ school }),
            ownHub: hubId !== null && own.has(hubId),
          }))
          .sort((a, b) => a.name.localeCompare(b.name, 'en-GB')),
      };
    },
    declareConflicts: async ({ params, body }, { identity, now }) => {
      const round = await readRound(params.roundId);
      if (round.resultsReleasedAt !== null) throw new RefusedError('declaration-closed');
      await rememberConflicts(identity.personId, body.conflicts, params.roundId, now);
      return { declared: true as const, conflicts: body.conflicts.length };
    },
    listAssignments: async (_input, { identity }) => {
      const own = await assignmentsOfPerson(identity.personId);
      const assignments = await inParallel(own, 6, async (assignment) => {
        const [round, registration] = await Promise.all([
          readRound(assignment.roundId),
          readRegistration(assignment.registrationId),
        ]);
        return summary(assignment, round, registration);
      });
      return { assignments: assignments.sort((a, b) => b.offeredAt.localeCompare(a.offeredAt)) };
    },
    readAssignment: async ({ params }, { identity }) => {
      const assignment = await ownAssignment(params.assignmentId, identity);
      const [round, registration] = await Promise.all([
        readRound(assignment.roundId),
        readRegistration(assignment.registrationId),
      ]);
      const open = readingStatuses.includes(assignment.status);
      const draft = open ? await readDraft(draftKey(params.assignmentId)) : null;
      return {
        ...(await summary(assignment, round, registration)),
        open,
        accreditation: registration.accreditation,
        pupilsOnRoll: registration.school.pupilsOnRoll,
        criteria: open ? criteriaView(round, assignment.level) : null,
        material: open
          ? await materialView(assignment.registrationId, assignment.submissionVersion, round)
          : null,
        draft,
        check: draft === null ? null : checkDraft(round, assignment.level, draft),
      };
    },
    acceptAssignment: async ({ params }, { identity, now }) => {
      await ownAssignment(params.assignmentId, identity);
      const accepted = await accept(params.assignmentId, actorOf(identity), now);
      const [round, registration] = await Promise.all([
        readRound(accepted.roundId),
        readRegistration(accepted.registrationId),
      ]);
      return {
        status: accepted.status,
        dueOn: dueOn(round, registration, accepted.acceptedAt ?? accepted.offeredAt),
      };
    },
    declineAssignment: async ({ params, body }, { identity, now }) => {
      const { schoolId } = await ownAssignment(params.assignmentId, identity);
      const { status } = await end(params.assignmentId, 'DECLINED', body, actorOf(identity), now);
      if (body.code === 'CONFLICT') await remember(identity, schoolId, body.reason, now);
      return { status };
    },
    withdrawAssignment: async ({ params, body }, { identity, now }) => {
      const { schoolId } = await ownAssignment(params.assignmentId, identity);
      const { status } = await end(params.assignmentId, 'WITHDRAWN', body, actorOf(identity), now);
      if (body.code === 'CONFLICT') await remember(identity, schoolId, body.reason, now);
      return { status };
    },
    openDocument: async ({ params }, { identity, now }) => {
      const assignment = await openAssignment(params.assignmentId, identity);
      await beginReading(params.assignmentId, actorOf(identity), now);
      return openFrozenFile(
        assignment.registrationId,
        assignment.submissionVersion,
        params.documentId,
        { personId: identity.personId, as: 'assessor' },
        now,
      );
    },
    saveDraft: async ({ params, body }, { identity, now }) => {
      const assignment = await openAssignment(params.assignmentId, identity);
      const round = await readRound(assignment.roundId);
      checkCriteria(round, assignment.level, body);
      await beginReading(params.assignmentId, actorOf(identity), now);
      await saveDraft(draftKey(params.assignmentId), body, now);
      return { savedAt: now.toISOString(), check: checkDraft(round, assignment.level, body) };
    },
    returnReview: async ({ params, body }, { identity, now }) => {
      const own = await ownAssignment(params.assignmentId, identity);
      if (own.status === 'RETURNED' && own.returnedAt !== null) {
        return { status: own.status, returnedAt: own.returnedAt };
      }
      const assignment = await openAssignment(params.assignmentId, identity);
      const [round, draft] = await Promise.all([
        readRound(assignment.roundId),
        readDraft(draftKey(params.assignmentId)),
      ]);
      const review = completeReview(
        round,
        assignment.level,
        draft,
        {
          readerId: identity.personId,
          registrationId: assignment.registrationId,
          version: assignment.submissionVersion,
        },
        body.inconsistencyReason,
        now,
      );
      const { status } = await returnReview(params.assignmentId, review, actorOf(identity), now);
      return { status, returnedAt: review.returnedAt };
    },
  },
  [texts],
);

function remember(identity: Identity, schoolId: string, reason: string, now: Date): Promise<void> {
  return rememberConflicts(identity.personId, [{ schoolId, reason }], undefined, now);
}
