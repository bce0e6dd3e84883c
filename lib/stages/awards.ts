import { appealsContract } from '../../functions/http/appeals/contract.ts';
import { awardsContract } from '../../functions/http/awards/contract.ts';
import type { StageDefinition } from './types.ts';

/** From a confirmed decision to the released result. */
export const awardsStage: StageDefinition = {
  stage: 'awards',
  functions: {
    'plan-award': {
      description: 'Decides the next step of a confirmed decision',
      grants: { table: ['BatchGetItem', 'Query', 'UpdateItem'] },
    },
    'escalate-award': {
      description: 'Asks those who can remove what holds a result up',
      grants: { table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem'], mail: true },
    },
    'prepare-certificate': {
      description: 'Makes the certificate of a decision: number and PDF, not yet public',
      grants: {
        table: ['BatchGetItem', 'PutItem'],
        buckets: { documents: { actions: ['PutObject'], prefix: 'certificates/' } },
      },
      timeoutSeconds: 60,
      memoryMb: 1024,
      large: true,
    },
    'release-result': {
      description: 'Releases a result in one moment: status, register entry, events',
      grants: { table: ['BatchGetItem', 'Query', 'PutItem'] },
    },
    'send-letters': {
      description: 'Writes a released result to head and subject leaders',
      grants: {
        table: ['BatchGetItem', 'PutItem', 'UpdateItem'],
        buckets: { documents: { actions: ['GetObject'], prefix: 'certificates/' } },
        mail: true,
      },
      timeoutSeconds: 120,
    },
    'plan-appeal': {
      description: 'Decides the next step of an appeal',
      grants: { table: ['BatchGetItem', 'Query', 'UpdateItem'] },
    },
    'write-about-appeal': {
      description: 'Writes to a school about its appeal',
      grants: { table: ['BatchGetItem', 'PutItem', 'UpdateItem'], mail: true },
    },
    'escalate-appeal': {
      description: 'Tells panel and admins of an overdue appeal',
      grants: { table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem'], mail: true },
    },
    'end-appeal': {
      description: 'Says how the machine of an appeal ended',
      grants: { table: ['UpdateItem'] },
    },
    'end-award': {
      description: 'Says how the machine of a decision ended',
      grants: { table: ['UpdateItem'] },
    },
    'appeals-api': {
      description: 'Appeals: lodged by schools, decided by members of the panel without a part in the case',
      grants: { table: ['BatchGetItem', 'Query', 'PutItem', 'DeleteItem'] },
      http: { audience: 'appeals', contract: appealsContract },
    },
    'awards-api': {
      description: 'The public register of awards and the verification of certificates',
      grants: { table: ['BatchGetItem', 'Query'] },
      http: { audience: 'awards', contract: awardsContract },
    },
  },
  workflows: {
    award: {
      name: 'award',
      startedBy: ['DecisionConfirmed'],
      invokes: [
        'plan-award',
        'escalate-award',
        'prepare-certificate',
        'release-result',
        'send-letters',
        'end-award',
      ],
      impact: "A school's decided result is not released.",
    },
    appeal: {
      name: 'appeal',
      startedBy: ['AppealLodged'],
      invokes: ['plan-appeal', 'write-about-appeal', 'escalate-appeal', 'end-appeal'],
      impact: "A school's appeal is not answered.",
    },
  },
};
