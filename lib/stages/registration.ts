import { publicContract } from '../../functions/http/public/contract.ts';
import type { FunctionDefinition, StageDefinition, TableAction } from './types.ts';

const changes: readonly TableAction[] = ['GetItem', 'PutItem', 'UpdateItem', 'Query'];
const ends: readonly TableAction[] = [...changes, 'DeleteItem', 'ConditionCheckItem'];

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
        table: ends,
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
      grants: { table: ['GetItem', 'UpdateItem', 'Query'] },
    },
    'acknowledge-registration': {
      description: 'Confirms to the school that its form has arrived',
      grants: { table: changes, mail: true },
    },
    'place-in-hub': { description: 'Places the school in a hub with room', grants: { table: changes } },
    'escalate-placement': {
      description: 'Tells admins of a school that waits for a hub',
      grants: { table: [...changes, 'BatchGetItem'], mail: true },
    },
    'give-up-placement': {
      description: 'Ends the search for a hub on the stuck board',
      grants: { table: changes, mail: true },
    },
    'grant-funded-place': {
      description: "Takes a funder's place for the school",
      grants: { table: changes },
    },
    'bill-the-school': {
      description: 'Tells the school that it is billed itself',
      grants: { table: changes, mail: true },
    },
    'issue-invoice': { description: 'Issues the invoice', grants: { table: changes } },
    'send-invoice': {
      description: 'Makes and mails the invoice',
      grants: {
        table: changes,
        mail: true,
        buckets: { documents: { actions: ['PutObject', 'GetObject'], prefix: 'registrations/' } },
      },
      ...withDocuments,
    },
    'send-payment-reminder': { description: 'Reminds whoever pays', grants: { table: changes, mail: true } },
    'credit-invoice': {
      description: 'Credits the invoice of a school that withdrew before it paid',
      grants: {
        table: changes,
        mail: true,
        buckets: { documents: { actions: ['PutObject', 'GetObject'], prefix: 'registrations/' } },
      },
      ...withDocuments,
    },
    'lapse-registration': {
      description: 'Ends a registration whose fee was not paid',
      grants: {
        table: ends,
        mail: true,
        buckets: { documents: { actions: ['PutObject', 'GetObject'], prefix: 'registrations/' } },
      },
      ...withDocuments,
    },
    'confirm-registration': {
      description: 'Confirms the place once the fee is settled or covered',
      grants: {
        table: changes,
        mail: true,
        buckets: { documents: { actions: ['PutObject', 'GetObject'], prefix: 'registrations/' } },
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
