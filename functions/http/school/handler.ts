import type * as z from 'zod';
import { invoiceOf } from '../../payments/store.ts';
import { readRound } from '../../programme/store.ts';
import type { Registration } from '../../registration/model.ts';
import { addPurchaseOrder } from '../../registration/purchase-order.ts';
import { registrationsOfPerson } from '../../registration/store.ts';
import type { Identity } from '../../shared/access/identity.ts';
import { audienceHandler, type SignedInContext } from '../../shared/http/audience-handler.ts';
import { NotFoundError, WrongStateError } from '../../shared/runtime/errors.ts';
import { missingOf, reflectionState } from '../../submissions/checklist.ts';
import {
  type Acting,
  declarationText,
  declare,
  reopenSubmission,
  requestSignOff,
} from '../../submissions/exchanges.ts';
import { presentDocument, presentSubmission } from '../../submissions/present.ts';
import { documentUrl, frozenFileUrl, readFrozenVersion } from '../../submissions/read-files.ts';
import { saveReflection } from '../../submissions/reflections.ts';
import {
  findDocument,
  findSubmission,
  listDocuments,
  listReflections,
  listVersions,
} from '../../submissions/store.ts';
import { texts as submissionTexts } from '../../submissions/texts.ts';
import { deleteDocument, startUpload, uploadDone } from '../../submissions/uploads.ts';
import { addContact, replaceContact } from '../../training/contacts.ts';
import { openStatus, presentNext, presentTraining, statusText } from '../../training/present.ts';
import { findTraining, type Person, receiveActionPlan, requestLevel } from '../../training/store.ts';
import { texts as trainingTexts } from '../../training/texts.ts';
import { withdraw } from '../../training/withdrawal.ts';
import { type Mine, mine, onlyAs } from './access.ts';
import { type contactView, schoolContract } from './contract.ts';
import { invoiceUrl } from './others.ts';
import { presentRegistration } from './present.ts';

const personOf = ({ personId, name }: Identity): Person => ({ personId, name });
const readerOf = ({ personId }: Identity) =>
  ({ actor: { kind: 'person', id: personId }, as: 'school' }) as const;

/** The submission's page as it is after an act, for the person who acted. */
async function submissionPage(found: Mine, context: SignedInContext) {
  const { registration, as } = found;
  const { registrationId } = registration;
  const [round, submission, documents, reflections, versions] = await Promise.all([
    readRound(registration.roundId),
    findSubmission(registrationId),
    listDocuments(registrationId),
    listReflections(registrationId),
    listVersions(registrationId),
  ]);
  const viewer = {
    school: true,
    head: as.includes('head'),
    leads: as.includes('head') || as.includes('subject_leader'),
    hubLeader: false,
  };
  return presentSubmission(
    { round, registration, submission, documents, reflections, versions },
    viewer,
    context.language,
    context.now,
  );
}

async function trainingPage(registration: Registration, context: SignedInContext) {
  const [round, training, documents] = await Promise.all([
    readRound(registration.roundId),
    findTraining(registration.registrationId),
    listDocuments(registration.registrationId),
  ]);
  return presentTraining(round, registration, training, documents, context.language, context.now);
}

async function acting(found: Mine, context: SignedInContext): Promise<Acting> {
  return {
    round: await readRound(found.registration.roundId),
    registration: found.registration,
    by: personOf(context.identity),
    now: context.now,
  };
}

export function presentContacts(
  registration: Registration,
  identity: Identity,
): z.input<typeof contactView>[] {
  return registration.contacts.map(({ contactId, role, name, email, from, until, personId }) => ({
    contactId,
    role,
    name,
    email,
    from,
    until,
    isMe: personId === identity.personId,
  }));
}

export const handler = audienceHandler(
  schoolContract,
  {
    async myRegistrations(_input, { identity, language, now }) {
      const own = await registrationsOfPerson(identity.personId);
      const registrations = await Promise.all(
        own.map(async (registration) => {
          const { registrationId } = registration;
          const [round, invoice, training, submission, documents, reflections] = await Promise.all([
            readRound(registration.roundId),
            invoiceOf(registration),
            findTraining(registrationId),
            findSubmission(registrationId),
            listDocuments(registrationId),
            listReflections(registrationId),
          ]);
          const missing = missingOf(round, registration.targetLevel, documents, reflections, now).length;
          return {
            registrationId,
            reference: registration.reference,
            schoolName: registration.school.name,
            roundId: registration.roundId,
            roundLabel: round.label[language],
            targetLevel: registration.targetLevel,
            status: openStatus(registration.status),
            statusText: statusText(registration.status, language),
            next: presentNext({ round, registration, invoice, training, submission, missing }, language, now),
          };
        }),
      );
      return { registrations };
    },
    async registration({ params }, context) {
      return presentRegistration(await mine(context.identity, params.registrationId), context);
    },
    async sendActionPlan({ params, body }, context) {
      const { registration } = await mine(context.identity, params.registrationId);
      const { registrationId } = registration;
      if (registration.status !== 'IN_TRAINING')
        throw new WrongStateError(`registration ${registration.reference}`, registration.status);
      const { personId } = context.identity;
      const plan = {
        kind: 'TEXT',
        text: body.text,
        receivedAt: context.now.toISOString(),
        by: personId,
      } as const;
      await receiveActionPlan(registrationId, plan, { kind: 'person', id: personId }, context.now);
      return trainingPage(registration, context);
    },
    async startUpload({ params, body }, { identity, now }) {
      const { registration } = await mine(identity, params.registrationId);
      return startUpload(await readRound(registration.roundId), registration, body, personOf(identity), now);
    },
    async uploadDone({ params }, { identity, language, now }) {
      const { registration } = await mine(identity, params.registrationId);
      const file = await uploadDone(
        await readRound(registration.roundId),
        registration,
        params.documentId,
        personOf(identity),
        now,
      );
      return presentDocument(file, language);
    },
    async document({ params }, { identity, language }) {
      await mine(identity, params.registrationId);
      const file = await findDocument(params.registrationId, params.documentId);
      if (file === undefined) throw new NotFoundError(`document ${params.documentId}`);
      return presentDocument(file, language);
    },
    async documentFile({ params }, { identity, now }) {
      await mine(identity, params.registrationId);
      return documentUrl(params.registrationId, params.documentId, readerOf(identity), now);
    },
    async deleteDocument({ params }, { identity, now }) {
      const { registration } = await mine(identity, params.registrationId);
      await deleteDocument(
        await readRound(registration.roundId),
        registration,
        params.documentId,
        personOf(identity),
        now,
      );
      return { done: true as const };
    },
    async submission({ params }, context) {
      return submissionPage(await mine(context.identity, params.registrationId), context);
    },
    async saveReflection({ params, body }, { identity, now }) {
      const { registration } = await mine(identity, params.registrationId);
      const round = await readRound(registration.roundId);
      const { revision, savedAt, words } = await saveReflection(
        round,
        registration,
        params.criterionId,
        body,
        personOf(identity),
        now,
      );
      const maximumWords = round.checklist.reflectionMaximumWords;
      return { revision, savedAt, words, maximumWords, state: reflectionState(words, maximumWords) };
    },
    async requestSignOff({ params, body }, context) {
      const found = onlyAs(await mine(context.identity, params.registrationId), 'head', 'subject_leader');
      await requestSignOff(await acting(found, context), body.message);
      return submissionPage(found, context);
    },
    async reopenSubmission({ params, body }, context) {
      const found = onlyAs(await mine(context.identity, params.registrationId), 'head', 'subject_leader');
      await reopenSubmission(await acting(found, context), body.reason);
      return submissionPage(found, context);
    },
    async declaration({ params }, context) {
      const { registration } = onlyAs(await mine(context.identity, params.registrationId), 'head');
      const submission = await findSubmission(registration.registrationId);
      if (submission === undefined) throw new NotFoundError('submission');
      if (submission.declaration !== null) {
        const { text, sha256, language, at } = submission.declaration;
        return { text, sha256, language, canDeclare: false, declaredAt: at };
      }
      const { text, sha256 } = await declarationText(
        await readRound(registration.roundId),
        registration,
        submission,
        context.language,
      );
      const canDeclare = registration.status === 'READY_TO_SUBMIT' && submission.status === 'SIGNED_OFF';
      return { text, sha256, language: context.language, canDeclare, declaredAt: null };
    },
    async declare({ params, body }, context) {
      const found = onlyAs(await mine(context.identity, params.registrationId), 'head');
      await declare(await acting(found, context), body);
      return submissionPage(found, context);
    },
    async frozenFile({ params }, { identity, now }) {
      const { registration } = await mine(identity, params.registrationId);
      const frozen = await readFrozenVersion(registration.registrationId, params.version);
      const file = frozen.files.find((entry) => entry.documentId === params.documentId);
      if (file === undefined) throw new NotFoundError(`document ${params.documentId}`);
      return frozenFileUrl(registration.registrationId, frozen.version, file, readerOf(identity), now);
    },
    async changeContact({ params, body }, { identity, now }) {
      const { registration } = await mine(identity, params.registrationId);
      const round = await readRound(registration.roundId);
      const saved = await replaceContact(
        round,
        registration,
        params.contactId,
        body.replacement,
        body.reason,
        personOf(identity),
        now,
      );
      return { contacts: presentContacts(saved, identity) };
    },
    async addContact({ params, body }, { identity, now }) {
      const { registration } = await mine(identity, params.registrationId);
      const { role, name, email } = body;
      const saved = await addContact(
        await readRound(registration.roundId),
        registration,
        role,
        { name, email },
        personOf(identity),
        now,
      );
      return { contacts: presentContacts(saved, identity) };
    },
    async requestLevelChange({ params, body }, context) {
      const { registration } = onlyAs(
        await mine(context.identity, params.registrationId),
        'head',
        'subject_leader',
      );
      if ((await findTraining(registration.registrationId)) === undefined)
        throw new NotFoundError('training');
      await requestLevel(
        registration,
        await readRound(registration.roundId),
        body.to,
        body.reason,
        personOf(context.identity),
        context.now,
      );
      return trainingPage(registration, context);
    },
    async addPurchaseOrder({ params, body }, { identity, now }) {
      const { registration } = await mine(identity, params.registrationId);
      await addPurchaseOrder(
        registration.registrationId,
        body.number,
        { kind: 'person', id: identity.personId },
        now,
      );
      return { done: true as const };
    },
    async invoiceFile({ params }, { identity, now }) {
      await mine(identity, params.registrationId);
      return invoiceUrl(params.registrationId, params.invoiceNumber, now);
    },
    async withdraw({ params, body }, { identity, now }) {
      const { registration } = await mine(identity, params.registrationId);
      await withdraw(registration, body.reason, personOf(identity), now);
      return { done: true as const };
    },
  },
  [trainingTexts, submissionTexts],
);
