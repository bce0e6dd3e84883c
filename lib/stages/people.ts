import { signInContract } from '../../functions/http/sign-in/contract.ts';
import type { StageDefinition } from './types.ts';

export const peopleStage: StageDefinition = {
  stage: 'people',
  functions: {
    'authorize-request': {
      description: 'Lets in what came through the site, with the identity of its session',
      grants: { table: ['BatchGetItem'], originSecret: true },
      timeoutSeconds: 10,
    },
    'sign-in-api': {
      description: 'Sign-in by a code to the address',
      grants: { table: ['BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem'], signsIn: true },
      http: { audience: 'sign-in', contract: signInContract },
      timeoutSeconds: 29,
    },
  },
  workflows: {},
};
