import type * as z from 'zod';
import { invoiceOf } from '../../payments/store.ts';
import { deadlineFor } from '../../programme/deadlines.ts';
import type { Round } from '../../programme/model.ts';
import { findHub, listRounds, readHub } from '../../programme/store.ts';
import type { Registration } from '../../registration/model.ts';
import { listHubRegistrations } from '../../registration/store.ts';
import type { Identity, Language } from '../../shared/access/identity.ts';
import type { SignedInContext } from '../../shared/http/audience-handler.ts';
import { NotFoundError } from '../../shared/runtime/errors.ts';
import { missingOf } from '../../submissions/checklist.ts';
import { findSubmission, listDocuments, listReflections } from '../../submissions/store.ts';
import { lateOf } from '../../training/late.ts';
import { sessionsOf } from '../../training/opening.ts';
import {
  actionPlanState,
  openStatus,
  presentNext,
  presentTraining,
  statusText,
  timelineOf,
} from '../../training/present.ts';
import { findHubSessions, findTraining } from '../../training/store.ts';
import { texts } from '../../training/texts.ts';
import type { hubContract, hubSchoolRow } from './contract.ts';

/** Statuses of schools that are still taking part: in the lists of sessions and the default of a letter to all. */
export const takingPart: readonly Registration['status'][] = [
  'SUBMITTED',
  'ACCEPTED',
  'AWAITING_PAYMENT',
  'PAID',
  'COVERED',
  'IN_TRAINING',
  'READY_TO_SUBMIT',
  'SUBMITTED_WORK',
  'IN_ASSESSMENT',
  'IN_MODERATION',
  'DECIDED',
];

/** The round asked for; by default the newest of those that are not drafts. */
export async function chosenRound(roundId: string | undefined): Promise<{ round: Round; rounds: Round[] }> {
  const rounds = (await listRounds()).filter((round) => round.status !== 'DRAFT');
  const round = roundId === undefined ? rounds[0] : rounds.find((one) => one.roundId === roundId);
  if (round === undefined) throw new NotFoundError(`round ${roundId ?? ''}`);
  return { round, rounds };
}

async function recordsOf(registration: Registration) {
  const { registrationId } = registration;
  const [invoice, training, submission, documents] = await Promise.all([
    invoiceOf(registration),
    findTraining(registrationId),
    findSubmission(registrationId),
    listDocuments(registrationId),
  ]);
  // What is missing matters only while the school still gathers it.
  const reflections = submission?.status === 'OPEN' ? await listReflections(registrationId) : [];
  return { invoice, training, submission, documents, reflections };
}

type Records = Awaited<ReturnType<typeof recordsOf>>;

function rowOf(
  round: Round,
  registration: Registration,
  records: Records,
  language: Language,
  now: Date,
): z.input<typeof hubSchoolRow> {
  const { invoice, training, submission, documents, reflections } = records;
  const missing = missingOf(round, registration.targetLevel, documents, reflections, now).length;
  const attendance = Object.values(training?.attendance ?? {});
  return {
    registrationId: registration.registrationId,
    reference: registration.reference,
    hubId: registration.hubId ?? '',
    schoolName: registration.school.name,
    town: registration.school.town,
    language: registration.language,
    status: openStatus(registration.status),
    statusText: statusText(registration.status, language),
    targetLevel: registration.targetLevel,
    levelConfirmed: registration.targetLevelConfirmed,
    levelRequested: training?.levelRequest?.to ?? null,
    actionPlan: actionPlanState(training, documents, now),
    actionPlanFeedbackGiven: training?.feedback != null,
    sessionsAttended: attendance.filter((entry) => entry.attended).length,
    sessionsRecorded: attendance.length,
    submission: submission?.status ?? 'NOT_OPEN',
    next: presentNext({ round, registration, invoice, training, submission, missing }, language, now),
    late: lateOf(round, registration, training, submission, now).map((late) => ({
      code: late.code,
      text: texts.text(
        language,
        `late.${late.code}`,
        late.session === undefined ? {} : { session: late.session },
      ),
      since: late.since.toISOString(),
    })),
  };
}

/** The schools of a person's hubs in a round, those with the oldest lateness first, then by name. */
export async function presentSchools(
  roundId: string | undefined,
  { identity, language, now }: SignedInContext,
): Promise<z.input<typeof hubContract.schools.response>> {
  const { round, rounds } = await chosenRound(roundId);
  const hubs = await Promise.all(identity.hubIds.map(readHub));
  const registrations = (
    await Promise.all(hubs.map(({ hubId }) => listHubRegistrations(hubId, round.roundId)))
  ).flat();
  const schools = await Promise.all(
    registrations.map(async (registration) =>
      rowOf(round, registration, await recordsOf(registration), language, now),
    ),
  );
  const oldest = (row: z.input<typeof hubSchoolRow>): string => row.late[0]?.since ?? '9';
  const none = { movedDeadlines: {} };
  const due = (name: 'actionPlanDue' | 'levelChangeCutOff' | 'signOffDue' | 'submissionDue'): string =>
    deadlineFor(round, none, name).toISOString();
  return {
    roundId: round.roundId,
    roundLabel: round.label[language],
    rounds: rounds.map((one) => ({ roundId: one.roundId, label: one.label[language] })),
    hubs: hubs.map((hub) => ({
      hubId: hub.hubId,
      name: hub.name,
      capacity: hub.capacity ?? round.policies.hubCapacity,
      schools: registrations.filter((one) => one.hubId === hub.hubId && takingPart.includes(one.status))
        .length,
    })),
    deadlines: {
      actionPlanDue: due('actionPlanDue'),
      levelChangeCutOff: due('levelChangeCutOff'),
      signOffDue: due('signOffDue'),
      submissionDue: due('submissionDue'),
    },
    schools: schools.sort(
      (a, b) => oldest(a).localeCompare(oldest(b)) || a.schoolName.localeCompare(b.schoolName, 'en-GB'),
    ),
  };
}

/** One school's page for its hub leader. */
export async function presentSchool(
  registration: Registration,
  round: Round,
  { language, now }: SignedInContext,
): Promise<z.input<typeof hubContract.school.response>> {
  const [records, timeline] = await Promise.all([
    recordsOf(registration),
    timelineOf(registration.registrationId, language),
  ]);
  const { training, documents, submission } = records;
  const inYear = registration.status === 'IN_TRAINING' || registration.status === 'READY_TO_SUBMIT';
  return {
    ...rowOf(round, registration, records, language, now),
    contacts: registration.contacts
      .filter((contact) => contact.until === null)
      .map(({ role, name, email }) => ({ role, name, email })),
    timeline,
    training: presentTraining(round, registration, training, documents, language, now),
    can: {
      recordAttendance: inYear && training !== undefined,
      recordActionPlan: inYear && training !== undefined && training.actionPlan === null,
      giveFeedback: inYear && training !== undefined && training.actionPlan !== null,
      confirmLevel: inYear || registration.status === 'PAID' || registration.status === 'COVERED',
      signOff:
        registration.status === 'READY_TO_SUBMIT' &&
        submission?.status === 'SIGN_OFF_REQUESTED' &&
        registration.targetLevelConfirmed,
    },
  };
}

/** Sessions of a person's hubs in a round with who attended, by number of session. */
export async function presentSessions(
  roundId: string | undefined,
  { identity }: { identity: Identity },
): Promise<z.input<typeof hubContract.sessions.response>> {
  const { round } = await chosenRound(roundId);
  const hubs = await Promise.all(
    identity.hubIds.map(async (hubId) => {
      const [hub, own, registrations] = await Promise.all([
        findHub(hubId),
        findHubSessions(hubId, round.roundId),
        listHubRegistrations(hubId, round.roundId),
      ]);
      const sessions = sessionsOf(round, own?.sessions);
      const schools = await Promise.all(
        registrations
          .filter((registration) => takingPart.includes(registration.status))
          .map(async ({ registrationId, school }) => {
            const training = await findTraining(registrationId);
            return {
              registrationId,
              schoolName: school.name,
              attended: sessions.map(({ session }) => training?.attendance[session]?.attended ?? null),
            };
          }),
      );
      return {
        hubId,
        name: hub?.name ?? hubId,
        sessions,
        schools: schools.sort((a, b) => a.schoolName.localeCompare(b.schoolName, 'en-GB')),
      };
    }),
  );
  return { roundId: round.roundId, hubs };
}
