import { paymentsTexts } from '../../payments/texts.ts';
import { type RegisterSchool, levels as roundLevels } from '../../programme/model.ts';
import { isClosed, registerDay } from '../../programme/register-dates.ts';
import { findRegisterSchool, searchRegister } from '../../programme/register-store.ts';
import {
  findRound,
  listFunderPlaces,
  listFunders,
  listHubs,
  listRounds,
  openRound,
  placedInHub,
  readRound,
  schoolIdOfUrn,
} from '../../programme/store.ts';
import {
  type Draft,
  deleteDraft,
  listDrafts,
  readDraft,
  saveDraft,
  updateDraft,
} from '../../registration/drafts.ts';
import { currentAwards } from '../../registration/facts.ts';
import type { Registration } from '../../registration/model.ts';
import { capacityOf } from '../../registration/placement.ts';
import { inWords, presentRegistration } from '../../registration/present.ts';
import { addPurchaseOrder } from '../../registration/purchase-order.ts';
import { findHolder, isContact, readRegistration, registrationsOfPerson } from '../../registration/store.ts';
import {
  checkForm,
  correctRegistration,
  endCorrections,
  registeringHub,
  submitRegistration,
} from '../../registration/submit.ts';
import { registrationTexts } from '../../registration/texts.ts';
import type { Identity } from '../../shared/access/identity.ts';
import { audienceHandler } from '../../shared/http/audience-handler.ts';
import { NotFoundError } from '../../shared/runtime/errors.ts';
import type { Actor } from '../../shared/table/change.ts';
import { londonDate } from '../../shared/time/london.ts';
import { publicContract } from './contract.ts';

/** The registration form's API, and a signed-in contact's own registrations. */
export const handler = audienceHandler(
  publicContract,
  {
    async getRound(_input, { now }) {
      const round = await openRound(now);
      const today = londonDate(now);
      const next = (await listRounds())
        .filter((each) => each.status === 'OPEN' && each.calendar.registrationOpens > today)
        .sort((a, b) => a.calendar.registrationOpens.localeCompare(b.calendar.registrationOpens))[0];
      if (round === undefined)
        return {
          round: null,
          next:
            next === undefined
              ? null
              : { label: next.label, registrationOpens: next.calendar.registrationOpens },
        };
      const { roundId, calendar } = round;
      const [hubs, funders] = await Promise.all([listHubs(), listFunders()]);
      return {
        round: {
          roundId,
          label: round.label,
          registrationOpens: calendar.registrationOpens,
          registrationCloses: calendar.registrationCloses,
          paymentDue: calendar.paymentDue,
          trainingStarts: calendar.trainingStarts,
          sessions: calendar.sessions,
          submissionDue: calendar.submissionDue,
          results: calendar.results,
          fees: {
            standardPence: round.fees.standardPence,
            smallPence: round.fees.smallPence,
            smallMaximumPupils: round.fees.smallMaximumPupils,
            paymentTermsDays: round.fees.paymentTermsDays,
          },
          levels: [...roundLevels],
          maximumSubjectLeaders: round.policies.maximumSubjectLeaders,
          hubs: await Promise.all(
            hubs
              .filter((hub) => hub.active)
              .map(async (hub) => ({
                hubId: hub.hubId,
                name: hub.name,
                region: hub.region,
                languages: hub.languages,
                hasRoom: (await placedInHub(hub.hubId, roundId)) < capacityOf(hub, round),
              })),
          ),
          funders: await Promise.all(
            funders
              .filter((funder) => funder.active)
              .map(async ({ funderId, name }) => ({
                funderId,
                name,
                hasPlaces: (await listFunderPlaces(funderId)).some(
                  (places) => places.roundId === roundId && places.used < places.places,
                ),
              })),
          ),
        },
        next: null,
      };
    },
    async searchSchools({ query }, { now }) {
      return { schools: (await searchRegister(query.q, query.limit)).map((one) => foundSchool(one, now)) };
    },
    async getSchool({ params }, { now }) {
      const school = await findRegisterSchool(params.urn);
      if (school === undefined) throw new NotFoundError(`school ${params.urn}`);
      const schoolId = schoolIdOfUrn(params.urn);
      const round = await openRound(now);
      const [awards, holder] = await Promise.all([
        currentAwards(schoolId, londonDate(now)),
        round === undefined ? undefined : findHolder(schoolId, round.roundId),
      ]);
      return {
        ...foundSchool(school, now),
        phase: school.phase,
        trust: school.trust,
        pupils: school.pupils,
        fsmPercent: school.fsmPercent,
        registeredThisRound: holder !== undefined,
        currentAwards: awards.flatMap(({ level, roundLabel, awardedOn, expiresOn }) =>
          isLevel(level) ? [{ level, roundLabel, awardedOn, expiresOn }] : [],
        ),
      };
    },
    async checkForm({ body }, { now, language }) {
      const { problems, warnings, fee } = await checkForm(body, now);
      const round = await findRound(body.roundId);
      return {
        problems: problems.map((each) => inWords(each, language)),
        warnings: warnings.map((each) => inWords(each, language)),
        fee:
          fee === undefined || round === undefined
            ? null
            : { pence: fee.pence, band: fee.band, vat: round.fees.vat },
      };
    },
    async submitRegistration({ body }, { now, language, identity }) {
      const { form, draftId } = body;
      const actor = identity === undefined ? undefined : personOf(identity);
      const sent = await submitRegistration(form, registeringHub(form.registeredByHub, identity), actor, now);
      if (draftId !== null && identity !== undefined) {
        await deleteDraft(identity.personId, draftId, now).catch((error: unknown) => {
          if (!(error instanceof NotFoundError)) throw error;
        });
      }
      const { registration } = sent;
      const round = await readRound(registration.roundId);
      return {
        registrationId: registration.registrationId,
        reference: registration.reference,
        fee: { pence: registration.fee.pence, band: registration.fee.band, vat: round.fees.vat },
        warnings: sent.warnings.map((each) => inWords(each, language)),
        repeated: sent.repeated,
        correctableUntil: sent.correctableUntil,
      };
    },
    async saveDraft({ body }, { now }) {
      const { draftId, expiresAt } = await saveDraft(body, now);
      return { draftId, expiresAt };
    },
    async listDrafts(_input, { identity, now }) {
      return { drafts: (await listDrafts(identity.personId, now)).map(draftView) };
    },
    async getDraft({ params }, { identity, now }) {
      return draftView(await readDraft(identity.personId, params.draftId, now));
    },
    async updateDraft({ params, body }, { identity, now }) {
      return draftView(await updateDraft(identity.personId, params.draftId, body, now));
    },
    async deleteDraft({ params }, { identity, now }) {
      await deleteDraft(identity.personId, params.draftId, now);
      return { deleted: true as const };
    },
    async listOwnRegistrations(_input, { identity }) {
      const own = await registrationsOfPerson(identity.personId);
      return {
        registrations: await Promise.all(
          own.map(async (each) => ({
            registrationId: each.registrationId,
            reference: each.reference,
            roundLabel: (await readRound(each.roundId)).label,
            schoolName: each.school.name,
            status:
              each.status === 'DECIDED' || each.status === 'IN_MODERATION'
                ? ('IN_ASSESSMENT' as const)
                : each.status,
            submittedAt: each.submittedAt,
          })),
        ),
      };
    },
    async getOwnRegistration({ params }, { identity, now }) {
      return presentRegistration(await ownOf(identity, params.registrationId), now);
    },
    async correctRegistration({ params, body }, { identity, now }) {
      await ownOf(identity, params.registrationId);
      return presentRegistration(
        await correctRegistration(params.registrationId, body, personOf(identity), now),
        now,
      );
    },
    async sendInvoiceNow({ params }, { identity, now }) {
      await ownOf(identity, params.registrationId);
      await endCorrections(params.registrationId, personOf(identity), now);
      return presentRegistration(await readRegistration(params.registrationId), now);
    },
    async addPurchaseOrder({ params, body }, { identity, now }) {
      await ownOf(identity, params.registrationId);
      return presentRegistration(
        await addPurchaseOrder(params.registrationId, body.number, personOf(identity), now),
        now,
      );
    },
  },
  [registrationTexts, paymentsTexts],
);

const personOf = (identity: Identity): Actor => ({ kind: 'person', id: identity.personId });

/** The registration, if it is the asker's own or of a hub that they lead; somebody else's is not found. */
async function ownOf(identity: Identity, registrationId: string): Promise<Registration> {
  const found = await readRegistration(registrationId);
  const leads = found.hubId !== null && identity.hubIds.includes(found.hubId);
  if (!isContact(found, identity.personId) && !leads)
    throw new NotFoundError(`registration ${registrationId}`);
  return found;
}

function foundSchool(school: RegisterSchool, now: Date) {
  const { urn, name, town, postcode, localAuthority } = school;
  const closeDate = registerDay(school.closeDate) ?? school.closeDate;
  return { urn, name, town, postcode, open: !isClosed(school, londonDate(now)), closeDate, localAuthority };
}

const draftView = ({ draftId, savedAt, expiresAt, language, form }: Draft) => ({
  draftId,
  savedAt,
  expiresAt,
  language,
  form,
});

const levels = ['PSQM', 'GILT', 'OUTREACH', 'BRONZE', 'SILVER', 'GOLD'] as const;
const isLevel = (level: string): level is (typeof levels)[number] => levels.some((each) => each === level);
