import type * as z from 'zod';
import { invoiceOf } from '../../payments/store.ts';
import { readPeople } from '../../people/store.ts';
import { deadlineFor } from '../../programme/deadlines.ts';
import { findHub, readRound } from '../../programme/store.ts';
import type { SignedInContext } from '../../shared/http/audience-handler.ts';
import { missingOf } from '../../submissions/checklist.ts';
import { findSubmission, listDocuments, listReflections } from '../../submissions/store.ts';
import { allowedLevels } from '../../training/level-change.ts';
import { openStatus, presentNext, presentTraining, statusText, timelineOf } from '../../training/present.ts';
import { findTraining } from '../../training/store.ts';
import { canWithdraw } from '../../training/withdrawal.ts';
import type { Mine } from './access.ts';
import type { registrationView } from './contract.ts';
import { invoicesOf, resultOf } from './others.ts';

const beforeTraining = new Set(['SUBMITTED', 'ACCEPTED', 'AWAITING_PAYMENT']);

/** A registration's page for one of its people. */
export async function presentRegistration(
  { registration, as }: Mine,
  context: SignedInContext,
): Promise<z.input<typeof registrationView>> {
  const { registrationId } = registration;
  const { language, now, identity } = context;
  const [round, invoice, training, submission, documents, reflections, hub, timeline, invoices, result] =
    await Promise.all([
      readRound(registration.roundId),
      invoiceOf(registration),
      findTraining(registrationId),
      findSubmission(registrationId),
      listDocuments(registrationId),
      listReflections(registrationId),
      registration.hubId === null ? undefined : findHub(registration.hubId),
      timelineOf(registrationId, language),
      invoicesOf(registrationId),
      resultOf(registration, language),
    ]);
  const leaders = (await readPeople(hub?.leaderIds ?? [])).filter((person) => person.status === 'ACTIVE');
  const missing = missingOf(round, registration.targetLevel, documents, reflections, now).length;
  const leads = as.includes('head') || as.includes('subject_leader');
  const inYear = registration.status === 'IN_TRAINING' || registration.status === 'READY_TO_SUBMIT';
  const confirmed = training !== undefined || !beforeTraining.has(registration.status);
  return {
    registrationId,
    reference: registration.reference,
    roundId: registration.roundId,
    roundLabel: round.label[language],
    schoolName: registration.school.name,
    town: registration.school.town,
    language: registration.language,
    status: openStatus(registration.status),
    statusText: statusText(registration.status, language),
    hub:
      hub === undefined
        ? null
        : { hubId: hub.hubId, name: hub.name, leaders: leaders.map(({ name, email }) => ({ name, email })) },
    accreditation: registration.accreditation,
    next: presentNext({ round, registration, invoice, training, submission, missing }, language, now),
    timeline,
    contacts: registration.contacts.map(({ contactId, role, name, email, from, until, personId }) => ({
      contactId,
      role,
      name,
      email,
      from,
      until,
      isMe: personId === identity.personId,
    })),
    myRoles: [...as],
    feePence: registration.fee.pence,
    purchaseOrder: {
      kind: registration.purchaseOrder.kind,
      number: registration.purchaseOrder.kind === 'NUMBER' ? registration.purchaseOrder.number : null,
    },
    invoices,
    training: confirmed ? presentTraining(round, registration, training, documents, language, now) : null,
    submission: confirmed
      ? {
          status: submission?.status ?? 'NOT_OPEN',
          opens: round.calendar.submissionOpens,
          signOffDue: deadlineFor(round, registration, 'signOffDue').toISOString(),
          submissionDue: deadlineFor(round, registration, 'submissionDue').toISOString(),
          missing,
        }
      : null,
    result,
    can: {
      withdraw: canWithdraw(registration.status),
      changeContacts: registration.status !== 'WITHDRAWN' && registration.status !== 'LAPSED',
      sendActionPlan: registration.status === 'IN_TRAINING' && training !== undefined,
      requestLevelChange:
        leads && inYear && training !== undefined && allowedLevels(round, registration, now).length > 0,
      addPurchaseOrder:
        registration.purchaseOrder.kind === 'LATER' && beforeTraining.has(registration.status),
    },
  };
}
