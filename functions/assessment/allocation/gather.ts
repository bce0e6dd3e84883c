import { listPeople } from '../../people/store.ts';
import { readRound } from '../../programme/store.ts';
import type { Registration } from '../../registration/model.ts';
import { listRegistrations } from '../../registration/store.ts';
import { previousAssessor, readBarred, readPlaces } from '../store.ts';
import type { AllocationFacts } from './problem.ts';
import type { Place } from './records.ts';

/** Statuses in which a registration has a frozen submission that wants an assessor. */
const wanting: readonly Registration['status'][] = ['SUBMITTED_WORK', 'IN_ASSESSMENT'];

/** True where a registration wants an assessor and has none. */
export const isOpen = (
  registration: Pick<Registration, 'registrationId' | 'status'>,
  places: ReadonlyMap<string, Place>,
): boolean =>
  wanting.includes(registration.status) &&
  places.get(registration.registrationId)?.assignmentId === undefined;

/** Gathers what an allocation of the round rests on, as it is now. */
export async function gatherAllocation(roundId: string): Promise<AllocationFacts> {
  const [round, registrations, assessors, places, barred] = await Promise.all([
    readRound(roundId),
    listRegistrations(roundId),
    listPeople('assessor'),
    readPlaces(roundId),
    readBarred(roundId),
  ]);
  const withPrevious = async (one: Registration) => ({
    ...one,
    previousAssessor: one.accreditation === 'REACCREDITATION' ? await previousAssessor(one.schoolId) : null,
  });
  return {
    round,
    assessors,
    open: await Promise.all(registrations.filter((one) => isOpen(one, places)).map(withPrevious)),
    held: await Promise.all(
      registrations
        .filter((one) => places.get(one.registrationId)?.assignmentId !== undefined)
        .map(withPrevious),
    ),
    places,
    barred,
  };
}
