import type { StageDefinition } from './types.ts';

/** From the opening of a school's submission to its frozen version or its missed deadline. */
export const submissionsStage: StageDefinition = {
  stage: 'submissions',
  functions: {
    'plan-submission': {
      description: "Decides the next step of a school's submission",
      grants: { table: ['BatchGetItem', 'Query', 'UpdateItem'] },
    },
    'open-submission': {
      description: "Opens a school's submission and says so",
      grants: { table: ['BatchGetItem', 'PutItem', 'UpdateItem'], mail: true },
    },
    'remind-of-submission': {
      description: "Reminds a school of its submission's dates",
      grants: { table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem'], mail: true },
    },
    'ask-for-sign-off': {
      description: 'Asks a hub leader for the sign-off that is due or late',
      grants: { table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem'], mail: true },
    },
    'give-up-checks': {
      description: 'Gives an outcome to uploaded files whose check has had none in time',
      grants: {
        table: ['BatchGetItem', 'Query', 'PutItem'],
        buckets: {
          quarantine: { actions: ['GetObject', 'DeleteObject', 'ListBucket'], prefix: 'quarantine/' },
        },
      },
    },
    'freeze-submission': {
      description: 'Freezes what the head declared: copies, hashes, manifest, record',
      // It reads released files and writes frozen ones; both lie in this bucket.
      grants: {
        table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem'],
        buckets: { submissions: { actions: ['GetObject', 'PutObject'] } },
      },
      timeoutSeconds: 300,
      memoryMb: 1024,
    },
    'miss-submission': {
      description: 'Closes a submission that was not declared in time',
      grants: { table: ['BatchGetItem', 'PutItem', 'UpdateItem'] },
    },
    'settle-document': {
      description: 'Accepts or refuses an uploaded file when its malware scan has a result',
      grants: {
        table: ['BatchGetItem', 'Query', 'PutItem'],
        buckets: {
          quarantine: {
            actions: ['GetObject', 'DeleteObject', 'ListBucket'],
            prefix: 'quarantine/',
          },
          submissions: { actions: ['PutObject', 'DeleteObject'], prefix: 'released/' },
        },
      },
      onAwsEvents: {
        source: 'aws.guardduty',
        detailTypes: ['GuardDuty Malware Protection Object Scan Result'],
      },
      timeoutSeconds: 120,
      memoryMb: 1024,
    },
    'notify-submission': {
      description: 'Tells schools, hub leaders and admins what happened to a submission',
      grants: { table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem'], mail: true },
      timeoutSeconds: 60,
      onEvents: [
        'SignOffRequested',
        'SubmissionReturnedByHub',
        'SubmissionSignedOff',
        'SubmissionFrozen',
        'SubmissionMissed',
        'DocumentRefused',
      ],
    },
  },
  workflows: {
    submission: {
      name: 'submission',
      startedBy: ['TrainingCompleted'],
      invokes: [
        'plan-submission',
        'open-submission',
        'remind-of-submission',
        'ask-for-sign-off',
        'give-up-checks',
        'freeze-submission',
        'miss-submission',
      ],
      impact: 'A school cannot submit, or what its head declared is not frozen.',
    },
  },
};
