import * as z from 'zod';
import { newStuckCase, stuckKey } from '../../operations/stuck.ts';
import { RefusedError } from '../../shared/runtime/errors.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { type Actor, alsoCreate, read } from '../../shared/table/change.ts';
import { registrationPk, stageKey } from '../../shared/table/keys.ts';
import { mailAbout, schoolReaders } from '../mails.ts';
import { changeIntake, readIntake, readRegistration } from '../store.ts';

const actor: Actor = { kind: 'system', id: 'give-up-placement' };
const claim = z.object({ executionArn: z.string() });

/**
 * Nobody has placed the school however often the admins were told: the search ends, the case stands on the stuck board
 * with its reason, and the school is told that it has nothing to do. It stays in the queue of schools without a hub,
 * where an admin can still place it. Safe to repeat.
 */
export const handler = taskHandler(
  z.object({ registrationId: z.string().min(1) }),
  z.object({ registrationId: z.string() }),
  async ({ registrationId }, { now }) => {
    const [registration, intake, claimed] = await Promise.all([
      readRegistration(registrationId),
      readIntake(registrationId),
      read(claim, stageKey(registrationPk(registrationId), 'registration')),
    ]);
    if (registration.status !== 'SUBMITTED') return { registrationId };
    if (claimed === undefined) throw new RefusedError('not-found');
    const { school, reference, language, roundId } = registration;
    const entry = newStuckCase({
      collection: registrationPk(registrationId),
      workflow: 'registration',
      executionArn: claimed.executionArn,
      status: 'GIVEN_UP',
      error: 'NoHubFound',
      cause: `No hub that holds sessions in ${language === 'cy' ? 'Welsh' : 'English'} near ${school.town} (${school.postcode}) had room for ${reference}, and nobody placed it after ${intake.placement.escalations + 1} requests`,
      at: now.toISOString(),
    });
    const { collection, stuckId } = entry;
    await changeIntake(
      registrationId,
      now,
      { action: 'registration.give-up-placement', actor },
      (current) =>
        current.placement.state === 'WAITING'
          ? { placement: { ...current.placement, state: 'GIVEN_UP' } }
          : undefined,
      [{ name: 'PlacementGivenUp', detail: { registrationId, roundId } }],
      alsoCreate(stuckKey(collection, stuckId), entry, { action: 'stuck', actor }, now),
    );
    await mailAbout(
      registration,
      'placement-given-up',
      'placement-given-up',
      schoolReaders(registration),
      {},
      now,
    );
    return { registrationId };
  },
);
