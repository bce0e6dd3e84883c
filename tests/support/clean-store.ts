import { assignment } from '../../functions/assessment/model.ts';
import { award } from '../../functions/awards/model.ts';
import { awardKey } from '../../functions/awards/store.ts';
import { decision, panelMeeting, reading } from '../../functions/moderation/model.ts';
import { decisionKey, meetingKey, readingKeys } from '../../functions/moderation/store.ts';
import { person } from '../../functions/people/model.ts';
import type { Registration } from '../../functions/registration/model.ts';
import { registration } from '../../functions/registration/model.ts';
import {
  assignmentKey,
  personKey,
  registrationKey,
  registrationPk,
  stageKey,
  waitKey,
} from '../../functions/shared/table/keys.ts';
import {
  document,
  documentKey,
  frozenVersion,
  frozenVersionKey,
  submission,
  submissionKey,
} from '../../functions/submissions/model.ts';
import type { ExecutionDetails, ExecutionSnapshot, Item, Snapshot } from '../../tools/verify/snapshot.ts';
import { sampleAssignment, sampleReader } from './assessing.ts';
import { books } from './clean-books.ts';
import { AT, actor, record, round, sha256, told } from './clean-records.ts';
import { sampleDecision, sampleMeeting, sampleReading } from './moderating.ts';
import { sampleDocument, sampleRegistration, sampleSubmission } from './school-year.ts';

export const NOW = new Date('2026-06-30T12:00:00.000Z');
/** Objects of the submissions bucket, by key. */
const objects: Readonly<Record<string, string>> = {
  'frozen/REG1/v1/DOC1.pdf': 'portfolio',
  'frozen/REG1/v1/reflections.json': 'reflections',
  'frozen/REG1/v1/manifest.json': 'manifest',
};

/** A small store of which every invariant holds: one school awarded, one that withdrew after it had paid a part. */
export function cleanStore(): { items: Item[]; executions: ExecutionSnapshot[] } {
  const awarded = sampleRegistration({
    registrationId: 'REG1',
    reference: 'PSQM-TEST01',
    status: 'AWARDED',
    statusSince: AT,
    awardedLevel: 'GILT',
    invoiceNumber: 'PSQM-2026-00001',
  });
  const withdrawn = sampleRegistration({
    registrationId: 'REG2',
    reference: 'PSQM-TEST02',
    schoolId: 'URN-100002',
    status: 'WITHDRAWN',
    statusSince: AT,
    invoiceNumber: 'PSQM-2026-00002',
  });
  // The same school again in the same round: possible, because the first one withdrew.
  const again = { ...withdrawn, registrationId: 'REG3', reference: 'PSQM-TEST03', status: 'PAID' as const };
  const covered: Registration = { ...again, funderId: 'TRUST', invoiceNumber: null };
  return {
    items: [
      ...record(registrationKey('REG1'), registration.parse(awarded), {
        name: 'ResultReleased',
        detail: { registrationId: 'REG1', roundId: round.roundId, outcome: 'AWARDED' },
      }),
      ...record(registrationKey('REG2'), registration.parse(withdrawn), {
        name: 'RegistrationWithdrawn',
        detail: { registrationId: 'REG2', roundId: round.roundId },
      }),
      ...record(registrationKey('REG3'), registration.parse(covered), {
        name: 'FundingGranted',
        detail: { registrationId: 'REG3', roundId: round.roundId, funderId: 'TRUST' },
      }),
      ...books(awarded, withdrawn),
      ...submissionOf('REG1'),
      ...judgementOf('REG1'),
      ...emails(),
      ...claims(),
    ],
    executions: executions(),
  };
}

/** The snapshot of items and executions over the objects above. */
export function snapshotOf(store: {
  items: readonly Item[];
  executions: readonly ExecutionSnapshot[];
}): Snapshot {
  return {
    ...store,
    hashOf: async (_bucket, key) => {
      const object = objects[key];
      return object === undefined ? undefined : sha256(object);
    },
    detailsOf: async (arn) => details[arn] ?? { collection: undefined, attempt: 1, lastState: undefined },
  };
}

function submissionOf(registrationId: string): Item[] {
  const about = { registrationId, roundId: round.roundId };
  const [file] = [{ documentId: 'DOC1', key: 'frozen/REG1/v1/DOC1.pdf', sha256: sha256('portfolio') }];
  const accepted = sampleDocument({
    documentId: 'DOC1',
    status: 'ACCEPTED',
    releasedKey: 'released/REG1/DOC1.pdf',
    sha256: sha256('portfolio'),
  });
  const version = frozenVersion.parse({
    ...about,
    number: 1,
    level: 'GILT',
    declaredAt: AT,
    frozenAt: AT,
    manifestKey: 'frozen/REG1/v1/manifest.json',
    manifestSha256: sha256('manifest'),
    reflectionsKey: 'frozen/REG1/v1/reflections.json',
    reflectionsSha256: sha256('reflections'),
    reflectionsCount: 1,
    files: [
      { ...file, documentType: 'PORTFOLIO', name: 'portfolio.pdf', mediaType: 'application/pdf', bytes: 9 },
    ],
  });
  const served = { pk: registrationPk(registrationId), version: 1, at: AT, by: actor };
  return [
    ...record(
      submissionKey(registrationId),
      submission.parse(sampleSubmission(round, { status: 'FROZEN', frozenVersion: 1 })),
      { name: 'SubmissionVersionStored', detail: { ...about, version: 1 } },
    ),
    ...record(documentKey(registrationId, 'DOC1'), document.parse(accepted), {
      name: 'DocumentAccepted',
      detail: { ...about, documentId: 'DOC1' },
    }),
    ...record(frozenVersionKey(registrationId, 1), version),
    { ...served, sk: 'ACCESS#1', as: 'assessor', ...file, frozenVersion: 1 },
    { ...served, sk: 'ACCESS#2', as: 'hub_leader', ...file, key: 'released/REG1/DOC1.pdf' },
  ];
}

function judgementOf(registrationId: string): Item[] {
  const about = { registrationId, roundId: round.roundId };
  const readingId = `${registrationId}.01`;
  const people = [
    sampleReader('A1', { hubIds: ['HUB-OF-A1'] }),
    sampleReader('M1'),
    { ...sampleReader('P1'), assessor: null },
  ];
  return [
    ...people.flatMap((one) =>
      record(personKey(one.personId), person.parse(one), {
        name: 'PersonAdded',
        detail: { personId: one.personId },
      }),
    ),
    ...record(
      assignmentKey('REG1.1'),
      assignment.parse(
        sampleAssignment({ status: 'RETURNED', statusSince: AT, acceptedAt: AT, returnedAt: AT }),
      ),
      { name: 'AssessmentReturned', detail: { ...about, assignmentId: 'REG1.1' } },
    ),
    ...record(
      readingKeys(readingId).record,
      reading.parse(sampleReading({ readingId, status: 'RETURNED', endedAt: AT })),
      { name: 'SecondReadingReturned', detail: about },
    ),
    ...record(decisionKey(registrationId), decision.parse(sampleDecision())),
    ...record(meetingKey(round.roundId, 1), panelMeeting.parse(sampleMeeting()), {
      name: 'PanelMeetingClosed',
      detail: { roundId: round.roundId, meeting: 1 },
    }),
    ...record(
      awardKey('URN-100001', 'PSQM-C-1'),
      award.parse({
        certificateNumber: 'PSQM-C-1',
        schoolId: 'URN-100001',
        schoolName: 'Sample Primary School',
        town: 'Sampleton',
        urn: '100001',
        level: 'GILT',
        roundId: round.roundId,
        roundLabel: round.label,
        language: 'en',
        awardedOn: '2026-06-20',
        expiresOn: '2029-06-20',
        status: 'CURRENT',
        revoked: null,
        registrationId,
        certificateKey: null,
      }),
    ),
    // Told with the registration's result, in its collection.
    told(
      registrationKey(registrationId),
      { name: 'AwardIssued', detail: { ...about, certificateNumber: 'PSQM-C-1' } },
      1,
    ),
  ];
}

function emails(): Item[] {
  const sent = {
    pk: registrationPk('REG1'),
    version: 1,
    to: 'head@school.example',
    subject: 'Your result',
    claimedAt: AT,
  };
  return [
    {
      ...sent,
      sk: 'EMAIL#result:head',
      cause: 'result:head',
      status: 'SENT',
      messageId: 'M-1',
      interrupted: 0,
    },
    {
      ...sent,
      sk: 'EMAIL#result:science',
      cause: 'result:science',
      status: 'SENT',
      messageId: 'M-2',
      interrupted: 0,
    },
  ];
}

export const DEADLINE = '2026-07-10T22:59:59.999Z';

/** An award that has ended, a registration that waits, and two that found its stage taken or failed and are on the board. */
function claims(): Item[] {
  const claim = { attempt: 1, eventId: 'EV1', claimedAt: AT };
  return [
    {
      ...stageKey(registrationPk('REG1'), 'award'),
      ...claim,
      executionArn: 'award:1',
      endedAt: AT,
      stageResult: 'RELEASED',
    },
    { ...stageKey(registrationPk('REG3'), 'training'), ...claim, executionArn: 'training:2', attempt: 2 },
    { pk: registrationPk('REG3'), sk: 'RAN#training#0001', ...claim, executionArn: 'training:1' },
    { pk: registrationPk('REG3'), sk: 'STUCK#training:1', executionArn: 'training:1' },
    {
      ...waitKey(registrationPk('REG3'), 'training'),
      executionArn: 'training:2',
      taskToken: 'TOKEN',
      deadline: DEADLINE,
      waitingFor: 'the action plan',
      deadlineName: 'actionPlanDue',
      decidedAt: AT,
    },
  ];
}

function executions(): ExecutionSnapshot[] {
  const ended = { stoppedAt: AT, currentState: undefined, wait: undefined };
  const wait = {
    deadline: DEADLINE,
    waitingFor: 'the action plan',
    since: AT,
    timesOutAt: '2026-07-10T23:00:00.000Z',
  };
  return [
    { arn: 'award:1', machine: 'Award', status: 'SUCCEEDED', ...ended },
    { arn: 'training:1', machine: 'Training', status: 'FAILED', ...ended },
    {
      arn: 'training:2',
      machine: 'Training',
      status: 'RUNNING',
      stoppedAt: undefined,
      currentState: 'Wait',
      wait,
    },
    { arn: 'training:3', machine: 'Training', status: 'SUCCEEDED', ...ended },
  ];
}

const details: Readonly<Record<string, ExecutionDetails>> = {
  // Not among the executions: for a test that adds it.
  'training:4': { collection: 'REG#REG3', attempt: 2, lastState: 'The training is over' },
  'training:3': { collection: 'REG#REG3', attempt: 2, lastState: 'Already running' },
};
