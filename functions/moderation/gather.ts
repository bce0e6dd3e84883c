import type { Assignment } from '../assessment/model.ts';
import { criteriaOf } from '../assessment/rules.ts';
import { findReview, listAssignments } from '../assessment/store.ts';
import { listPeople } from '../people/store.ts';
import type { Round } from '../programme/model.ts';
import type { Registration } from '../registration/model.ts';
import { listRegistrations } from '../registration/store.ts';
import type { ReturnedReview } from './select.ts';
import { listDrawn } from './store.ts';

export interface GatheredReview extends ReturnedReview {
  readonly assignmentId: string;
  readonly registration: Registration;
}

/** Registrations whose review was returned and that no draw has decided: `<registrationId>`. */
export async function undecided(roundId: string): Promise<string[]> {
  const [assignments, registrations, drawn] = await Promise.all([
    listAssignments(roundId),
    listRegistrations(roundId),
    listDrawn(roundId),
  ]);
  const decided = new Set(drawn.map(({ registrationId }) => registrationId));
  const inAssessment = new Set(
    registrations
      .filter(({ status }) => status === 'IN_ASSESSMENT')
      .map(({ registrationId }) => registrationId),
  );
  return assignments
    .filter(({ status }) => status === 'RETURNED')
    .map(({ registrationId }) => registrationId)
    .filter((registrationId) => inAssessment.has(registrationId) && !decided.has(registrationId));
}

/** Every returned review of the round as the draw looks at it, those that earlier draws decided included. */
export async function gatherReviews(round: Pick<Round, 'roundId' | 'criteria'>): Promise<GatheredReview[]> {
  const { roundId } = round;
  const [assignments, registrations, drawn, assessors] = await Promise.all([
    listAssignments(roundId),
    listRegistrations(roundId),
    listDrawn(roundId),
    listPeople('assessor'),
  ]);
  const decidedOf = new Map(drawn.map((one) => [one.registrationId, one]));
  const registrationOf = new Map(registrations.map((one) => [one.registrationId, one]));
  const isNew = new Set(
    assessors.filter(({ assessor }) => assessor?.isNew === true).map(({ personId }) => personId),
  );
  const returned = assignments.filter(({ status }) => status === 'RETURNED');
  const gather = async (assignment: Assignment): Promise<GatheredReview | undefined> => {
    const registration = registrationOf.get(assignment.registrationId);
    const review = await findReview(assignment.assignmentId);
    const decided = decidedOf.get(assignment.registrationId);
    if (registration === undefined || review === undefined) return undefined;
    if (decided === undefined && registration.status !== 'IN_ASSESSMENT') return undefined;
    return {
      registrationId: assignment.registrationId,
      assignmentId: assignment.assignmentId,
      registration,
      schoolId: assignment.schoolId,
      assessorId: assignment.assessorId,
      assessorIsNew: isNew.has(assignment.assessorId),
      targetLevel: assignment.level,
      recommendation: review.recommendation,
      metShare: review.metShare,
      unmet: Math.round((1 - review.metShare) * criteriaOf(round, assignment.level).length),
      returnedAt: review.returnedAt,
      decided:
        decided === undefined
          ? null
          : { selected: decided.reasons.length > 0, random: decided.reasons.includes('RANDOM') },
    };
  };
  // All at once: reads of one turn travel together.
  const reviews = await Promise.all(returned.map(gather));
  return reviews.filter((one) => one !== undefined);
}
