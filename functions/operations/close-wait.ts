import type { ExtraWrite } from '../shared/table/change.ts';
import { waitKey } from '../shared/table/keys.ts';

/** What `WAIT#<workflow>` says while an execution waits. */
export const waitFields = ['taskToken', 'deadline', 'deadlineName', 'waitingFor', 'executionArn'] as const;

/** The write that closes the wait of an execution that has ended; it fails where another execution waits there by now. */
export function closeWait(collection: string, workflow: string, executionArn: string): ExtraWrite {
  return {
    update: waitKey(collection, workflow),
    remove: waitFields,
    condition: {
      expression: 'attribute_not_exists(executionArn) OR executionArn = :ended',
      values: { ':ended': executionArn },
    },
  };
}
