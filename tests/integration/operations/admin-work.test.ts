import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../../functions/shared/table/change.ts';
import type { LocalCloud } from '../../../local/cloud.ts';
import { sampleCase } from '../../support/moderating.ts';
import { startProgrammeCloud } from '../../support/programme-cloud.ts';
import { sampleForm } from '../../support/registration-forms.ts';
import { sampleRound } from '../../support/school-year.ts';

const round = sampleRound();
const now = new Date(`${round.calendar.registrationOpens}T10:00:00.000Z`);
const admin: Actor = { kind: 'person', id: 'ADMIN' };
const context = {} as Context;
const machine = 'arn:aws:states:eu-west-2:000000000000:stateMachine:registration-machine';
const run = (name: string) => `arn:aws:states:eu-west-2:000000000000:execution:registration-machine:${name}`;

let cloud: LocalCloud;
let registrationId: string;
const load = async () => ({
  ...(await import('../../../functions/programme/rounds.ts')),
  ...(await import('../../../functions/programme/hubs.ts')),
  ...(await import('../../../functions/registration/submit.ts')),
  ...(await import('../../../functions/registration/placement.ts')),
  ...(await import('../../../functions/registration/end.ts')),
  ...(await import('../../../functions/registration/store.ts')),
  ...(await import('../../../functions/payments/invoices.ts')),
  ...(await import('../../../functions/payments/credit-notes.ts')),
  ...(await import('../../../functions/people/store.ts')),
  ...(await import('../../../functions/people/correct-person.ts')),
  ...(await import('../../../functions/people/sign-in/sessions.ts')),
  ...(await import('../../../functions/operations/restart.ts')),
  ...(await import('../../../functions/operations/reads/course.ts')),
  ...(await import('../../../functions/shared/table/change.ts')),
  ...(await import('../../../functions/shared/table/keys.ts')),
  failedRun: (await import('../../../functions/operations/handlers/record-failed-run.ts')).handler,
  escalate: (await import('../../../functions/moderation/handlers/escalate-case.ts')).handler,
});
let app: Awaited<ReturnType<typeof load>>;

beforeAll(async () => {
  cloud = await startProgrammeCloud();
  process.env.STATE_MACHINES = JSON.stringify({ registration: machine });
  app = await load();
  const { status: _s, allocationAttempt: _a, moderationAttempt: _m, resultsReleasedAt: _r, ...given } = round;
  await app.createRound(given, admin, now);
  await app.openRoundForRegistration(round.roundId, admin, now);
  for (const hubId of ['FIRST', 'OTHER'])
    await app.putHub(
      {
        hubId,
        name: `The ${hubId} hub`,
        region: 'East',
        postcodeAreas: ['AL'],
        languages: ['en'],
        capacity: 9,
        active: true,
      },
      admin,
      now,
    );
  const form = sampleForm({ school: { kind: 'BY_HAND', name: 'Sample Primary School', country: 'England' } });
  ({ registrationId } = (await app.submitRegistration(form, null, admin, now)).registration);
  await app.placeInHub(registrationId, 'FIRST', admin, now);
});
afterAll(() => cloud.stop());

const collection = (): string => app.registrationPk(registrationId);
/** A wait as a machine's state writes it. */
const waits = (name: string) =>
  new DynamoDBClient({}).send(
    new PutItemCommand({
      TableName: 'programme',
      Item: marshall({
        ...app.waitKey(collection(), 'registration'),
        taskToken: 'token',
        deadline: now.toISOString(),
        deadlineName: 'lapse',
        waitingFor: 'payment',
        executionArn: run(name),
      }),
    }),
  );
const waiting = async (): Promise<(string | null)[]> =>
  (await app.readJourney(registrationId)).waits.map(({ executionArn }) => executionArn);

describe('an execution that has ended without its work', () => {
  it('waits for nobody once an admin has stopped it; what another one waits for stays', async () => {
    const stop = (name: string) =>
      app.recordStop(
        { collection: collection(), workflow: 'registration', executionArn: run(name) },
        admin,
        'a mistake',
        now,
      );
    await waits('mine');
    await stop('other');
    expect(await waiting()).toEqual([run('mine')]);
    await stop('mine');
    expect(await waiting()).toEqual([]);
    const { timeline } = await app.readJourney(registrationId);
    expect(timeline.filter((entry) => entry.kind === 'EVENT' && entry.name === 'RunStopped')).toHaveLength(2);
  });

  it('waits for nobody once it has failed', async () => {
    const failed = {
      time: now.toISOString(),
      detail: {
        executionArn: run('failed'),
        stateMachineArn: machine,
        status: 'TIMED_OUT',
        input: JSON.stringify({ collection: collection() }),
      },
    };
    await waits('mine');
    await app.failedRun(failed, context);
    expect(await waiting()).toEqual([run('mine')]);
    await waits('failed');
    await app.failedRun(failed, context);
    expect(await waiting()).toEqual([]);
    expect((await app.readStuck()).map(({ executionArn }) => executionArn)).toEqual([run('failed')]);
  });
});

describe("a school's journey", () => {
  it('has its invoice, its credit note and the names of its hubs', async () => {
    const { invoiceNumber, grossPence } = await app.issueInvoice(registrationId, now);
    expect((await app.readJourney(registrationId)).money).toMatchObject({
      invoices: [{ invoiceNumber, grossPence, balancePence: grossPence }],
      creditNotes: [],
      payments: [],
    });
    await app.endRegistration(registrationId, 'WITHDRAWN', 'no time', admin, now);
    await app.creditInvoice(registrationId, 'WITHDRAWN', admin, now);
    const { money, hubNames } = await app.readJourney(registrationId);
    expect(money.invoices).toMatchObject([{ invoiceNumber, balancePence: 0 }]);
    expect(money.creditNotes).toMatchObject([{ invoiceNumber, grossPence }]);
    expect(hubNames).toEqual({ FIRST: 'The FIRST hub' });
  });
});

describe('an outcome that the panel does not confirm in time', () => {
  it('is told to the panel and the admins in their language, each once a day', async () => {
    for (const [name, role, language] of [
      ['panel', 'panel', 'cy'],
      ['admin', 'admin', 'en'],
      ['panel', 'admin', 'cy'],
    ] as const)
      await app.ensurePerson({ email: `${name}@programme.example`, name, language, role }, admin, now);
    await app.create(
      { pk: collection(), sk: 'CASE' },
      {
        next: sampleCase({ registrationId, status: 'AGREED' }),
        audit: { action: 'open-case', actor: admin },
        events: [],
      },
      now,
    );
    const escalate = () => app.escalate({ registrationId, about: 'PANEL', correlationId: 'c' }, context);
    expect(await escalate()).toEqual({ escalations: 1 });
    expect(await escalate()).toEqual({ escalations: 2 });
    const mails = cloud.services.ses
      .inbox()
      .filter(({ to }) => to.some((address) => address.endsWith('@programme.example')));
    expect(mails.map(({ to }) => to[0]).sort()).toEqual([
      'admin@programme.example',
      'panel@programme.example',
    ]);
    expect(mails.find(({ to }) => to[0]?.startsWith('panel'))?.subject).toMatch(
      /Canlyniadau.*Sample Primary School/,
    );
  });
});

describe('a name or address that was wrong', () => {
  it('is corrected for the person and where they are a contact; who held the address is signed out', async () => {
    const head = await app.findPersonByEmail('head@school.example');
    const { personId } = head!;
    const cookie = (await app.beginSession(head!, now)).split(';')[0] ?? '';
    const right = { name: 'Sample Head Right', email: 'Right@School.Example' };
    const taken = { ...right, email: 'science@school.example' };
    await expect(app.correctPerson(personId, taken, admin, 'typed wrongly', now)).rejects.toMatchObject({
      code: 'address-taken',
    });
    expect(await app.identityOf([cookie], now)).toMatchObject({ personId });
    await app.correctPerson(personId, right, admin, 'typed wrongly', now);
    await app.correctPerson(personId, right, admin, 'typed wrongly', now);
    expect(await app.identityOf([cookie], now)).toBeUndefined();
    expect(await app.findPersonByEmail('head@school.example')).toBeUndefined();
    expect(await app.findPersonByEmail('right@school.example')).toMatchObject({ personId, name: right.name });
    const { contacts } = await app.readRegistration(registrationId);
    expect(contacts.find(({ role }) => role === 'head')).toMatchObject({
      name: right.name,
      email: 'right@school.example',
    });
    const audits = await app.queryCollection(app.personPk(personId), 'AUDIT#');
    expect(audits.filter(({ action }) => action === 'correct-person')).toMatchObject([
      { actor: admin, reason: 'typed wrongly' },
    ]);
    const ofSchool = await app.queryCollection(collection(), 'AUDIT#');
    expect(ofSchool.filter(({ action }) => action === 'contact.correct')).toHaveLength(1);
    // The address is free again.
    const other = await app.ensurePerson(
      { email: 'head@school.example', name: 'Somebody Else', language: 'en', role: 'auditor' },
      admin,
      now,
    );
    expect(other.personId).not.toBe(personId);
  });
});
