import type { ProposedOutcome } from '../../functions/moderation/model.ts';
import type { Round } from '../../functions/programme/model.ts';
import type { Registration } from '../../functions/registration/model.ts';
import { storeFrozen } from './judging-year.ts';
import { sampleOutcome } from './moderating.ts';

/** A school whose outcome waits for the panel, its fee covered unless said otherwise. */
export async function storeProposed(
  round: Round,
  number: number,
  change: Partial<ProposedOutcome> = {},
  registration: Partial<Registration> = {},
): Promise<Registration> {
  const { create } = await import('../../functions/shared/table/change.ts');
  const { roundIndex } = await import('../../functions/shared/table/keys.ts');
  const { outcomeKey } = await import('../../functions/moderation/store.ts');
  const stored = await storeFrozen(round, number, { status: 'IN_MODERATION', ...registration });
  const { registrationId } = stored;
  await create(
    outcomeKey(registrationId),
    {
      next: {
        ...sampleOutcome({ registrationId, roundId: round.roundId, ...change }),
        ...roundIndex(round.roundId, 'OUTCOME', registrationId),
      },
      audit: { action: 'test', actor: { kind: 'system', id: 'test' } },
      events: [],
    },
    new Date(),
  );
  return stored;
}
