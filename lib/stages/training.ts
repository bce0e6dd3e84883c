import { hubContract } from '../../functions/http/hub/contract.ts';
import { schoolContract } from '../../functions/http/school/contract.ts';
import type { StageDefinition } from './types.ts';

/** The year of training, and the pages of schools and hub leaders. */
export const trainingStage: StageDefinition = {
  stage: 'training',
  functions: {
    'plan-training': {
      description: "Decides the next step of a school's training",
      grants: { table: ['BatchGetItem', 'Query', 'UpdateItem'] },
    },
    'invite-school': {
      description: "Begins a school's training and sends the invitation",
      grants: { table: ['BatchGetItem', 'PutItem', 'UpdateItem'], mail: true },
    },
    'remind-school': {
      description: 'Reminds a school of its action plan or a session',
      grants: { table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem'], mail: true },
    },
    'ask-about-training': {
      description: 'Asks a hub leader about a late action plan or an unconfirmed level',
      grants: { table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem'], mail: true },
    },
    'give-up-plan-checks': {
      description: 'Gives an outcome to uploaded action plans whose check has had none in time',
      grants: {
        table: ['BatchGetItem', 'Query', 'PutItem'],
        buckets: {
          quarantine: { actions: ['GetObject', 'DeleteObject', 'ListBucket'], prefix: 'quarantine/' },
        },
      },
    },
    'complete-training': {
      description: "Ends a school's training and opens the way to its submission",
      grants: { table: ['BatchGetItem', 'PutItem', 'UpdateItem'] },
    },
    'notify-training': {
      description: "Tells schools and hub leaders what happened in a school's training",
      grants: { table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem'], mail: true },
      timeoutSeconds: 60,
      onEvents: [
        'TrainingStarted',
        'ActionPlanReceived',
        'ActionPlanFeedbackGiven',
        'TargetLevelConfirmed',
        'TargetLevelChanged',
        'LevelChangeRequested',
        'LevelChangeRefused',
        'SessionsChanged',
        'ContactChanged',
        'RegistrationWithdrawn',
      ],
    },
    'send-hub-message': {
      description: "Sends a hub leader's letter to schools",
      grants: { table: ['BatchGetItem', 'PutItem', 'UpdateItem'], mail: true },
      timeoutSeconds: 300,
      onEvents: ['HubMessageRecorded'],
    },
    'school-api': {
      description: "The school's pages: what is next, contacts, training, submission, declaration",
      grants: {
        table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
        buckets: {
          quarantine: {
            actions: ['PutObject', 'GetObject', 'DeleteObject', 'ListBucket'],
            prefix: 'quarantine/',
          },
          submissions: { actions: ['GetObject', 'DeleteObject'] },
          documents: { actions: ['GetObject'] },
        },
      },
      http: { audience: 'school', contract: schoolContract },
    },
    'hub-api': {
      description: "The hub leader's pages: my schools, sessions, action plans, levels, sign-off",
      grants: {
        table: ['BatchGetItem', 'Query', 'PutItem'],
        buckets: { submissions: { actions: ['GetObject'] } },
      },
      http: { audience: 'hub', contract: hubContract },
    },
  },
  workflows: {
    training: {
      name: 'training',
      startedBy: ['RegistrationConfirmed'],
      invokes: [
        'plan-training',
        'invite-school',
        'remind-school',
        'ask-about-training',
        'give-up-plan-checks',
        'complete-training',
      ],
      impact: 'A school is not invited, reminded or led on to its submission.',
    },
  },
};
