import {
  type FunderPlaces,
  type FundingEligibility,
  type FundingRefusal,
  funderPlaces,
} from '../programme/model.ts';
import { funderPlacesKey } from '../programme/store.ts';
import { type Actor, read, type Stored } from '../shared/table/change.ts';
import { FUNDING_QUEUE, type Intake } from './intake.ts';
import type { Registration } from './model.ts';
import { decideFunding, listQueue, readRegistration } from './store.ts';

/** The funder's agreement for a round; undefined where it has none. Consistent. */
export function readAgreement(funderId: string, roundId: string): Promise<Stored<FunderPlaces> | undefined> {
  return read(funderPlaces, funderPlacesKey(funderId, roundId));
}

const sameName = (a: string, b: string): boolean =>
  a.trim().localeCompare(b.trim(), 'en-GB', { sensitivity: 'base' }) === 0;

/** Why a funder's agreement does not cover a school, by its figures at registration; undefined where it does. Pure. */
export function fundingRefusal(
  eligibility: FundingEligibility,
  school: Pick<Registration['school'], 'phase' | 'localAuthority' | 'fsmPercent'>,
  awardedBefore: boolean,
): FundingRefusal | undefined {
  const { neverAwarded, phases, localAuthorities, minimumFsmPercent } = eligibility;
  if (neverAwarded && awardedBefore) return 'AWARDED_BEFORE';
  if (phases.length > 0 && !phases.includes(school.phase)) return 'PHASE';
  if (localAuthorities.length > 0 && !localAuthorities.some((each) => sameName(each, school.localAuthority)))
    return 'LOCAL_AUTHORITY';
  if (minimumFsmPercent !== null && (school.fsmPercent === null || school.fsmPercent < minimumFsmPercent))
    return 'FREE_MEALS';
  return undefined;
}

/** Who waits for a place of the funder in the round, the first that asked at the head. Eventually consistent. */
export async function waitingFor(funderId: string, roundId: string): Promise<Intake[]> {
  const waiting = (await listQueue(FUNDING_QUEUE)).filter(
    ({ funding, ...each }) =>
      each.roundId === roundId && funding.state === 'WAITING' && (funding.because ?? null) === null,
  );
  const registrations = await Promise.all(waiting.map((each) => readRegistration(each.registrationId)));
  return waiting.filter((_, index) => registrations[index]?.payer.funderId === funderId).sort(inOrder);
}

/** Earlier requests first; of the same moment the smaller id, so that everybody sees the same order. */
export function inOrder(a: Intake, b: Intake): number {
  const [first, second] = [a.funding.waitingSince ?? '', b.funding.waitingSince ?? ''];
  return first.localeCompare(second) || a.registrationId.localeCompare(b.registrationId);
}

/**
 * Offers the free places of a funder to those who wait longest: each one's machine takes it. Safe to repeat; returns
 * how many were offered one.
 */
export async function offerFreePlaces(
  funderId: string,
  roundId: string,
  actor: Actor,
  now: Date,
): Promise<number> {
  const agreement = await readAgreement(funderId, roundId);
  if (agreement === undefined || agreement.used >= agreement.places) return 0;
  const first = (await waitingFor(funderId, roundId)).slice(0, agreement.places - agreement.used);
  for (const { registrationId } of first)
    await decideFunding(registrationId, 'OPEN', actor, 'A place became free', now);
  return first.length;
}
