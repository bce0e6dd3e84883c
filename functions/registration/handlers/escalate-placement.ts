import * as z from 'zod';
import { listPeople } from '../../people/store.ts';
import { readRound } from '../../programme/store.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { queueIndex } from '../../shared/table/keys.ts';
import { addWorkingDays, endOfLondonDay, londonDate } from '../../shared/time/london.ts';
import { PLACEMENT_QUEUE } from '../intake.ts';
import { mailAbout } from '../mails.ts';
import { changeIntake, readIntake, readRegistration } from '../store.ts';

/** Nobody has placed the school in time: tells the admins and gives them as long again. */
export const handler = taskHandler(
  z.object({ registrationId: z.string().min(1) }),
  z.object({ escalations: z.number().int() }),
  async ({ registrationId }, { now }) => {
    const [registration, intake] = await Promise.all([
      readRegistration(registrationId),
      readIntake(registrationId),
    ]);
    const round = await readRound(registration.roundId);
    const admins = await listPeople('admin');
    const turn = intake.placement.escalations + 1;
    await mailAbout(
      registration,
      'placement-late',
      `placement-late-${turn}`,
      admins,
      { town: registration.school.town, postcode: registration.school.postcode },
      now,
      'en',
    );
    const decideBy = endOfLondonDay(
      addWorkingDays(londonDate(now), round.policies.payment.placementDays),
    ).toISOString();
    const actor = { kind: 'system', id: 'escalate-placement' } as const;
    await changeIntake(
      registrationId,
      now,
      { action: 'registration.escalate-placement', actor },
      (current) =>
        current.placement.state === 'WAITING' && current.placement.escalations < turn
          ? {
              placement: { ...current.placement, decideBy, escalations: turn },
              ...queueIndex(PLACEMENT_QUEUE, decideBy),
            }
          : undefined,
    );
    return { escalations: turn };
  },
);
