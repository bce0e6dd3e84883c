import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hubContract } from '../../../functions/http/hub/contract.ts';
import { schoolContract } from '../../../functions/http/school/contract.ts';
import type { Registration } from '../../../functions/registration/model.ts';
import type { Identity } from '../../../functions/shared/access/identity.ts';
import { addDays, londonDate } from '../../../functions/shared/time/london.ts';
import type { LocalCloud } from '../../../local/cloud.ts';
import { type Answer, callRoute, type HttpFunction } from '../../support/http-call.ts';
import { officeFile, pdfFile } from '../../support/office-files.ts';
import { startProgrammeCloud } from '../../support/programme-cloud.ts';
import { sampleRegistration, sampleRound } from '../../support/school-year.ts';

const actor = { kind: 'system', id: 'test' } as const;
const today = londonDate(new Date());
const base = sampleRound();
/** A round in which submissions opened yesterday. */
const round = {
  ...base,
  calendar: {
    ...base.calendar,
    actionPlanDue: addDays(today, -60),
    levelChangeCutOff: addDays(today, 5),
    submissionOpens: addDays(today, -1),
    signOffDue: addDays(today, 20),
    submissionDue: addDays(today, 30),
    sessions: [addDays(today, -80), addDays(today, -40), addDays(today, 10)],
  },
};

let cloud: LocalCloud;
let school: HttpFunction;
let hub: HttpFunction;
let people: Record<'head' | 'leader' | 'office' | 'hub' | 'stranger', Identity>;
type Step = Record<string, unknown>;
const task = async (stage: string, name: string, input: Record<string, unknown>): Promise<Step> => {
  const { handler } = await import(`../../../functions/${stage}/handlers/${name}.ts`);
  return handler(input, {} as Context);
};
const asSchool = (
  route: keyof typeof schoolContract,
  who: Identity,
  input: Parameters<typeof callRoute>[3] = {},
): Promise<Answer> => callRoute(school, schoolContract[route], who, input);
const asHub = (
  route: keyof typeof hubContract,
  who: Identity,
  input: Parameters<typeof callRoute>[3] = {},
): Promise<Answer> => callRoute(hub, hubContract[route], who, input);

beforeAll(async () => {
  cloud = await startProgrammeCloud();
  const now = new Date();
  const { create } = await import('../../../functions/shared/table/change.ts');
  const { roundKey, hubKey, hubIndex, personIndex, roundIndex, registrationKey } = await import(
    '../../../functions/shared/table/keys.ts'
  );
  const { ensurePerson } = await import('../../../functions/people/store.ts');
  const { contactKey } = await import('../../../functions/registration/store.ts');
  const audit = { action: 'test', actor };
  await create(
    roundKey(round.roundId),
    {
      next: { ...round, status: 'OPEN' as const, roundKey: 'ROUNDS', roundSort: round.roundId },
      audit,
      events: [],
    },
    now,
  );
  const person = async (
    name: string,
    role: 'head' | 'subject_leader' | 'registrant' | 'hub_leader' | 'admin',
    hubIds: string[] = [],
  ) => {
    const made = await ensurePerson(
      { email: `${name}@school.example`, name: `Sample ${name}`, language: 'en', role, hubIds },
      actor,
      now,
    );
    const { personId, email, roles, language } = made;
    return { personId, email, name: made.name, roles, language, hubIds: made.hubIds, funderIds: [] };
  };
  people = {
    head: await person('head', 'head'),
    leader: await person('leader', 'subject_leader'),
    office: await person('office', 'registrant'),
    hub: await person('hub', 'hub_leader', ['HUB1']),
    stranger: await person('stranger', 'head'),
  };
  await person('admin', 'admin');
  await create(
    hubKey('HUB1'),
    {
      next: {
        hubId: 'HUB1',
        name: 'Sample Hub',
        region: '',
        postcodeAreas: [],
        languages: ['en' as const],
        capacity: null,
        leaderIds: [people.hub.personId],
        active: true,
      },
      audit,
      events: [],
    },
    now,
  );
  for (const registrationId of ['REG1', 'REG2', 'REG3']) {
    const sample = sampleRegistration({
      registrationId,
      reference: `PSQM-${registrationId}`,
      schoolId: `URN-${registrationId}`,
      contacts: [],
    });
    const contacts = sampleRegistration().contacts.map((contact) => ({
      ...contact,
      contactId: `${registrationId}-${contact.contactId}`,
      personId:
        contact.contactId === 'money'
          ? null
          : people[contact.contactId as 'head' | 'leader' | 'office'].personId,
    }));
    await create<Registration>(
      registrationKey(registrationId),
      {
        next: {
          ...sample,
          contacts,
          ...roundIndex(round.roundId, 'REGISTRATION', registrationId),
          ...hubIndex('HUB1', round.roundId, registrationId),
        },
        audit,
        events: [],
        also: contacts.flatMap(({ contactId, personId }) =>
          personId === null
            ? []
            : [
                {
                  put: {
                    ...contactKey(registrationId, contactId),
                    registrationId,
                    contactId,
                    until: null,
                    ...personIndex(personId, 'REGISTRATION', registrationId),
                  },
                },
              ],
        ),
      },
      now,
    );
  }
  school = (await import('../../../functions/http/school/handler.ts')).handler as unknown as HttpFunction;
  hub = (await import('../../../functions/http/hub/handler.ts')).handler as unknown as HttpFunction;
});

afterAll(() => cloud.stop());

const inbox = () =>
  cloud.services.ses.inbox().map((mail) => mail as unknown as { subject: string; to: string[] });

/** As a browser: the form's fields, then the file. */
async function post(
  upload: { url: string; fields: Record<string, string> },
  bytes: Uint8Array,
  mediaType?: string,
): Promise<number> {
  const form = new FormData();
  for (const [name, value] of Object.entries(upload.fields))
    form.append(name, name === 'Content-Type' && mediaType !== undefined ? mediaType : value);
  form.append('file', new Blob([bytes as BlobPart]));
  return (await fetch(upload.url, { method: 'POST', body: form })).status;
}

/** What GuardDuty says of an object. */
async function scanned(key: string, scanResultStatus = 'NO_THREATS_FOUND'): Promise<Step> {
  const { ETag } = await new S3Client({}).send(new GetObjectCommand({ Bucket: 'quarantine', Key: key }));
  return task('submissions', 'settle-document', {
    source: 'aws.guardduty',
    'detail-type': 'GuardDuty Malware Protection Object Scan Result',
    detail: {
      scanStatus: 'COMPLETED',
      s3ObjectDetails: { bucketName: 'quarantine', objectKey: key, eTag: ETag?.replaceAll('"', '') },
      scanResultDetails: { scanResultStatus },
    },
  });
}

async function upload(
  registrationId: string,
  documentType: string,
  bytes: Uint8Array,
  options: { name?: string; mediaType?: string; verdict?: string; replaces?: string } = {},
) {
  const mediaType = options.mediaType ?? 'application/pdf';
  const started = await asSchool('startUpload', people.leader, {
    params: { registrationId },
    body: {
      documentType,
      name: options.name ?? `${documentType}.pdf`,
      mediaType,
      bytes: bytes.byteLength,
      replaces: options.replaces,
    },
  });
  expect(started.status).toBe(200);
  const { documentId } = started.body;
  expect(await post(started.body.upload, bytes)).toBe(204);
  expect(
    (await asSchool('uploadDone', people.leader, { params: { registrationId, documentId } })).body.status,
  ).toBe('SCANNING');
  await scanned(started.body.upload.fields.key, options.verdict);
  return (await asSchool('document', people.leader, { params: { registrationId, documentId } })).body;
}

async function complete(registrationId: string): Promise<void> {
  const page = await asSchool('submission', people.leader, { params: { registrationId } });
  for (const line of page.body.checklist.filter(
    (entry: { required: boolean; state: string }) => entry.required && entry.state !== 'COMPLETE',
  )) {
    expect((await upload(registrationId, line.documentType, pdfFile(line.documentType))).status).toBe(
      'ACCEPTED',
    );
  }
  for (const { criterionId } of page.body.reflections) {
    const saved = await asSchool('saveReflection', people.leader, {
      params: { registrationId, criterionId },
      body: { text: `What we did for ${criterionId}.`, revision: 0 },
    });
    expect(saved).toMatchObject({ status: 200, body: { revision: 1, state: 'COMPLETE' } });
  }
}

async function openSubmission(registrationId: string): Promise<void> {
  expect(await task('training', 'plan-training', { registrationId })).toEqual({ do: 'INVITE' });
  await task('training', 'invite-school', { registrationId });
  await task('training', 'invite-school', { registrationId });
  expect(await task('training', 'plan-training', { registrationId })).toEqual({ do: 'COMPLETE' });
  await task('training', 'complete-training', { registrationId });
  expect(await task('submissions', 'plan-submission', { registrationId })).toEqual({ do: 'OPEN' });
  await task('submissions', 'open-submission', { registrationId });
}

describe('one school from its confirmed place to its frozen submission', () => {
  const registrationId = 'REG1';
  const params = { registrationId };

  it('is invited, and tasks that run again say nothing twice', async () => {
    await openSubmission(registrationId);
    const before = inbox().length;
    await task('training', 'complete-training', { registrationId });
    await task('submissions', 'open-submission', { registrationId });
    expect(inbox()).toHaveLength(before);
    expect(before).toBe(4);
    const page = await asSchool('registration', people.head, { params });
    expect(page).toMatchObject({
      status: 200,
      body: { status: 'READY_TO_SUBMIT', next: { code: 'complete-submission' }, result: null },
    });
    expect((await asSchool('myRegistrations', people.head)).body.registrations).toHaveLength(3);
  });

  it('takes files straight to quarantine, only of the size and type that were agreed', async () => {
    const bytes = pdfFile('plan');
    const started = await asSchool('startUpload', people.leader, {
      params,
      body: {
        documentType: 'action-plan',
        name: 'Cynllun ŷ.pdf',
        mediaType: 'application/pdf',
        bytes: bytes.byteLength,
      },
    });
    expect(await post(started.body.upload, Buffer.alloc(26 * 1024 * 1024, 1))).toBe(400);
    expect(await post(started.body.upload, bytes, 'text/html')).toBe(403);
    const early = await asSchool('uploadDone', people.leader, {
      params: { registrationId, documentId: started.body.documentId },
    });
    expect(early).toMatchObject({ status: 422, body: { error: { code: 'document-not-arrived' } } });
    const refused = await asSchool('startUpload', people.leader, {
      params,
      body: { documentType: 'action-plan', name: 'a.exe', mediaType: 'application/x-msdownload', bytes: 5 },
    });
    expect(refused).toMatchObject({ status: 422, body: { error: { code: 'document-wrong-type' } } });
    await asSchool('deleteDocument', people.leader, {
      params: { registrationId, documentId: started.body.documentId },
    });
  });

  it('refuses what is infected or not what it says, in words, and accepts the replacement with its history', async () => {
    const infected = await upload(registrationId, 'action-plan', pdfFile('x'), { verdict: 'THREATS_FOUND' });
    expect(infected).toMatchObject({ status: 'REFUSED', refusal: { code: 'malware' } });
    expect(infected.refusal.message).toContain('virus');
    expect(await upload(registrationId, 'action-plan', Buffer.from('MZ program'))).toMatchObject({
      status: 'REFUSED',
      refusal: { code: 'content-mismatch' },
    });
    const word = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
    expect(
      await upload(registrationId, 'action-plan', officeFile('docx', { 'word/vbaProject.bin': 'm' }), {
        mediaType: word,
      }),
    ).toMatchObject({ refusal: { code: 'macros' } });
    const first = await upload(registrationId, 'action-plan', officeFile('docx'), {
      mediaType: word,
      name: 'Cynllun ŷ flwyddyn.docx',
    });
    const second = await upload(registrationId, 'action-plan', pdfFile('better'), {
      replaces: first.documentId,
    });
    expect(second.status).toBe('ACCEPTED');
    expect(
      (
        await asSchool('document', people.leader, {
          params: { registrationId, documentId: first.documentId },
        })
      ).body,
    ).toMatchObject({ status: 'REPLACED', replacedBy: second.documentId });
    const left = await new S3Client({}).send(new ListObjectsV2Command({ Bucket: 'quarantine' }));
    expect(left.KeyCount ?? 0).toBe(0);
  });

  it('shows an accepted file by a short-lived address and logs who was given it', async () => {
    const page = await asSchool('submission', people.leader, { params });
    const file = page.body.checklist
      .find((line: { documentType: string }) => line.documentType === 'action-plan')
      .files.find((entry: { status: string }) => entry.status === 'ACCEPTED');
    const address = await asHub('documentFile', people.hub, {
      params: { registrationId, documentId: file.documentId },
    });
    expect(await (await fetch(address.body.url)).text()).toContain('better');
    const { queryCollection } = await import('../../../functions/shared/table/change.ts');
    expect(await queryCollection(`REG#${registrationId}`, 'ACCESS#')).toMatchObject([
      { by: { id: people.hub.personId }, as: 'hub_leader', documentId: file.documentId },
    ]);
  });

  it('cannot be signed off before it is complete, nor without a confirmed level', async () => {
    expect(await asSchool('requestSignOff', people.leader, { params, body: {} })).toMatchObject({
      status: 422,
      body: { error: { code: 'submission-incomplete' } },
    });
    await complete(registrationId);
    expect(
      (await asSchool('requestSignOff', people.leader, { params, body: { message: 'Please read it.' } }))
        .body,
    ).toMatchObject({ status: 'SIGN_OFF_REQUESTED', missing: [] });
    expect(await asHub('signOff', people.hub, { params, body: {} })).toMatchObject({
      status: 422,
      body: { error: { code: 'level-not-confirmed' } },
    });
    expect(
      (await asHub('confirmLevel', people.hub, { params, body: { level: 'GILT' } })).body.level,
    ).toMatchObject({ target: 'GILT', confirmed: true });
    expect(
      await asHub('confirmLevel', people.hub, {
        params,
        body: { level: 'OUTREACH', reason: 'They want it.' },
      }),
    ).toMatchObject({ status: 422, body: { error: { code: 'level-change-not-allowed' } } });
  });

  it('is locked while sign-off is awaited, returned with comments, and saved by one at a time', async () => {
    const criterionId = (await asSchool('submission', people.leader, { params })).body.reflections[0]
      .criterionId;
    const save = (revision: number, text = 'Better.') =>
      asSchool('saveReflection', people.leader, {
        params: { registrationId, criterionId },
        body: { text, revision },
      });
    expect(await save(1)).toMatchObject({ status: 422, body: { error: { code: 'submission-locked' } } });
    expect(
      (await asHub('returnSubmission', people.hub, { params, body: { comments: 'More about families.' } }))
        .body.status,
    ).toBe('RETURNED');
    expect(await save(1)).toMatchObject({ status: 200, body: { revision: 2 } });
    expect(await save(1, 'Somebody else.')).toMatchObject({ status: 409 });
    await asSchool('requestSignOff', people.leader, { params, body: {} });
    expect(
      (await asHub('signOff', people.hub, { params, body: { comments: 'Well done.' } })).body.status,
    ).toBe('SIGNED_OFF');
  });

  it('is declared by the head alone, exactly as read, and then frozen; repeats change nothing', async () => {
    expect(await asSchool('declaration', people.leader, { params })).toMatchObject({ status: 403 });
    const read = (await asSchool('declaration', people.head, { params })).body;
    expect(read.text).toContain('Sample Primary School');
    const body = { sha256: read.sha256, language: read.language, agreed: true };
    expect(
      await asSchool('declare', people.head, { params, body: { ...body, sha256: 'f'.repeat(64) } }),
    ).toMatchObject({ status: 422, body: { error: { code: 'declaration-changed' } } });
    expect((await asSchool('declare', people.head, { params, body })).body.status).toBe('DECLARED');
    expect(await task('submissions', 'plan-submission', { registrationId })).toEqual({ do: 'FREEZE' });
    const { listDocuments } = await import('../../../functions/submissions/store.ts');
    const { freezeFile } = await import('../../../functions/submissions/files.ts');
    const [one, other] = (await listDocuments(registrationId)).filter((file) => file.status === 'ACCEPTED');
    const placeOf = (file: typeof one) =>
      `frozen/${registrationId}/v1/${file?.documentId}/${file?.releasedKey?.split('/').at(-1)}`;
    const s3 = new S3Client({});
    // Something else in a frozen place is found out and left for people; what an interrupted run left does no harm.
    await s3.send(new PutObjectCommand({ Bucket: 'submissions', Key: placeOf(one), Body: 'something else' }));
    await expect(task('submissions', 'freeze-submission', { registrationId })).rejects.toThrow(
      'is not what its record says',
    );
    await s3.send(new DeleteObjectCommand({ Bucket: 'submissions', Key: placeOf(one) }));
    await freezeFile(other?.releasedKey ?? '', placeOf(other), 'application/pdf');
    await task('submissions', 'freeze-submission', { registrationId });
    await task('submissions', 'freeze-submission', { registrationId });
    expect(await task('submissions', 'plan-submission', { registrationId })).toMatchObject({ do: 'ENDED' });

    const { readFrozenVersion } = await import('../../../functions/submissions/read-files.ts');
    const frozen = await readFrozenVersion(registrationId);
    expect(frozen).toMatchObject({
      version: 1,
      manifest: { level: 'GILT', declaration: { sha256: read.sha256 } },
    });
    expect(frozen.files).toHaveLength(7);
    expect(frozen.reflections).toHaveLength(13);
    const { sha256Of } = await import('../../../functions/submissions/checklist.ts');
    for (const file of frozen.files) {
      const address = await asSchool('frozenFile', people.head, {
        params: { registrationId, version: '1', documentId: file.documentId },
      });
      expect(sha256Of(new Uint8Array(await (await fetch(address.body.url)).arrayBuffer()))).toBe(file.sha256);
    }
    const { readRegistration } = await import('../../../functions/registration/store.ts');
    expect((await readRegistration(registrationId)).status).toBe('SUBMITTED_WORK');
    expect(
      await asSchool('deleteDocument', people.leader, {
        params: { registrationId, documentId: frozen.files[0]!.documentId },
      }),
    ).toMatchObject({ status: 409 });
  });

  it('is found out when a frozen object is not what was frozen', async () => {
    const { readFrozenVersion } = await import('../../../functions/submissions/read-files.ts');
    await new S3Client({}).send(
      new PutObjectCommand({ Bucket: 'submissions', Key: 'frozen/REG1/v1/reflections.json', Body: '{}' }),
    );
    await expect(readFrozenVersion(registrationId)).rejects.toThrow('is not what its record says');
  });
});

describe('a school that does not declare', () => {
  const registrationId = 'REG2';

  it('has its deadline, moved for it alone, and is closed when that has passed', async () => {
    await openSubmission(registrationId);
    await complete(registrationId);
    const { change } = await import('../../../functions/shared/table/change.ts');
    const { registration } = await import('../../../functions/registration/model.ts');
    await change(
      registration,
      { pk: `REG#${registrationId}`, sk: 'REGISTRATION' },
      new Date(),
      ({ pk: _pk, sk: _sk, version: _version, ...rest }) => ({
        next: {
          ...rest,
          movedDeadlines: { submissionDue: addDays(today, -1), signOffDue: addDays(today, -2) },
        },
        audit: { action: 'test', actor },
        events: [],
      }),
    );
    expect(
      await asSchool('requestSignOff', people.leader, { params: { registrationId }, body: {} }),
    ).toMatchObject({ status: 422, body: { error: { code: 'submission-too-late' } } });
    expect(await task('submissions', 'plan-submission', { registrationId })).toEqual({ do: 'MISS' });
    await task('submissions', 'miss-submission', { registrationId });
    await task('submissions', 'miss-submission', { registrationId });
    expect((await asSchool('registration', people.head, { params: { registrationId } })).body).toMatchObject({
      status: 'MISSED',
      next: { code: 'ended' },
    });
  });
});

describe('people of a school', () => {
  const registrationId = 'REG3';
  const params = { registrationId };

  it('are the only ones who see it', async () => {
    expect(await asSchool('registration', people.stranger, { params })).toMatchObject({ status: 404 });
    expect(await asHub('school', { ...people.hub, hubIds: ['HUB2'] }, { params })).toMatchObject({
      status: 404,
    });
    expect(await asHub('schools', people.head, {})).toMatchObject({ status: 403 });
  });

  it('change: the new one is in, the old one out at once, everybody is told', async () => {
    const page = (await asSchool('registration', people.head, { params })).body;
    const leader = page.contacts.find((contact: { role: string }) => contact.role === 'subject_leader');
    const alone = await asSchool('changeContact', people.head, {
      params: { registrationId, contactId: leader.contactId },
      body: { reason: 'Moved away.', replacement: null },
    });
    expect(alone).toMatchObject({ status: 422, body: { error: { code: 'contact-last' } } });
    const changed = await asSchool('changeContact', people.head, {
      params: { registrationId, contactId: leader.contactId },
      body: {
        reason: 'Moved away.',
        replacement: { name: 'Sample Newcomer', email: 'Newcomer@School.example' },
      },
    });
    expect(changed.status).toBe(200);
    expect(await asSchool('registration', people.leader, { params })).toMatchObject({ status: 404 });
    // The role as such stays, since other schools give it to the person.
    const { findPerson, findPersonByEmail } = await import('../../../functions/people/store.ts');
    expect((await findPerson(people.leader.personId))?.roles).toContain('subject_leader');
    expect(await findPersonByEmail('newcomer@school.example')).toMatchObject({
      roles: ['subject_leader'],
      status: 'ACTIVE',
    });
    await deliver(registrationId, 'ContactChanged', 'training', 'notify-training');
    const subjects = inbox().map((mail) => mail.subject);
    expect(subjects).toContain('Your access has ended: Sample Primary School');
    expect(subjects).toContain('You are now part of PSQM: Sample Primary School');
  });

  it('hear from their hub leader once for each letter', async () => {
    const messageId = '4b3f7cb1-2a5e-4b0e-9c63-8f8f5a4f2b10';
    const body = {
      messageId,
      hubId: 'HUB1',
      roundId: round.roundId,
      subject: 'See you on Tuesday',
      text: 'Bring {your} plans.',
    };
    expect((await asHub('sendMessage', people.hub, { body })).body.registrationIds).toEqual(['REG1', 'REG3']);
    await asHub('sendMessage', people.hub, { body });
    await deliver('HUB1', 'HubMessageRecorded', 'training', 'send-hub-message', 'HUB#HUB1');
    await deliver('HUB1', 'HubMessageRecorded', 'training', 'send-hub-message', 'HUB#HUB1');
    expect(inbox().filter((mail) => mail.subject === 'See you on Tuesday')).toHaveLength(4);
    expect((await asHub('messages', people.hub)).body.messages).toHaveLength(1);
  });

  it('have sessions whose attendance is recorded on or after their day', async () => {
    await task('training', 'invite-school', { registrationId });
    const attendance = (session: string) =>
      asHub('recordAttendance', people.hub, {
        params: { session },
        body: { hubId: 'HUB1', roundId: round.roundId, attendance: [{ registrationId, attended: true }] },
      });
    expect(await attendance('1')).toMatchObject({ status: 200, body: { recorded: 1 } });
    expect(await attendance('3')).toMatchObject({
      status: 422,
      body: { error: { code: 'session-not-yet' } },
    });
    const overview = (await asHub('schools', people.hub)).body;
    expect(
      overview.schools.find((row: { registrationId: string }) => row.registrationId === registrationId),
    ).toMatchObject({ sessionsAttended: 1, actionPlan: 'MISSING' });
    expect(
      overview.schools
        .find((row: { registrationId: string }) => row.registrationId === registrationId)
        .late.map((late: { code: string }) => late.code),
    ).toContain('action-plan');
    const moved = await asHub('setSessions', people.hub, {
      body: {
        hubId: 'HUB1',
        roundId: round.roundId,
        sessions: [{ date: addDays(today, 12), time: '13:30', place: 'Library' }],
      },
    });
    expect(moved.status).toBe(200);
    expect((await asHub('school', people.hub, { params })).body.training.sessions).toMatchObject([
      { session: 1, time: '13:30', attended: true },
    ]);
  });

  it('send the action plan and read the feedback', async () => {
    expect(
      (await asSchool('sendActionPlan', people.head, { params, body: { text: 'Our plan.' } })).body
        .actionPlan,
    ).toMatchObject({ state: 'RECEIVED', late: true });
    expect(
      (await asHub('giveFeedback', people.hub, { params, body: { text: 'A good plan.' } })).body.actionPlan
        .feedback.text,
    ).toBe('A good plan.');
    await deliver(registrationId, 'ActionPlanFeedbackGiven', 'training', 'notify-training');
    expect(inbox().map((mail) => mail.subject)).toContain(
      'Feedback on your action plan: Sample Primary School',
    );
  });

  it('ask for another level, which the hub leader grants by the rules', async () => {
    expect(
      (
        await asSchool('requestLevelChange', people.head, {
          params,
          body: { to: 'PSQM', reason: 'A new team.' },
        })
      ).body.level.request.to,
    ).toBe('PSQM');
    expect(
      (await asHub('confirmLevel', people.hub, { params, body: { level: 'PSQM', reason: 'Agreed.' } })).body
        .level,
    ).toMatchObject({ target: 'PSQM', confirmed: true, request: null });
  });

  it('withdraw with a reason; the machine then ends', async () => {
    expect(
      await asSchool('withdraw', people.head, { params, body: { reason: 'The school closes.' } }),
    ).toMatchObject({ status: 200 });
    expect(await task('training', 'plan-training', { registrationId })).toEqual({
      do: 'ENDED',
      result: 'WITHDRAWN',
    });
    expect((await asSchool('registration', people.head, { params })).body).toMatchObject({
      status: 'WITHDRAWN',
      can: { withdraw: false },
    });
  });
});

/** Hands the newest event of a name from the outbox to a function, as the publisher and a rule do. */
async function deliver(
  id: string,
  name: string,
  stage: string,
  handler: string,
  collection = `REG#${id}`,
): Promise<void> {
  const { queryCollection } = await import('../../../functions/shared/table/change.ts');
  const event = (await queryCollection(collection, 'EVENT#')).filter((item) => item.name === name).at(-1);
  expect(event).toBeDefined();
  await task(stage, handler, {
    source: 'psqm',
    'detail-type': name,
    detail: {
      eventId: event!.eventId,
      collection,
      sequence: event!.sequence,
      occurredAt: event!.occurredAt,
      correlationId: id,
      data: JSON.parse(String(event!.detail)),
    },
  });
}
