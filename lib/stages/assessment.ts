import { assessorContract } from '../../functions/http/assessor/contract.ts';
import type { StageDefinition } from './types.ts';

/** From the frozen submissions of a round to their returned reviews. */
export const assessmentStage: StageDefinition = {
  stage: 'assessment',
  functions: {
    'plan-allocation': {
      description: "Decides the next step of a round's allocation",
      grants: { table: ['Query', 'UpdateItem'] },
      timeoutSeconds: 50,
    },
    'solve-allocation': {
      description: 'Solves who assesses which submission, in proven stages',
      grants: { table: ['BatchGetItem', 'Query', 'PutItem'] },
      timeoutSeconds: 300,
      memoryMb: 2048,
      large: true,
    },
    'offer-assignments': {
      description: 'Makes the assignments of one page of a solve, lists what it could not place',
      grants: { table: ['BatchGetItem', 'PutItem', 'UpdateItem'] },
      timeoutSeconds: 120,
    },
    'write-to-assessors': {
      description: 'Writes to each assessor once for all that a solve offers them',
      grants: { table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem'], mail: true },
      timeoutSeconds: 300,
    },
    'end-allocation': {
      description: "Ends a round's allocation unless more was asked for meanwhile",
      grants: { table: ['BatchGetItem', 'UpdateItem'] },
    },
    'plan-assessment': {
      description: "Decides the next step of an assessor's assignment",
      grants: { table: ['BatchGetItem', 'Query', 'UpdateItem'] },
    },
    'remind-assessor': {
      description: 'Reminds an assessor of a review that is due or late',
      grants: { table: ['BatchGetItem', 'PutItem', 'UpdateItem'], mail: true },
    },
    'expire-assignment': {
      description: 'Ends an assignment that was not answered or not returned in time',
      grants: { table: ['BatchGetItem', 'PutItem', 'UpdateItem'], mail: true },
    },
    'escalate-assessment': {
      description: 'Puts an overdue assessment before the admins',
      grants: { table: ['BatchGetItem', 'PutItem'] },
    },
    'close-for-school': {
      description: 'Ends the assignment of a school that has left the round',
      grants: { table: ['BatchGetItem', 'PutItem', 'UpdateItem'], mail: true },
    },
    'ask-reallocation': {
      description: 'Has the submission of an ended assignment allocated again',
      grants: { table: ['BatchGetItem', 'PutItem', 'UpdateItem'] },
    },
    'end-assessment': {
      description: "Says how an assignment's machine ended",
      grants: { table: ['UpdateItem'] },
    },
    'wake-assessment': {
      description: 'Wakes the assignment of a school that left or whose own deadline was moved',
      grants: { table: ['BatchGetItem', 'UpdateItem'], answersTasks: true },
      onEvents: ['RegistrationWithdrawn', 'RegistrationDeadlineMoved'],
    },
    'assessor-api': {
      description: "The assessor's pages: conflicts, offers, reading, judging, returning",
      grants: {
        table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
        buckets: { submissions: { actions: ['GetObject'], prefix: 'frozen/' } },
      },
      http: { audience: 'assessor', contract: assessorContract },
    },
  },
  workflows: {
    allocation: {
      name: 'allocation',
      startedBy: ['AllocationRequested'],
      invokes: [
        'plan-allocation',
        'solve-allocation',
        'offer-assignments',
        'write-to-assessors',
        'end-allocation',
      ],
      impact: 'Submissions of a round have no assessor.',
    },
    assessment: {
      name: 'assessment',
      startedBy: ['AssignmentOffered'],
      invokes: [
        'plan-assessment',
        'remind-assessor',
        'expire-assignment',
        'escalate-assessment',
        'close-for-school',
        'ask-reallocation',
        'end-assessment',
      ],
      impact: 'An assessor is not reminded, or a submission does not reach another assessor.',
    },
  },
};
