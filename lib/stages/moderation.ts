import { moderatorContract } from '../../functions/http/moderator/contract.ts';
import { panelContract } from '../../functions/http/panel/contract.ts';
import { papersContract } from '../../functions/http/panel-papers/contract.ts';
import type { StageDefinition } from './types.ts';

/** From returned reviews to confirmed decisions. */
export const moderationStage: StageDefinition = {
  stage: 'moderation',
  functions: {
    'plan-moderation': {
      description: "Decides the next step of a round's moderation",
      grants: { table: ['Query'] },
      timeoutSeconds: 50,
    },
    'draw-sample': {
      description: 'Draws which reviews are read a second time, from a recorded seed, and by whom',
      grants: { table: ['BatchGetItem', 'Query', 'PutItem'] },
      timeoutSeconds: 300,
      memoryMb: 2048,
      large: true,
    },
    'open-cases': {
      description: 'Opens the cases of one page of a draw, proposes the outcomes of its other reviews',
      grants: { table: ['BatchGetItem', 'PutItem'] },
      timeoutSeconds: 120,
    },
    'write-to-moderators': {
      description: 'Writes to each moderator once for all that a draw gives them',
      grants: { table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem'], mail: true },
      timeoutSeconds: 120,
    },
    'end-moderation': {
      description: "Says how a round's moderation ended",
      grants: { table: ['UpdateItem'] },
    },
    'plan-moderation-case': {
      description: 'Decides the next step of a moderation case',
      grants: { table: ['BatchGetItem', 'Query', 'UpdateItem'] },
    },
    'give-reading': {
      description: 'Gives a case to the least loaded moderator who may read it',
      grants: { table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem'], mail: true },
    },
    'remind-reader': {
      description: 'Reminds a moderator of a reading that is due soon',
      grants: { table: ['BatchGetItem', 'PutItem', 'UpdateItem'], mail: true },
    },
    'expire-reading': {
      description: 'Takes an overdue reading back from its moderator',
      grants: { table: ['BatchGetItem', 'PutItem', 'UpdateItem'], mail: true },
    },
    'compare-readings': {
      description: 'Compares the two readings of a case',
      grants: { table: ['BatchGetItem', 'Query', 'PutItem'] },
    },
    'propose-outcome': {
      description: 'Proposes the outcome of an agreed or adjudicated case to the panel',
      grants: { table: ['BatchGetItem', 'Query', 'PutItem'] },
    },
    'escalate-case': {
      description: 'Asks an admin for a reader, counts what the panel leaves overdue',
      grants: { table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem'], mail: true },
    },
    'close-case': {
      description: 'Closes the case of a school that has left the round',
      grants: { table: ['BatchGetItem', 'Query', 'PutItem'] },
    },
    'close-outcome': {
      description: 'Takes the proposed outcome of a school that left from the panel',
      grants: { table: ['BatchGetItem', 'PutItem'] },
      onEvents: ['RegistrationWithdrawn'],
    },
    'end-case': {
      description: 'Says how the machine of a moderation case ended',
      grants: { table: ['UpdateItem'] },
    },
    'moderator-api': {
      description: "The moderator's pages: second readings, blind to the first, and adjudications",
      grants: {
        table: ['BatchGetItem', 'Query', 'PutItem', 'DeleteItem'],
        buckets: { submissions: { actions: ['GetObject'], prefix: 'frozen/' } },
      },
      http: { audience: 'moderator', contract: moderatorContract },
    },
    'panel-api': {
      description:
        "The panel's pages: proposed outcomes, meetings, decisions, holds; an admin's allocation and readers",
      grants: {
        table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'ConditionCheckItem'],
        mail: true,
      },
      http: { audience: 'panel', contract: panelContract },
      memoryMb: 1024,
    },
    'panel-papers-api': {
      description: 'Minutes and defence files, kept and handed out by short-lived addresses',
      grants: {
        table: ['BatchGetItem', 'Query', 'PutItem'],
        buckets: {
          documents: { actions: ['GetObject', 'PutObject'], prefix: 'panel/' },
          submissions: { actions: ['GetObject'], prefix: 'frozen/' },
        },
      },
      http: { audience: 'panel-papers', contract: papersContract },
      large: true,
      timeoutSeconds: 29,
      memoryMb: 1024,
    },
  },
  workflows: {
    moderation: {
      name: 'moderation',
      startedBy: ['ModerationRequested'],
      invokes: ['plan-moderation', 'draw-sample', 'open-cases', 'write-to-moderators', 'end-moderation'],
      impact: 'Returned reviews of a round are not moderated, so no outcome is proposed.',
    },
    'moderation-case': {
      name: 'moderation-case',
      startedBy: ['ModerationCaseOpened'],
      invokes: [
        'plan-moderation-case',
        'give-reading',
        'remind-reader',
        'expire-reading',
        'compare-readings',
        'propose-outcome',
        'escalate-case',
        'close-case',
        'end-case',
      ],
      impact: "A school's outcome is not proposed to the panel.",
    },
  },
};
