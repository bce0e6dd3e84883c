import { createHash } from 'node:crypto';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Round } from '../../functions/programme/model.ts';
import type { Registration } from '../../functions/registration/model.ts';
import type { Identity, Role } from '../../functions/shared/access/identity.ts';
import { addDays, londonDate } from '../../functions/shared/time/london.ts';
import { sampleProfile } from './assessing.ts';
import { sampleRegistration, sampleRound } from './school-year.ts';

const actor = { kind: 'system', id: 'test' } as const;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A round whose submissions were frozen before today and whose results were due yesterday. */
export function judgingRound(): Round {
  const today = londonDate(new Date());
  const round = sampleRound();
  return {
    ...round,
    status: 'CLOSED',
    calendar: {
      ...round.calendar,
      submissionDue: addDays(today, -60),
      allocation: addDays(today, -50),
      assessmentDue: addDays(today, 10),
      moderation: addDays(today, -2),
      moderationDue: addDays(today, 20),
      results: addDays(today, -1),
    },
  };
}

/** Puts the round into the table of the local cloud. */
export async function storeRound(round: Round): Promise<void> {
  const { create } = await import('../../functions/shared/table/change.ts');
  const { roundKey } = await import('../../functions/shared/table/keys.ts');
  const next = { ...round, roundKey: 'ROUNDS', roundSort: round.roundId };
  await create(roundKey(round.roundId), { next, audit: { action: 'test', actor }, events: [] }, new Date());
}

/** A person of a role with an assessor's profile where it needs one; answers who they are when they ask. */
export async function storePerson(
  name: string,
  role: Role,
  profile: Parameters<typeof sampleProfile>[0] = {},
): Promise<Identity> {
  const { ensurePerson, setAssessorProfile } = await import('../../functions/people/store.ts');
  const now = new Date();
  const made = await ensurePerson(
    { email: `${name}@psqm.example`, name: `Sample ${name}`, language: 'en', role },
    actor,
    now,
  );
  if (role === 'assessor' || role === 'moderator') {
    await setAssessorProfile(made.personId, sampleProfile(profile), actor, now);
  }
  const { personId, email, roles, language, hubIds, funderIds } = made;
  return { personId, email, name: made.name, roles, language, hubIds, funderIds };
}

/** A registration with a frozen submission, its fee covered by a funder unless said otherwise. */
export async function storeFrozen(
  round: Round,
  number: number,
  change: Partial<Registration> = {},
): Promise<Registration> {
  const { create } = await import('../../functions/shared/table/change.ts');
  const { registrationKey, roundIndex } = await import('../../functions/shared/table/keys.ts');
  const { frozenVersionKey, submissionKey } = await import('../../functions/submissions/model.ts');
  const registrationId = `REG${number}`;
  const registration = sampleRegistration({
    registrationId,
    reference: `PSQM-T${number}`,
    schoolId: `URN-${200000 + number}`,
    school: { ...sampleRegistration().school, urn: String(200000 + number), name: `Sample School ${number}` },
    contacts: sampleRegistration().contacts.map((contact) => ({
      ...contact,
      contactId: `${registrationId}-${contact.contactId}`,
      email: `${contact.contactId}@school-${number}.example`,
    })),
    status: 'SUBMITTED_WORK',
    funderId: 'FUNDER',
    invoiceNumber: null,
    ...change,
  });
  const now = new Date();
  const prefix = `frozen/${registrationId}/v1`;
  const file = {
    documentId: 'DOC1',
    documentType: round.checklist.documents[0]?.id ?? '',
    name: 'portfolio.pdf',
    mediaType: 'application/pdf',
    bytes: 9,
    sha256: sha256('portfolio'),
    key: `${prefix}/DOC1.pdf`,
  };
  const reflections = JSON.stringify({
    registrationId,
    version: 1,
    reflections: round.criteria.criteria.map(({ id, title }) => ({
      criterionId: id,
      title,
      text: `For ${id}.`,
      words: 2,
    })),
  });
  const manifest = JSON.stringify({
    registrationId,
    reference: registration.reference,
    roundId: round.roundId,
    version: 1,
    level: registration.targetLevel,
    school: { urn: registration.school.urn, name: registration.school.name },
    criteriaVersion: round.criteria.version,
    checklistVersion: round.checklist.version,
    signOff: { by: 'P-hub', at: now.toISOString() },
    declaration: {
      by: 'P-head',
      at: now.toISOString(),
      language: 'en',
      text: 'We declare it.',
      sha256: sha256('We declare it.'),
      contentDigest: sha256('contents'),
    },
    files: [file],
    reflections: { key: `${prefix}/reflections.json`, sha256: sha256(reflections), count: 1 },
  });
  const s3 = new S3Client({});
  for (const [key, body] of [
    [file.key, 'portfolio'],
    [`${prefix}/reflections.json`, reflections],
    [`${prefix}/manifest.json`, manifest],
  ] as const) {
    await s3.send(new PutObjectCommand({ Bucket: 'submissions', Key: key, Body: body }));
  }
  await create(
    registrationKey(registrationId),
    {
      next: { ...registration, ...roundIndex(round.roundId, 'REGISTRATION', registrationId) },
      audit: { action: 'test', actor },
      events: [],
      also: [
        {
          put: {
            ...frozenVersionKey(registrationId, 1),
            registrationId,
            roundId: round.roundId,
            number: 1,
            level: registration.targetLevel,
            declaredAt: now.toISOString(),
            frozenAt: now.toISOString(),
            manifestKey: `${prefix}/manifest.json`,
            manifestSha256: sha256(manifest),
            reflectionsKey: `${prefix}/reflections.json`,
            reflectionsSha256: sha256(reflections),
            reflectionsCount: 1,
            files: [file],
          },
        },
        {
          put: {
            ...submissionKey(registrationId),
            registrationId,
            roundId: round.roundId,
            status: 'FROZEN',
            openedAt: now.toISOString(),
            exchanges: [],
            signOff: null,
            declaration: null,
            frozenVersion: 1,
          },
        },
      ],
    },
    now,
  );
  return registration;
}

/** Does what a machine does: decides and acts until it waits or ends; answers the step at which it stopped. */
export async function runMachine(
  stage: string,
  plan: string,
  acts: Readonly<Record<string, string>>,
  input: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const task = async (name: string, more: Record<string, unknown> = {}): Promise<Record<string, unknown>> => {
    const { handler } = await import(`../../functions/${stage}/handlers/${name}.ts`);
    return handler({ correlationId: 'test', ...input, ...more }, {});
  };
  for (let turn = 0; turn < 60; turn++) {
    const step = await task(plan);
    if (step.do === 'WAIT') return step;
    const act = acts[String(step.do)];
    if (act === undefined) throw new Error(`no act for ${String(step.do)}`);
    const done = await task(act, step);
    if (step.do === 'ENDED' && done.ended !== false) return step;
  }
  throw new Error(`${plan} goes round in circles`);
}

export const machines = {
  allocation: (roundId: string, attempt: number) =>
    runMachine(
      'assessment',
      'plan-allocation',
      {
        SOLVE: 'solve-allocation',
        OFFER: 'offer-assignments',
        WRITE_TO_ASSESSORS: 'write-to-assessors',
        ENDED: 'end-allocation',
      },
      { roundId, attempt },
    ),
  assessment: (assignmentId: string) =>
    runMachine(
      'assessment',
      'plan-assessment',
      {
        EXPIRE: 'expire-assignment',
        REMIND: 'remind-assessor',
        ESCALATE: 'escalate-assessment',
        CLOSE_FOR_SCHOOL: 'close-for-school',
        ASK_REALLOCATION: 'ask-reallocation',
        ENDED: 'end-assessment',
      },
      { assignmentId },
    ),
  moderation: (roundId: string, attempt: number) =>
    runMachine(
      'moderation',
      'plan-moderation',
      {
        DRAW: 'draw-sample',
        OPEN: 'open-cases',
        WRITE_TO_MODERATORS: 'write-to-moderators',
        ENDED: 'end-moderation',
      },
      { roundId, attempt },
    ),
  moderationCase: (registrationId: string) =>
    runMachine(
      'moderation',
      'plan-moderation-case',
      {
        GIVE_READING: 'give-reading',
        REMIND_READER: 'remind-reader',
        EXPIRE_READING: 'expire-reading',
        COMPARE: 'compare-readings',
        PROPOSE: 'propose-outcome',
        ESCALATE: 'escalate-case',
        CLOSE: 'close-case',
        ENDED: 'end-case',
      },
      { registrationId },
    ),
  appeal: (registrationId: string) =>
    runMachine(
      'awards',
      'plan-appeal',
      { WRITE: 'write-about-appeal', ESCALATE: 'escalate-appeal', ENDED: 'end-appeal' },
      { registrationId },
    ),
  award: (registrationId: string) =>
    runMachine(
      'awards',
      'plan-award',
      {
        ESCALATE: 'escalate-award',
        PREPARE_CERTIFICATE: 'prepare-certificate',
        RELEASE: 'release-result',
        SEND_LETTERS: 'send-letters',
        ENDED: 'end-award',
      },
      { registrationId },
    ),
};

/** Claims the stage of the allocation, as the machine's first state does. */
export async function claimAllocation(roundId: string, attempt: number): Promise<void> {
  const { DynamoDBClient, UpdateItemCommand } = await import('@aws-sdk/client-dynamodb');
  await new DynamoDBClient({}).send(
    new UpdateItemCommand({
      TableName: 'programme',
      Key: { pk: { S: `ROUND#${roundId}` }, sk: { S: 'STAGE#allocation' } },
      UpdateExpression: 'SET executionArn = :x, attempt = :a, claimedAt = :t REMOVE endedAt, stageResult',
      ExpressionAttributeValues: {
        ':x': { S: `execution ${attempt}` },
        ':a': { N: String(attempt) },
        ':t': { S: new Date().toISOString() },
      },
    }),
  );
}
