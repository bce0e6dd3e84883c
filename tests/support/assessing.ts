import type { Assignment, Review, ReviewDraft } from '../../functions/assessment/model.ts';
import { criteriaOf } from '../../functions/assessment/rules.ts';
import type { AssessorProfile, Person } from '../../functions/people/model.ts';
import type { Round } from '../../functions/programme/model.ts';

/** Records of assessment as tests begin with them; invented throughout. */
export function sampleProfile(change: Partial<AssessorProfile> = {}): AssessorProfile {
  return {
    employer: 'Sample University',
    hubIds: [],
    levels: ['PSQM', 'GILT', 'OUTREACH'],
    languages: ['en'],
    capacity: null,
    conflicts: [],
    conflictsDeclaredFor: ['R26-AUTUMN'],
    isNew: false,
    ...change,
  };
}

export function sampleReader(
  personId: string,
  profile: Partial<AssessorProfile> = {},
  change: Partial<Person> = {},
): Person {
  return {
    personId,
    email: `${personId.toLowerCase()}@assessors.example`,
    name: `Sample ${personId}`,
    language: 'en',
    roles: ['assessor'],
    hubIds: [],
    funderIds: [],
    status: 'ACTIVE',
    assessor: sampleProfile(profile),
    ...change,
  };
}

export function sampleAssignment(change: Partial<Assignment> = {}): Assignment {
  return {
    assignmentId: 'REG1.1',
    registrationId: 'REG1',
    roundId: 'R26-AUTUMN',
    schoolId: 'URN-100001',
    assessorId: 'A1',
    allocationAttempt: 1,
    status: 'OFFERED',
    statusSince: '2027-06-21T08:00:00.000Z',
    level: 'GILT',
    language: 'en',
    submissionVersion: 1,
    explanation: {
      eligible: 3,
      barred: { OWN_HUB: 1 },
      load: 2,
      maximumLoad: 2,
      previousAssessor: false,
      sameHub: 1,
    },
    offeredAt: '2027-06-21T08:00:00.000Z',
    answerBy: '2027-06-24T22:59:59.999Z',
    acceptedAt: null,
    returnedAt: null,
    escalatedAt: null,
    ended: null,
    reallocatedAt: null,
    ...change,
  };
}

/** A complete draft for a level: everything met, recommended as awarded. */
export function completeDraft(round: Round, level: 'PSQM' | 'GILT' | 'OUTREACH'): ReviewDraft {
  const best = round.criteria.judgements.find(({ meets }) => meets)!;
  return {
    judgements: criteriaOf(round, level).map(({ id }) => ({
      criterionId: id,
      judgement: best.id,
      strengths: 'Seen in the portfolio.',
      nextSteps: '',
    })),
    feedback: 'The children enquire, and the leadership has impact in the whole school.',
    notes: '',
    recommendation: { outcome: 'AWARDED', level },
  };
}

export function sampleReview(change: Partial<Review> = {}): Review {
  return {
    readerId: 'A1',
    registrationId: 'REG1',
    roundId: 'R26-AUTUMN',
    judgements: [{ criterionId: 'A1', judgement: 'met', strengths: '', nextSteps: '' }],
    feedback: 'The children enquire, and the leadership has impact.',
    notes: '',
    recommendation: { outcome: 'AWARDED', level: 'GILT' },
    inconsistencyReason: null,
    metShare: 1,
    submissionVersion: 1,
    criteriaVersion: 'placeholder-1',
    returnedAt: '2027-07-01T09:00:00.000Z',
    ...change,
  };
}
