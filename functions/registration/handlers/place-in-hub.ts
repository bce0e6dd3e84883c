import * as z from 'zod';
import { listHubs, readRound } from '../../programme/store.ts';
import { RefusedError } from '../../shared/runtime/errors.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import type { Actor } from '../../shared/table/change.ts';
import { queueIndex } from '../../shared/table/keys.ts';
import { addWorkingDays, endOfLondonDay, londonDate } from '../../shared/time/london.ts';
import { PLACEMENT_QUEUE } from '../intake.ts';
import { placeInHub, rankHubs } from '../placement.ts';
import { changeIntake, readRegistration } from '../store.ts';

const actor: Actor = { kind: 'system', id: 'place-in-hub' };

/** Places the school in the best hub with room; where none has, puts it into the admins' queue. Safe to repeat. */
export const handler = taskHandler(
  z.object({ registrationId: z.string().min(1) }),
  z.object({ hubId: z.string().nullable() }),
  async ({ registrationId }, { now }) => {
    const registration = await readRegistration(registrationId);
    if (registration.status !== 'SUBMITTED') return { hubId: registration.hubId };
    const [hubs, round] = await Promise.all([listHubs(), readRound(registration.roundId)]);
    const wish = {
      preference: registration.hubPreference,
      postcode: registration.school.postcode,
      language: registration.language,
    };
    for (const hub of rankHubs(hubs, wish)) {
      try {
        return { hubId: (await placeInHub(registrationId, hub.hubId, actor, now)).hubId };
      } catch (error) {
        // Full: the next one may have room.
        if (!(error instanceof RefusedError)) throw error;
      }
    }
    const decideBy = endOfLondonDay(
      addWorkingDays(londonDate(now), round.policies.payment.placementDays),
    ).toISOString();
    await changeIntake(registrationId, now, { action: 'registration.ask-for-hub', actor }, (current) =>
      current.placement.state === 'OPEN'
        ? {
            placement: { ...current.placement, state: 'WAITING', waitingSince: now.toISOString(), decideBy },
            ...queueIndex(PLACEMENT_QUEUE, decideBy),
          }
        : undefined,
    );
    return { hubId: null };
  },
);
