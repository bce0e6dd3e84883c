import * as z from 'zod';
import {
  awardedLevel,
  calendarDay,
  type FunderPlaces,
  type Hub,
  type RegisterSchool,
  type Round,
} from '../programme/model.ts';
import {
  findRegisterSchool,
  findRound,
  listFunderPlaces,
  listFunders,
  listHubs,
  openRound,
  schoolIdOfUrn,
} from '../programme/store.ts';
import { queryCollection } from '../shared/table/change.ts';
import { schoolPk } from '../shared/table/keys.ts';
import { londonDate } from '../shared/time/london.ts';
import type { RegistrationForm } from './form.ts';
import { knownSchoolByHand } from './school-by-hand.ts';
import { findHolder } from './store.ts';

/** An award that the school holds or held, whoever wrote it down (imported or issued by us). */
const heldAward = z.object({
  level: awardedLevel,
  roundLabel: z.union([z.string(), z.object({ en: z.string() }).transform(({ en }) => en)]),
  awardedOn: calendarDay,
  expiresOn: calendarDay,
});
export type HeldAward = z.output<typeof heldAward>;

/** What the form is judged against. */
export interface FormFacts {
  /** The round that the form names; undefined where there is none of that name. */
  readonly round: Round | undefined;
  /** Whether that round takes registrations now. */
  readonly open: boolean;
  /** The school's id, where it is known already. */
  readonly schoolId: string | undefined;
  readonly registerSchool: RegisterSchool | undefined;
  /** Somebody has registered the school in this round. */
  readonly taken: boolean;
  readonly awards: readonly HeldAward[];
  readonly hubs: readonly Hub[];
  readonly funderIds: readonly string[];
  /** London's day. */
  readonly today: string;
}

/** Awards of the school that are valid on `today`. */
export async function currentAwards(schoolId: string, today: string): Promise<HeldAward[]> {
  const items = await queryCollection(schoolPk(schoolId), 'AWARD#');
  return items.flatMap((item) => {
    const parsed = heldAward.safeParse(item);
    return parsed.success && parsed.data.expiresOn >= today ? [parsed.data] : [];
  });
}

/** Gathers what `form` is judged against at `now`; `own` is the registration that is corrected, whose place is its own. */
export async function gatherFacts(form: RegistrationForm, now: Date, own?: string): Promise<FormFacts> {
  const today = londonDate(now);
  const [round, open, hubs, funders, registerSchool, byHand] = await Promise.all([
    findRound(form.roundId),
    openRound(now),
    listHubs(),
    form.payer.kind === 'FUNDER' ? listFunders() : [],
    form.school.kind === 'REGISTER' ? findRegisterSchool(form.school.urn) : undefined,
    form.school.kind === 'BY_HAND' ? knownSchoolByHand(form) : undefined,
  ]);
  const schoolId = registerSchool === undefined ? byHand : schoolIdOfUrn(registerSchool.urn);
  const [holder, awards] =
    schoolId === undefined
      ? [undefined, []]
      : await Promise.all([findHolder(schoolId, form.roundId), currentAwards(schoolId, today)]);
  return {
    round,
    open: open?.roundId === form.roundId,
    schoolId,
    registerSchool,
    taken: holder !== undefined && holder.registrationId !== own,
    awards,
    hubs,
    funderIds: funders.filter(({ active }) => active).map(({ funderId }) => funderId),
    today,
  };
}

/** A funder's places in a round, or undefined where it has none there. */
export async function placesOf(funderId: string, roundId: string): Promise<FunderPlaces | undefined> {
  return (await listFunderPlaces(funderId)).find((places) => places.roundId === roundId);
}
