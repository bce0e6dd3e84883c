import { type Actor, change, type Stored } from '../shared/table/change.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { type FunderPlaces, funderPlaces } from './model.ts';
import { funderPlacesKey } from './store.ts';

/** Sets which schools a funder's places of a round are for; the places and their use stay. Throws `NotFoundError`. */
export function changeAgreement(
  funderId: string,
  roundId: string,
  agreed: Pick<FunderPlaces, 'eligibility' | 'purchaseOrder'>,
  actor: Actor,
  now: Date,
): Promise<Stored<FunderPlaces>> {
  return change<FunderPlaces>(funderPlaces, funderPlacesKey(funderId, roundId), now, (current) => {
    const { eligibility, purchaseOrder } = current;
    if (JSON.stringify({ eligibility, purchaseOrder }) === JSON.stringify(agreed)) return undefined;
    return {
      next: { ...withoutStored(current), ...agreed },
      audit: { action: 'change-agreement', actor },
      events: [{ name: 'FunderPlacesChanged', detail: { funderId, roundId } }],
    };
  });
}
