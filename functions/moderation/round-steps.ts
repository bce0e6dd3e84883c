import * as z from 'zod';
import type { Draw } from './model.ts';

/** What the moderation machine of a round does next. It waits for nobody: what is returned later is drawn next day. */
export const moderationStep = z.discriminatedUnion('do', [
  z.object({ do: z.literal('DRAW') }),
  z.object({ do: z.literal('OPEN'), page: z.number().int().positive() }),
  z.object({ do: z.literal('WRITE_TO_MODERATORS') }),
  z.object({ do: z.literal('ENDED'), result: z.string() }),
]);
export type ModerationStep = z.output<typeof moderationStep>;

/** The next step: draw, open page by page, write to the moderators, end. `undecided`: returned reviews not yet drawn. */
export function nextModerationStep(
  draw: Pick<Draw, 'status' | 'pages' | 'pagesDone' | 'selected' | 'cohort'> | undefined,
  undecided: number,
): ModerationStep {
  if (draw === undefined) {
    return undecided === 0 ? { do: 'ENDED', result: 'nothing to moderate' } : { do: 'DRAW' };
  }
  switch (draw.status) {
    case 'DRAWN':
      return draw.pagesDone < draw.pages
        ? { do: 'OPEN', page: draw.pagesDone + 1 }
        : { do: 'WRITE_TO_MODERATORS' };
    case 'OPENED':
      return { do: 'WRITE_TO_MODERATORS' };
    case 'COMPLETED':
      return { do: 'ENDED', result: `${draw.selected} drawn of a cohort of ${draw.cohort}` };
  }
}
