import * as z from 'zod';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { statementPk } from '../../shared/table/keys.ts';
import { endStage } from '../../shared/waits/waits.ts';
import { endReconciliation } from '../statements.ts';

/** Says that a statement is reconciled, or was refused. Safe to repeat. */
export const handler = taskHandler(
  z.object({ statementId: z.string().min(1) }),
  z.object({ status: z.string() }),
  async ({ statementId }, { now }) => {
    const { status } = await endReconciliation(statementId, { kind: 'system', id: 'end-statement' }, now);
    await endStage(statementPk(statementId), 'reconciliation', status, now);
    return { status };
  },
);
