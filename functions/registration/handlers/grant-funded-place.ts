import * as z from 'zod';
import { funderPlacesKey } from '../../programme/store.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import type { Actor } from '../../shared/table/change.ts';
import { queueIndex } from '../../shared/table/keys.ts';
import { addWorkingDays, endOfLondonDay, londonDate } from '../../shared/time/london.ts';
import { FUNDING_QUEUE } from '../intake.ts';
import { moveRegistration } from '../lifecycle.ts';
import { changeIntake, leaveQueue, readIntake, readRegistration } from '../store.ts';

/** No place of the funder is left at this moment. */
class NoPlaceLeftError extends Error {}

const actor: Actor = { kind: 'system', id: 'grant-funded-place' };

/**
 * Takes one of the funder's places: counter, status COVERED and event in one transaction, so that of two schools and
 * one place one gets it. Where none is left, finance decide. Safe to repeat.
 */
export const handler = taskHandler(
  z.object({ registrationId: z.string().min(1) }),
  z.object({ granted: z.boolean() }),
  async ({ registrationId }, { now }) => {
    const registration = await readRegistration(registrationId);
    const { roundId } = registration;
    const { funderId } = registration.payer;
    if (registration.status !== 'ACCEPTED' || funderId === null)
      return { granted: registration.status === 'COVERED' };
    try {
      await moveRegistration(registrationId, now, {
        from: ['ACCEPTED'],
        to: 'COVERED',
        action: 'registration.grant-funded-place',
        actor,
        set: { funderId, coveredAt: now.toISOString() },
        events: [{ name: 'FundingGranted', detail: { registrationId, roundId, funderId } }],
        also: [
          {
            update: funderPlacesKey(funderId, roundId),
            add: { used: 1, version: 1 },
            condition: { expression: 'attribute_exists(pk) AND #used < places', names: { '#used': 'used' } },
          },
          leaveQueue(registrationId),
        ],
        refusals: { 0: () => new NoPlaceLeftError() },
      });
      return { granted: true };
    } catch (error) {
      if (!(error instanceof NoPlaceLeftError)) throw error;
    }
    const { promised } = await readIntake(registrationId);
    const decideBy = endOfLondonDay(
      addWorkingDays(londonDate(now), promised.fundingDecisionWorkingDays),
    ).toISOString();
    await changeIntake(registrationId, now, { action: 'registration.ask-for-funding', actor }, (current) => ({
      funding: { ...current.funding, state: 'WAITING', waitingSince: now.toISOString(), decideBy },
      ...queueIndex(FUNDING_QUEUE, decideBy),
    }));
    return { granted: false };
  },
);
