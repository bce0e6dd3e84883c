import { adminProgrammeContract } from '../../functions/http/admin/contract.ts';
import type { StageDefinition } from './types.ts';

export const programmeStage: StageDefinition = {
  stage: 'programme',
  functions: {
    'import-register': {
      description: 'Makes an uploaded register of schools the one that is searched',
      grants: {
        table: ['BatchGetItem', 'PutItem'],
        buckets: { register: { actions: ['GetObject', 'PutObject'], prefix: '' } },
      },
      onEvents: ['RegisterUploaded'],
      timeoutSeconds: 300,
      memoryMb: 1769,
    },
    'admin-programme-api': {
      description: 'Administrators make the programme, from pages or files',
      grants: {
        table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
        buckets: { register: { actions: ['GetObject', 'PutObject'], prefix: '' } },
      },
      http: { audience: 'admin-programme', contract: adminProgrammeContract },
      timeoutSeconds: 29,
      memoryMb: 1769,
    },
  },
  workflows: {},
};
