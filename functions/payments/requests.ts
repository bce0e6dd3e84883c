import type { FundingRefusal } from '../programme/model.ts';
import { listFunders } from '../programme/store.ts';
import { FUNDING_QUEUE } from '../registration/intake.ts';
import { decideFunding, listQueue, readIntake, readRegistration } from '../registration/store.ts';
import { RefusedError } from '../shared/runtime/errors.ts';
import { inParallel } from '../shared/runtime/in-parallel.ts';
import type { Decision } from './allocate.ts';

export interface FundingRequest {
  readonly registrationId: string;
  readonly reference: string;
  readonly roundId: string;
  readonly schoolName: string;
  readonly funderId: string;
  readonly funderName: string;
  readonly askedAt: string;
  readonly decideBy: string;
  readonly because: FundingRefusal | null;
}

/** Registrations whose funder has no place left, the most urgent first. Eventually consistent. */
export async function fundingRequests(): Promise<FundingRequest[]> {
  const [waiting, funders] = await Promise.all([listQueue(FUNDING_QUEUE), listFunders()]);
  const requests = await inParallel(waiting, 8, async ({ registrationId, funding }) => {
    const { payer, reference, roundId, school } = await readRegistration(registrationId);
    const { waitingSince, decideBy } = funding;
    if (funding.state !== 'WAITING' || waitingSince === null || decideBy === null) return [];
    const funderId = payer.funderId ?? '';
    return [
      {
        registrationId,
        reference,
        roundId,
        schoolName: school.name,
        funderId,
        funderName: funders.find((each) => each.funderId === funderId)?.name ?? payer.name,
        askedAt: waitingSince,
        decideBy,
        because: funding.because ?? null,
      },
    ];
  });
  return requests.flat();
}

/** Decides a request that still waits: another try for a place, or the school's own invoice. Refused once decided. */
export async function decideRequest(
  registrationId: string,
  decided: 'TRY_AGAIN' | 'BILL_SCHOOL',
  { actor, reason }: Decision,
  now: Date,
): Promise<void> {
  const { funding } = await readIntake(registrationId);
  if (funding.state !== 'WAITING') throw new RefusedError('funding-decided');
  await decideFunding(registrationId, decided === 'TRY_AGAIN' ? 'OPEN' : 'BILL_SCHOOL', actor, reason, now);
}
