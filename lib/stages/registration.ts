import { publicContract } from '../../functions/http/public/contract.ts';
import type { FunctionDefinition, StageDefinition } from './types.ts';

/** Makes, stores and mails documents as PDF. */
const withDocuments: Pick<FunctionDefinition, 'large' | 'timeoutSeconds' | 'memoryMb'> = {
  large: true,
  timeoutSeconds: 60,
  memoryMb: 1024,
};

export const registrationStage: StageDefinition = {
  stage: 'registration',
  functions: {
    'public-api': {
      description: "The registration form and a contact's own registrations",
      grants: {
        table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
        mail: true,
        buckets: {
          register: { actions: ['GetObject'], prefix: 'indexes/' },
          documents: { actions: ['GetObject'], prefix: 'registrations/' },
        },
      },
      http: { audience: 'public', contract: publicContract },
      timeoutSeconds: 29,
      memoryMb: 1024,
    },
    'plan-registration': {
      description: 'Decides the next step of a registration',
      grants: { table: ['BatchGetItem', 'Query', 'UpdateItem'] },
    },
    'acknowledge-registration': {
      description: 'Confirms to the school that its form has arrived',
      grants: { table: ['BatchGetItem', 'PutItem', 'UpdateItem'], mail: true },
    },
    'place-in-hub': {
      description: 'Places the school in a hub with room',
      grants: { table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem'] },
    },
    'escalate-placement': {
      description: 'Tells admins of a school that waits for a hub',
      grants: { table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem'], mail: true },
    },
    'give-up-placement': {
      description: 'Ends the search for a hub on the stuck board',
      grants: { table: ['BatchGetItem', 'PutItem', 'UpdateItem'], mail: true },
    },
    'grant-funded-place': {
      description: "Takes a funder's place for the school, or has it wait and says so",
      grants: { table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem'], mail: true },
    },
    'offer-freed-place': {
      description: "Offers a funder's place that became free to who waits longest",
      grants: { table: ['BatchGetItem', 'Query', 'PutItem'] },
      onEvents: ['RegistrationWithdrawn', 'RegistrationLapsed', 'FunderPlacesChanged'],
    },
    'bill-the-school': {
      description: 'Tells the school that it is billed itself',
      grants: { table: ['BatchGetItem', 'PutItem', 'UpdateItem'], mail: true },
    },
    'issue-invoice': {
      description: 'Issues the invoice',
      grants: { table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem'] },
    },
    'send-invoice': {
      description: 'Makes and mails the invoice',
      grants: {
        table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem'],
        mail: true,
        buckets: { documents: { actions: ['PutObject'], prefix: 'registrations/' } },
      },
      ...withDocuments,
    },
    'send-payment-reminder': {
      description: 'Reminds whoever pays',
      grants: { table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem'], mail: true },
    },
    'credit-invoice': {
      description: 'Credits the invoice of a school that withdrew before it paid',
      grants: {
        table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem'],
        mail: true,
        buckets: { documents: { actions: ['PutObject'], prefix: 'registrations/' } },
      },
      ...withDocuments,
    },
    'lapse-registration': {
      description: 'Ends a registration whose fee was not paid',
      grants: {
        table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
        mail: true,
        buckets: { documents: { actions: ['PutObject'], prefix: 'registrations/' } },
      },
      ...withDocuments,
    },
    'confirm-registration': {
      description: 'Confirms the place once the fee is settled or covered',
      grants: {
        table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem'],
        mail: true,
        buckets: { documents: { actions: ['PutObject'], prefix: 'registrations/' } },
      },
      ...withDocuments,
    },
  },
  workflows: {
    registration: {
      name: 'registration',
      startedBy: ['RegistrationSubmitted'],
      invokes: [
        'plan-registration',
        'acknowledge-registration',
        'place-in-hub',
        'escalate-placement',
        'give-up-placement',
        'grant-funded-place',
        'bill-the-school',
        'issue-invoice',
        'send-invoice',
        'send-payment-reminder',
        'lapse-registration',
        'credit-invoice',
        'confirm-registration',
      ],
      impact: 'A school is registered but gets no hub, no invoice or no confirmation.',
    },
  },
};
