import type * as z from 'zod';
import { paymentsTexts } from '../../payments/texts.ts';
import { findFunder, findRound, listFunderPlaces } from '../../programme/store.ts';
import type { Registration } from '../../registration/model.ts';
import { listRegistrations } from '../../registration/store.ts';
import { audienceHandler } from '../../shared/http/audience-handler.ts';
import { inParallel } from '../../shared/runtime/in-parallel.ts';
import { funderContract } from './contract.ts';

type FunderView = z.input<(typeof funderContract)['getPlaces']['response']>['funders'][number];
type CoveredSchool = FunderView['rounds'][number]['covered'][number];

/** A funder's places and the schools that take them. */
export const handler = audienceHandler(
  funderContract,
  {
    async getPlaces(_input, { identity }) {
      const funders = await inParallel(identity.funderIds, 4, presentFunder);
      return { funders: funders.flat() };
    },
  },
  [paymentsTexts],
);

async function presentFunder(funderId: string): Promise<FunderView[]> {
  const funder = await findFunder(funderId);
  if (funder === undefined) return [];
  const places = await listFunderPlaces(funderId);
  const rounds = await inParallel(places, 4, async ({ roundId, places: agreed, used }) => {
    const [round, registrations] = await Promise.all([findRound(roundId), listRegistrations(roundId)]);
    const its = registrations.filter(({ payer }) => payer.funderId === funderId);
    return {
      roundId,
      roundLabel: round?.label ?? { en: roundId, cy: roundId },
      places: agreed,
      used,
      covered: its.filter((each) => each.funderId === funderId && each.ended === null).map(presentSchool),
      waiting: its.filter(isWaiting).map(presentSchool),
    };
  });
  return [{ funderId, name: funder.name, rounds }];
}

/** Asks for a place of the funder and has neither one nor an invoice of its own. */
function isWaiting(of: Registration): boolean {
  const undecided = of.status === 'SUBMITTED' || of.status === 'ACCEPTED';
  return undecided && of.funderId === null && of.invoiceNumber === null;
}

function presentSchool(of: Registration): CoveredSchool {
  return {
    registrationId: of.registrationId,
    reference: of.reference,
    schoolName: of.school.name,
    town: of.school.town,
    urn: of.school.urn,
    localAuthority: of.school.localAuthority,
    pupilsOnRoll: of.school.pupilsOnRoll,
    // What is decided and not yet released stays unseen (embargo).
    status: of.status === 'DECIDED' || of.status === 'IN_MODERATION' ? 'IN_ASSESSMENT' : of.status,
    coveredAt: of.coveredAt ?? (of.status === 'COVERED' ? of.statusSince : null),
  };
}
