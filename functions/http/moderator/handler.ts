import type { Review } from '../../assessment/model.ts';
import {
  checkCriteria,
  completeReview,
  criteriaView,
  materialView,
  openFrozenFile,
  rememberConflicts,
  schoolView,
} from '../../assessment/reading-room.ts';
import { checkDraft, fitsTarget } from '../../assessment/rules.ts';
import { readAssignment, readDraft, saveDraft } from '../../assessment/store.ts';
import { texts as assessmentTexts } from '../../assessment/texts.ts';
import type { Reading } from '../../moderation/model.ts';
import { adjudicate, refuse, returnReading, reviewsOfCase } from '../../moderation/readings.ts';
import { findCase, readingKeys, readingsOfPerson, readReading } from '../../moderation/store.ts';
import { texts } from '../../moderation/texts.ts';
import { findPerson } from '../../people/store.ts';
import type { Round } from '../../programme/model.ts';
import { readRound } from '../../programme/store.ts';
import type { Registration } from '../../registration/model.ts';
import { readRegistration } from '../../registration/store.ts';
import type { Identity } from '../../shared/access/identity.ts';
import { audienceHandler } from '../../shared/http/audience-handler.ts';
import { NotFoundError, RefusedError } from '../../shared/runtime/errors.ts';
import { inParallel } from '../../shared/runtime/in-parallel.ts';
import type { Actor } from '../../shared/table/change.ts';
import { moderatorContract } from './contract.ts';

const actorOf = ({ personId }: Identity): Actor => ({ kind: 'person', id: personId });

/** The reading with its round and registration, if it is this moderator's; somebody else's is not found. */
async function own(readingId: string, identity: Identity) {
  const reading = await readReading(readingId);
  if (reading.readerId !== identity.personId) throw new NotFoundError(`reading ${readingId}`);
  const [round, registration] = await Promise.all([
    readRound(reading.roundId),
    readRegistration(reading.registrationId),
  ]);
  return { reading, round, registration };
}

/** The same, while it is open to its moderator. */
async function open(readingId: string, identity: Identity) {
  const found = await own(readingId, identity);
  if (found.reading.status !== 'OPEN') throw new RefusedError('reading-ended');
  return found;
}

/** The frozen version that the first reader read: both judge the same. */
async function versionOf(registrationId: string): Promise<number> {
  const moderationCase = await findCase(registrationId);
  if (moderationCase === undefined) throw new NotFoundError(`case ${registrationId}`);
  return (await readAssignment(moderationCase.first.assignmentId)).submissionVersion;
}

function summary(reading: Reading, round: Round, registration: Registration) {
  return {
    readingId: reading.readingId,
    registrationId: reading.registrationId,
    roundId: reading.roundId,
    roundLabel: round.label,
    kind: reading.kind,
    status: reading.status,
    school: schoolView(registration),
    targetLevel: registration.targetLevel,
    language: registration.language,
    offeredAt: reading.offeredAt,
    dueOn: reading.dueOn,
    endedAt: reading.endedAt,
  };
}

/** A review beside another: without its reader's name, so that the adjudicator weighs words and not persons. */
const compared = (reader: 'FIRST' | 'SECOND', review: Review) => ({
  reader,
  judgements: review.judgements,
  feedback: review.feedback,
  notes: review.notes,
  recommendation: review.recommendation,
  inconsistencyReason: review.inconsistencyReason,
});

async function bothReviews(registrationId: string) {
  const reviews = await reviewsOfCase(registrationId);
  if (reviews === undefined) return [];
  const { first, second } = reviews;
  return [compared('FIRST', first), ...(second === undefined ? [] : [compared('SECOND', second)])];
}

/** The moderator's readings. A second reading answers nothing of the first; an adjudication shows both. */
export const handler = audienceHandler(
  moderatorContract,
  {
    listReadings: async (_input, { identity }) => {
      const readings = await inParallel(await readingsOfPerson(identity.personId), 6, async (reading) => {
        const [round, registration] = await Promise.all([
          readRound(reading.roundId),
          readRegistration(reading.registrationId),
        ]);
        return summary(reading, round, registration);
      });
      const isOpen = ({ status }: { status: string }): number => (status === 'OPEN' ? 0 : 1);
      return {
        readings: readings.sort((a, b) => isOpen(a) - isOpen(b) || a.dueOn.localeCompare(b.dueOn)),
      };
    },
    readReading: async ({ params }, { identity }) => {
      const { reading, round, registration } = await own(params.readingId, identity);
      const isOpen = reading.status === 'OPEN';
      const reads = isOpen && reading.kind === 'SECOND_READING';
      const draft = reads ? await readDraft(readingKeys(params.readingId).draft) : null;
      return {
        ...summary(reading, round, registration),
        open: isOpen,
        criteria: isOpen ? criteriaView(round, registration.targetLevel) : null,
        material: isOpen
          ? await materialView(reading.registrationId, await versionOf(reading.registrationId), round)
          : null,
        draft,
        check: draft === null ? null : checkDraft(round, registration.targetLevel, draft),
        reviews: isOpen && reading.kind === 'ADJUDICATION' ? await bothReviews(reading.registrationId) : null,
      };
    },
    openDocument: async ({ params }, { identity, now }) => {
      const { reading } = await open(params.readingId, identity);
      return openFrozenFile(
        reading.registrationId,
        await versionOf(reading.registrationId),
        params.documentId,
        { personId: identity.personId, as: 'moderator' },
        now,
      );
    },
    refuseReading: async ({ params, body }, { identity, now }) => {
      const { registration } = await own(params.readingId, identity);
      const { status } = await refuse(params.readingId, body, actorOf(identity), now);
      const person = await findPerson(identity.personId);
      if (body.code === 'CONFLICT' && person?.assessor !== undefined && person.assessor !== null) {
        const conflict = { schoolId: registration.schoolId, reason: body.reason };
        await rememberConflicts(identity.personId, [conflict], undefined, now);
      }
      return { status };
    },
    saveDraft: async ({ params, body }, { identity, now }) => {
      const { reading, round, registration } = await open(params.readingId, identity);
      if (reading.kind !== 'SECOND_READING') throw new RefusedError('wrong-kind');
      checkCriteria(round, registration.targetLevel, body);
      await saveDraft(readingKeys(params.readingId).draft, body, now);
      return { savedAt: now.toISOString(), check: checkDraft(round, registration.targetLevel, body) };
    },
    returnReading: async ({ params, body }, { identity, now }) => {
      const found = await own(params.readingId, identity);
      if (found.reading.status === 'RETURNED') return { status: found.reading.status };
      const { reading, round, registration } = await open(params.readingId, identity);
      if (reading.kind !== 'SECOND_READING') throw new RefusedError('wrong-kind');
      const review = completeReview(
        round,
        registration.targetLevel,
        await readDraft(readingKeys(params.readingId).draft),
        {
          readerId: identity.personId,
          registrationId: reading.registrationId,
          version: await versionOf(reading.registrationId),
        },
        body.inconsistencyReason,
        now,
      );
      const { status } = await returnReading(params.readingId, review, actorOf(identity), now);
      return { status };
    },
    adjudicate: async ({ params, body }, { identity, now }) => {
      const found = await own(params.readingId, identity);
      if (found.reading.kind !== 'ADJUDICATION') throw new RefusedError('wrong-kind');
      if (found.reading.status === 'RETURNED') return { status: found.reading.status };
      const { outcome, level, reason } = body;
      if (!fitsTarget({ outcome, level }, found.registration.targetLevel)) {
        throw new RefusedError('level-does-not-fit', { field: 'level' });
      }
      const reviews = await reviewsOfCase(found.reading.registrationId);
      const feedback =
        typeof body.feedback === 'object'
          ? body.feedback.text
          : body.feedback === 'SECOND'
            ? reviews?.second?.feedback
            : reviews?.first.feedback;
      const { status } = await adjudicate(
        params.readingId,
        { outcome, level, reason, feedback: feedback ?? '' },
        actorOf(identity),
        now,
      );
      return { status };
    },
  },
  [texts, assessmentTexts],
);
