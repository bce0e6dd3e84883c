import * as z from 'zod';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { matchLines } from '../match-lines.ts';
import { readPage } from '../statement-files.ts';
import { pageDone } from '../statements.ts';

const actor = { kind: 'system', id: 'match-page' } as const;

/** Records one page of a statement's lines and matches what can be matched beyond doubt. Safe to repeat. */
export const handler = taskHandler(
  z.object({ statementId: z.string().min(1), page: z.number().int().nonnegative() }),
  z.object({ nextPage: z.number().int(), pages: z.number().int() }),
  async ({ statementId, page }, { now }) => {
    await matchLines(statementId, await readPage(statementId, page), actor, now);
    const { nextPage, pages } = await pageDone(statementId, page, actor, now);
    return { nextPage, pages };
  },
);
