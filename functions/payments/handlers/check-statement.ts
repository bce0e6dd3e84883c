import * as z from 'zod';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { checkStatement } from '../check-statement.ts';
import { statementStatus } from '../model.ts';

/** Reads an uploaded bank statement, holds it to its totals and keeps its lines in pages, or refuses it whole. Safe to repeat. */
export const handler = taskHandler(
  z.object({ statementId: z.string().min(1) }),
  z.object({
    status: statementStatus,
    pages: z.number().int(),
    nextPage: z.number().int(),
  }),
  async ({ statementId }, { now }) => {
    const { status, pages, nextPage } = await checkStatement(
      statementId,
      { kind: 'system', id: 'check-statement' },
      now,
    );
    return { status, pages, nextPage };
  },
);
