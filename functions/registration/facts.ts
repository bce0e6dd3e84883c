import * as z from 'zod';
import { awardedLevel, calendarDay } from '../programme/model.ts';
import { findRegisterSchool } from '../programme/register-store.ts';
import { findRound, listFunders, listHubs, schoolIdOfUrn } from '../programme/store.ts';
import { queryCollection } from '../shared/table/change.ts';
import { schoolPk } from '../shared/table/keys.ts';
import { londonDate } from '../shared/time/london.ts';
import type { RegistrationForm } from './form.ts';
import type { FormFacts } from './rules.ts';
import { knownSchoolByHand } from './school-by-hand.ts';
import { findHolder } from './store.ts';

/** An award that the school holds, whoever wrote it down (imported or issued by us). */
const heldAward = z.object({
  level: awardedLevel,
  roundLabel: z.union([z.string(), z.object({ en: z.string() }).transform(({ en }) => en)]),
  awardedOn: calendarDay,
  expiresOn: calendarDay,
  status: z.string().default('CURRENT'),
});
export type HeldAward = z.output<typeof heldAward>;

/** The awards of a school that are valid on a day. */
export async function currentAwards(schoolId: string, today: string): Promise<HeldAward[]> {
  const items = await queryCollection(schoolPk(schoolId), 'AWARD#');
  return items
    .map((item) => heldAward.parse(item))
    .filter((award) => award.status === 'CURRENT' && award.expiresOn >= today);
}

/** Gathers what the form is judged against. `own` is the registration that is being corrected: its place is not another's. */
export async function gatherFacts(form: RegistrationForm, now: Date, own?: string): Promise<FormFacts> {
  const today = londonDate(now);
  const urn = form.school.kind === 'REGISTER' ? form.school.urn : undefined;
  const schoolId = urn === undefined ? await knownSchoolByHand(form) : schoolIdOfUrn(urn);
  const [round, registerSchool, awards, holder, hubs, funders] = await Promise.all([
    findRound(form.roundId),
    urn === undefined || !/^\d{6,7}$/.test(urn) ? undefined : findRegisterSchool(urn),
    schoolId === undefined ? [] : currentAwards(schoolId, today),
    schoolId === undefined ? undefined : findHolder(schoolId, form.roundId),
    form.hubPreference === null ? [] : listHubs(),
    form.payer.kind === 'FUNDER' ? listFunders() : [],
  ]);
  return {
    round,
    registerSchool,
    currentLevels: awards.map((award) => award.level),
    alreadyRegistered: holder !== undefined && holder.registrationId !== own,
    today,
    hubIds: hubs.filter((hub) => hub.active).map((hub) => hub.hubId),
    funderIds: funders.filter((funder) => funder.active).map((funder) => funder.funderId),
  };
}
