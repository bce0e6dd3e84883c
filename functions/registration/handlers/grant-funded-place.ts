import * as z from 'zod';
import { awardsOfSchool } from '../../awards/store.ts';
import { everySchool, type FundingRefusal } from '../../programme/model.ts';
import { funderPlacesKey } from '../../programme/store.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import type { Actor } from '../../shared/table/change.ts';
import { queueIndex } from '../../shared/table/keys.ts';
import { addWorkingDays, endOfLondonDay, formatDate, londonDate } from '../../shared/time/london.ts';
import { fundingRefusal, readAgreement, waitingFor } from '../funding.ts';
import { FUNDING_QUEUE, type Intake } from '../intake.ts';
import { moveRegistration } from '../lifecycle.ts';
import { mailAbout, schoolReaders } from '../mails.ts';
import type { Registration } from '../model.ts';
import { changeIntake, leaveQueue, readIntake, readRegistration } from '../store.ts';
import { registrationTexts } from '../texts.ts';

/** No place of the funder is left at this moment. */
class NoPlaceLeftError extends Error {}

const actor: Actor = { kind: 'system', id: 'grant-funded-place' };

/**
 * Takes one of the funder's places: counter, status COVERED and event in one transaction, so that of two schools and
 * one place one gets it. Where none is left, others wait already, or the agreement does not cover the school, it waits:
 * for a place that becomes free, in order of asking, or for finance, and is told so. Safe to repeat.
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
    const intake = await readIntake(registrationId);
    const because = await refusedBecause(registration, intake, funderId);
    const before = because === null ? await earlierThan(intake, funderId) : 0;
    try {
      if (because !== null || before > 0) throw new NoPlaceLeftError();
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
    const decideBy = endOfLondonDay(
      addWorkingDays(londonDate(now), intake.promised.fundingDecisionWorkingDays),
    ).toISOString();
    const asked = await changeIntake(
      registrationId,
      now,
      { action: 'registration.ask-for-funding', actor },
      ({ funding }) => ({
        funding: {
          ...funding,
          state: 'WAITING',
          // Who was offered a place that somebody else took keeps its turn.
          waitingSince: funding.waitingSince ?? now.toISOString(),
          decideBy,
          because,
        },
        ...queueIndex(FUNDING_QUEUE, decideBy),
      }),
    );
    const { language } = registration;
    const values = {
      funder: registration.payer.name,
      decideBy: formatDate(londonDate(new Date(decideBy)), language),
    };
    await mailAbout(
      registration,
      because === null ? 'funding-waiting' : 'funding-not-covered',
      `funding-waiting-${asked.funding.waitingSince}`,
      schoolReaders(registration),
      because === null
        ? values
        : { ...values, reason: registrationTexts.text(language, `funding-refusals.${because}`) },
      now,
    );
    return { granted: false };
  },
);

/** Why the agreement does not cover the school; null where it does, or a person let it all the same. */
async function refusedBecause(
  registration: Registration,
  { funding }: Intake,
  funderId: string,
): Promise<FundingRefusal | null> {
  if ((funding.because ?? null) !== null && funding.state === 'OPEN') return null;
  const agreement = await readAgreement(funderId, registration.roundId);
  const eligibility = agreement?.eligibility ?? everySchool;
  const awarded = eligibility.neverAwarded && (await awardsOfSchool(registration.schoolId)).length > 0;
  return fundingRefusal(eligibility, registration.school, awarded) ?? null;
}

/** How many wait for the funder's places since before this school: nobody overtakes them. */
async function earlierThan(intake: Intake, funderId: string): Promise<number> {
  // Offered or let by somebody: its turn has come.
  if (intake.funding.decidedBy !== null) return 0;
  return (await waitingFor(funderId, intake.roundId)).filter(
    (each) => each.registrationId !== intake.registrationId,
  ).length;
}
