import type * as z from 'zod';
import { readRound } from '../../programme/store.ts';
import type { Registration } from '../../registration/model.ts';
import { listHubRegistrations } from '../../registration/store.ts';
import type { Identity } from '../../shared/access/identity.ts';
import { audienceHandler, type SignedInContext } from '../../shared/http/audience-handler.ts';
import { RefusedError, WrongStateError } from '../../shared/runtime/errors.ts';
import { parseStored, queryCollection } from '../../shared/table/change.ts';
import { hubPk } from '../../shared/table/keys.ts';
import { type Acting, returnSubmission, signOff } from '../../submissions/exchanges.ts';
import { presentSubmission } from '../../submissions/present.ts';
import { documentUrl } from '../../submissions/read-files.ts';
import { findSubmission, listDocuments, listReflections, listVersions } from '../../submissions/store.ts';
import { texts as submissionTexts } from '../../submissions/texts.ts';
import { type HubMessage, hubMessage } from '../../training/model.ts';
import { presentTraining } from '../../training/present.ts';
import {
  actorOf,
  confirmLevel,
  findTraining,
  giveFeedback,
  type Person,
  receiveActionPlan,
  recordAttendance,
  recordMessage,
  refuseLevelRequest,
  setHubSessions,
  setSessions,
} from '../../training/store.ts';
import { texts as trainingTexts } from '../../training/texts.ts';
import { ledHub, ledRegistration } from './access.ts';
import { hubContract, type messageView } from './contract.ts';
import { presentSchool, presentSchools, presentSessions, takingPart } from './present.ts';

const personOf = ({ personId, name }: Identity): Person => ({ personId, name });

async function submissionPage(registration: Registration, context: SignedInContext) {
  const { registrationId } = registration;
  const [round, submission, documents, reflections, versions] = await Promise.all([
    readRound(registration.roundId),
    findSubmission(registrationId),
    listDocuments(registrationId),
    listReflections(registrationId),
    listVersions(registrationId),
  ]);
  const viewer = { school: false, head: false, leads: false, hubLeader: true };
  return presentSubmission(
    { round, registration, submission, documents, reflections, versions },
    viewer,
    context.language,
    context.now,
  );
}

async function trainingPage(registration: Registration, context: SignedInContext) {
  const { registrationId, roundId } = registration;
  const [round, training, documents] = await Promise.all([
    readRound(roundId),
    findTraining(registrationId),
    listDocuments(registrationId),
  ]);
  return presentTraining(round, registration, training, documents, context.language, context.now);
}

async function acting(registration: Registration, context: SignedInContext): Promise<Acting> {
  return {
    round: await readRound(registration.roundId),
    registration,
    by: personOf(context.identity),
    now: context.now,
  };
}

/** Training is recorded from the invitation until the submission is closed. */
function checkInYear(registration: Registration): void {
  if (registration.status !== 'IN_TRAINING' && registration.status !== 'READY_TO_SUBMIT') {
    throw new WrongStateError(`registration ${registration.reference}`, registration.status);
  }
}

function presentMessage({
  messageId,
  hubId,
  roundId,
  subject,
  text,
  registrationIds,
  sentAt,
  byName,
}: HubMessage): z.input<typeof messageView> {
  return { messageId, hubId, roundId, subject, text, registrationIds, sentAt, byName };
}

export const handler = audienceHandler(
  hubContract,
  {
    schools: ({ query }, context) => presentSchools(query.roundId, context),
    async school({ params }, context) {
      const registration = await ledRegistration(context.identity, params.registrationId);
      return presentSchool(registration, await readRound(registration.roundId), context);
    },
    async submission({ params }, context) {
      return submissionPage(await ledRegistration(context.identity, params.registrationId), context);
    },
    async documentFile({ params }, { identity, now }) {
      await ledRegistration(identity, params.registrationId);
      return documentUrl(
        params.registrationId,
        params.documentId,
        { actor: { kind: 'person', id: identity.personId }, as: 'hub_leader' },
        now,
      );
    },
    async messages(_input, { identity }) {
      const items = await Promise.all(
        identity.hubIds.map((hubId) => queryCollection(hubPk(hubId), 'MESSAGE#')),
      );
      const messages = items.flat().map((item) => parseStored(hubMessage, item));
      return { messages: messages.sort((a, b) => b.sentAt.localeCompare(a.sentAt)).map(presentMessage) };
    },
    async sendMessage({ body }, { identity, now }) {
      const hubId = ledHub(identity, body.hubId);
      const schools = (await listHubRegistrations(hubId, body.roundId)).filter((one) =>
        takingPart.includes(one.status),
      );
      const chosen = schools.filter(
        (one) => body.registrationIds === undefined || body.registrationIds.includes(one.registrationId),
      );
      if (chosen.length === 0) throw new RefusedError('no-schools', { field: 'registrationIds' });
      const { messageId, roundId, subject, text } = body;
      const { personId, name, email } = identity;
      const registrationIds = chosen.map((one) => one.registrationId);
      const message: HubMessage = {
        messageId,
        hubId,
        roundId,
        subject,
        text,
        registrationIds,
        sentAt: now.toISOString(),
        by: personId,
        byName: name,
        byEmail: email,
      };
      return presentMessage(await recordMessage(message, now));
    },
    sessions: ({ query }, context) => presentSessions(query.roundId, context),
    async setSessions({ body }, { identity, now }) {
      const hubId = ledHub(identity, body.hubId);
      const registrations = (await listHubRegistrations(hubId, body.roundId)).filter(
        (one) => one.status === 'IN_TRAINING' || one.status === 'READY_TO_SUBMIT',
      );
      const trainings = await Promise.all(registrations.map((one) => findTraining(one.registrationId)));
      const recorded = Math.max(
        0,
        ...trainings.flatMap((training) => Object.keys(training?.attendance ?? {}).map(Number)),
      );
      const actor = actorOf(identity);
      const sessions = await setHubSessions(hubId, body.roundId, body.sessions, recorded, actor, now);
      for (const training of trainings) {
        if (training !== undefined) await setSessions(training.registrationId, sessions, actor, now);
      }
      return { sessions };
    },
    async recordAttendance({ params, body }, { identity, now }) {
      const hubId = ledHub(identity, body.hubId);
      let recorded = 0;
      for (const { registrationId, attended } of body.attendance) {
        const registration = await ledRegistration(identity, registrationId);
        if (registration.hubId !== hubId || registration.roundId !== body.roundId)
          throw new RefusedError('no-schools', { field: 'attendance' });
        checkInYear(registration);
        await recordAttendance(registrationId, params.session, attended, personOf(identity), now);
        recorded++;
      }
      return { recorded };
    },
    async recordActionPlan({ params, body }, context) {
      const registration = await ledRegistration(context.identity, params.registrationId);
      checkInYear(registration);
      const { personId } = context.identity;
      const plan = {
        kind: 'OTHER',
        note: body.note,
        receivedAt: context.now.toISOString(),
        by: personId,
      } as const;
      await receiveActionPlan(registration.registrationId, plan, actorOf(context.identity), context.now);
      return trainingPage(registration, context);
    },
    async giveFeedback({ params, body }, context) {
      const registration = await ledRegistration(context.identity, params.registrationId);
      checkInYear(registration);
      await giveFeedback(registration.registrationId, body.text, personOf(context.identity), context.now);
      return trainingPage(registration, context);
    },
    async confirmLevel({ params, body }, context) {
      const registration = await ledRegistration(context.identity, params.registrationId);
      const round = await readRound(registration.roundId);
      const saved = await confirmLevel(
        registration.registrationId,
        round,
        body.level,
        body.reason,
        personOf(context.identity),
        context.now,
      );
      return trainingPage(saved, context);
    },
    async refuseLevelRequest({ params, body }, context) {
      const registration = await ledRegistration(context.identity, params.registrationId);
      checkInYear(registration);
      await refuseLevelRequest(
        registration.registrationId,
        body.reason,
        personOf(context.identity),
        context.now,
      );
      return trainingPage(registration, context);
    },
    async signOff({ params, body }, context) {
      const registration = await ledRegistration(context.identity, params.registrationId);
      await signOff(await acting(registration, context), body.comments);
      return submissionPage(registration, context);
    },
    async returnSubmission({ params, body }, context) {
      const registration = await ledRegistration(context.identity, params.registrationId);
      await returnSubmission(await acting(registration, context), body.comments);
      return submissionPage(registration, context);
    },
  },
  [trainingTexts, submissionTexts],
);
