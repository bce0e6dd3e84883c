import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { funderPlaces } from '../../../functions/programme/model.ts';
import type { Actor } from '../../../functions/shared/table/change.ts';
import { startProgrammeTable } from '../../support/programme-table.ts';

const now = new Date('2027-06-01T09:00:00.000Z');
const admin: Actor = { kind: 'person', id: 'ADMIN' };

const batchOf = z.object({ RequestItems: z.record(z.string(), z.object({ Keys: z.array(z.unknown()) })) });

let table: Awaited<ReturnType<typeof startProgrammeTable>>;
const load = async () => ({
  ...(await import('../../../functions/people/store.ts')),
  ...(await import('../../../functions/people/add-person.ts')),
  ...(await import('../../../functions/programme/store.ts')),
  ...(await import('../../../functions/programme/rounds.ts')),
  ...(await import('../../../functions/programme/template.ts')),
  ...(await import('../../../functions/programme/hubs.ts')),
  ...(await import('../../../functions/programme/funders.ts')),
  ...(await import('../../../functions/people/sign-in/sessions.ts')),
  ...(await import('../../../functions/people/sign-in/throttle.ts')),
  ...(await import('../../../functions/operations/restart.ts')),
  ...(await import('../../../functions/shared/table/change.ts')),
  ...(await import('../../../functions/shared/table/client.ts')),
  ...(await import('../../../functions/shared/table/read-items.ts')),
});
let app: Awaited<ReturnType<typeof load>>;

beforeAll(async () => {
  table = await startProgrammeTable();
  app = await load();
});
afterAll(() => table.stop());

const refusalOf = (act: Promise<unknown>): Promise<unknown> =>
  act.then(
    () => 'done',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );

describe('reading', () => {
  it('asks in one call for what is wanted at the same time, and for nothing twice', async () => {
    const keys = Array.from({ length: 130 }, (_, index) => ({ pk: `READ#${index % 120}`, sk: 'ITEM' }));
    await app.readItem({ pk: 'READ#0', sk: 'ITEM' });
    const asked: number[] = [];
    app.dynamodb.middlewareStack.add(
      (next, context) => (args) => {
        if (context.commandName === 'BatchGetItemCommand')
          asked.push(
            Object.values(batchOf.parse(args.input).RequestItems).flatMap((each) => each.Keys).length,
          );
        return next(args);
      },
      { name: 'counted', step: 'initialize' },
    );
    await app.ensurePerson(
      { email: 'read@example.org', name: 'Read Sample', language: 'en', role: 'finance' },
      admin,
      now,
    );
    asked.length = 0;
    const items = await app.readItems(keys);
    expect(items).toEqual([]);
    expect(asked).toEqual([100, 20]);
    asked.length = 0;
    const [one, none, same] = await Promise.all([
      app.findPersonByEmail('read@example.org'),
      app.readItem({ pk: 'READ#0', sk: 'ITEM' }),
      app.findPersonByEmail('read@example.org'),
    ]);
    expect([one?.name, none, same?.name]).toEqual(['Read Sample', undefined, 'Read Sample']);
    expect(asked).toEqual([2, 1]);
    app.dynamodb.middlewareStack.remove('counted');
  });
});

describe('people', () => {
  it('have one record an address, whoever adds them at the same moment', async () => {
    const input = { email: 'Pat@Example.org', name: 'Pat Sample', language: 'en' as const };
    const [one, other] = await Promise.all([
      app.ensurePerson({ ...input, role: 'head' }, admin, now),
      app.ensurePerson({ ...input, role: 'subject_leader' }, admin, now),
    ]);
    expect(other.personId).toBe(one.personId);
    const found = await app.findPersonByEmail('PAT@example.ORG');
    expect([...(found?.roles ?? [])].sort()).toEqual(['head', 'subject_leader']);
    expect(await app.ensurePerson({ ...input, role: 'head' }, admin, now)).toMatchObject({
      version: found?.version,
    });
  });

  it('lose a role at once, with audit and event, and are ended with the last one', async () => {
    const person = await app.ensurePerson(
      { email: 'aud@example.org', name: 'Aud Sample', language: 'cy', role: 'auditor' },
      admin,
      now,
    );
    expect((await app.listPeople('auditor')).map(({ personId }) => personId)).toEqual([person.personId]);
    const ended = await app.endRole(person.personId, 'auditor', admin, 'left', now);
    expect(ended).toMatchObject({ roles: [], status: 'ENDED' });
    expect(await app.listPeople('auditor')).toEqual([]);
    const items = await app.queryCollection(`PERSON#${person.personId}`);
    expect(items.filter(({ sk }) => String(sk).startsWith('AUDIT#'))).toHaveLength(2);
    expect(items.filter(({ sk }) => String(sk).startsWith('EVENT#')).map(({ name }) => name)).toEqual([
      'PersonAdded',
      'PersonChanged',
    ]);
    const again = await app.ensurePerson(
      { email: 'aud@example.org', name: 'Aud Sample', language: 'cy', role: 'auditor' },
      admin,
      now,
    );
    expect(again).toMatchObject({ personId: person.personId, status: 'ACTIVE' });
  });
});

describe('a session', () => {
  it('is the person as they are now, until it ends or they do', async () => {
    const person = await app.ensurePerson(
      { email: 'ses@example.org', name: 'Ses Sample', language: 'en', role: 'finance' },
      admin,
      now,
    );
    const cookie = (await app.beginSession(person, now)).split(';')[0] ?? '';
    expect(await app.identityOf([cookie], now)).toMatchObject({
      personId: person.personId,
      roles: ['finance'],
    });
    expect(await app.identityOf([`other=1; ${cookie}`], now)).toMatchObject({ personId: person.personId });
    expect(await app.identityOf(['__Host-psqm=forged'], now)).toBeUndefined();
    const twelveHours = new Date(now.getTime() + 12 * 3600_000);
    expect(await app.identityOf([cookie], twelveHours)).toBeUndefined();
    await app.endRole(person.personId, 'finance', admin, 'left', now);
    expect(await app.identityOf([cookie], now)).toBeUndefined();
    const other = await app.ensurePerson(
      { email: 'ses2@example.org', name: 'Ses Two', language: 'en', role: 'finance' },
      admin,
      now,
    );
    const second = (await app.beginSession(other, now)).split(';')[0] ?? '';
    const [secret] = /[^.]+$/.exec(second) ?? [];
    const another = `__Host-psqm=${person.personId}.${secret}`;
    expect(await app.identityOf([another], now), 'a cookie that names somebody else').toBeUndefined();
    expect(await app.identityOf([second], now)).toMatchObject({ personId: other.personId });
    await app.endSession([second]);
    expect(await app.identityOf([second], now)).toBeUndefined();
  });

  it('is not given to who tries too often within a quarter of an hour', async () => {
    for (let attempt = 0; attempt < app.limits['code-to-address']; attempt++)
      await app.throttle('code-to-address', 'x@example.org', now);
    expect(await refusalOf(app.throttle('code-to-address', 'x@example.org', now))).toBe('too-many-attempts');
    expect(await refusalOf(app.throttle('code-to-address', 'y@example.org', now))).toBe('done');
    expect(
      await refusalOf(
        app.throttle('code-to-address', 'x@example.org', new Date(now.getTime() + 15 * 60_000)),
      ),
    ).toBe('done');
  });
});

describe('a round', () => {
  const label = { en: 'Round 30 - Autumn 2027-2028', cy: 'Rownd 30 - Hydref 2027-2028' };
  const given = () =>
    app.givenRound.parse(app.buildRound({ roundId: 'R30-AUTUMN', label, start: '2027-09-13' }));

  it('is made once, changed as a draft, opened between its days, and then keeps what it promised', async () => {
    await app.createRound(given(), admin, now);
    expect(await refusalOf(app.createRound(given(), admin, now))).toBe('round-exists');
    expect((await app.importRound(given(), admin, now)).version).toBe(1);
    const dearer = { ...given(), fees: { ...given().fees, standardPence: 90000 } };
    expect((await app.importRound(dearer, admin, now)).fees.standardPence).toBe(90000);
    expect(await app.openRound(now)).toBeUndefined();
    await app.openRoundForRegistration('R30-AUTUMN', admin, now);
    expect((await app.openRound(now))?.roundId).toBe('R30-AUTUMN');
    expect(await app.openRound(new Date('2027-09-20T09:00:00.000Z'))).toBeUndefined();
    await expect(app.importRound(given(), admin, now)).rejects.toThrow('is OPEN');
  });

  it('moves a deadline with an event, and once', async () => {
    const { calendar } = await app.readRound('R30-AUTUMN');
    const day = calendar.signOffDue;
    const moved = await app.moveRoundDeadline(
      'R30-AUTUMN',
      { deadline: 'actionPlanDue', day },
      admin,
      'snow',
      now,
    );
    expect(moved.calendar.actionPlanDue).toBe(day);
    const again = await app.moveRoundDeadline(
      'R30-AUTUMN',
      { deadline: 'actionPlanDue', day },
      admin,
      'snow',
      now,
    );
    expect(again.version).toBe(moved.version);
    const events = (await app.queryCollection('ROUND#R30-AUTUMN', 'EVENT#')).map(({ name }) => name);
    expect(events).toEqual(['RoundCreated', 'RoundChanged', 'RoundOpened', 'RoundDeadlineMoved']);
  });
});

describe('files', () => {
  const hubs =
    'hub_id,name,region,postcode_areas,languages,capacity\nH1,Example hub one,East,AL SG,en,12\nH2,Canolfan enghraifft,Wales,CF,"en cy",\nH3,No capacity,East,,,many\n';

  it('of hubs are taken once, and again change nothing', async () => {
    const result = await app.importHubs(hubs, admin, now);
    expect(result).toMatchObject({
      accepted: 2,
      unchanged: 0,
      refused: [{ line: 4, code: 'cell-no-number' }],
    });
    expect(await app.importHubs(hubs, admin, now)).toMatchObject({ accepted: 0, unchanged: 2 });
    expect(
      (await app.listHubs()).map(({ hubId, languages, capacity }) => [hubId, languages, capacity]),
    ).toEqual([
      ['H2', ['en', 'cy'], null],
      ['H1', ['en'], 12],
    ]);
  });

  it('of people enter hub leaders at their hubs and give assessors a profile', async () => {
    const people =
      'email,name,role,language,hub_ids,funder_ids,employer,levels,languages,capacity,new\n' +
      'lead@example.org,Lee Leader,hub_leader,en,H1,,,,,,\n' +
      'lead@example.org,Lee Leader,assessor,en,H1,,Example University,PSQM GILT,en,4,yes\n' +
      'lost@example.org,Lou Lost,hub_leader,en,H9,,,,,,\n' +
      'head@example.org,Hal Head,head,en,,,,,,,\n';
    expect(await app.importPeople(people, admin, now)).toMatchObject({
      accepted: 2,
      refused: [
        { line: 4, code: 'unknown-hub' },
        { line: 5, code: 'school-role' },
      ],
    });
    expect(await app.importPeople(people, admin, now)).toMatchObject({ accepted: 0, unchanged: 2 });
    const leader = await app.findPersonByEmail('lead@example.org');
    expect(leader).toMatchObject({
      roles: ['hub_leader', 'assessor'],
      hubIds: ['H1'],
      assessor: { employer: 'Example University', levels: ['PSQM', 'GILT'], capacity: 4, isNew: true },
    });
    expect((await app.readHub('H1')).leaderIds).toEqual([leader?.personId]);
    await app.removeRole(leader?.personId ?? '', 'hub_leader', admin, 'left', now);
    expect((await app.readHub('H1')).leaderIds).toEqual([]);
    expect(await app.findPersonByEmail('lead@example.org')).toMatchObject({
      roles: ['assessor'],
      hubIds: [],
      status: 'ACTIVE',
    });
  });

  it('of funders set places, never below those in use', async () => {
    const funders = (places: number) =>
      `funder_id,name,email,round_id,places\nTRUST,Example trust,trust@example.org,R30-AUTUMN,${places}\n`;
    expect(await app.importFunders(funders(20), admin, now)).toMatchObject({ accepted: 1 });
    expect(await app.importFunders(funders(20), admin, now)).toMatchObject({ unchanged: 1 });
    const [places] = await app.listFunderPlaces('TRUST');
    expect(places).toMatchObject({ places: 20, used: 0, version: 1 });
    const { version, pk, sk, ...rest } = places ?? { version: 0, pk: '', sk: '' };
    await app.change(funderPlaces, { pk, sk }, now, () => ({
      next: { ...rest, used: 5 },
      audit: { action: 'use', actor: admin },
      events: [],
    }));
    expect(version).toBe(1);
    expect(await app.importFunders(funders(4), admin, now)).toMatchObject({
      refused: [{ line: 2, code: 'fewer-places-than-used' }],
    });
    expect(await app.importFunders(funders(5), admin, now)).toMatchObject({ accepted: 1 });
    expect((await app.listFunderPlaces('TRUST'))[0]).toMatchObject({ places: 5, used: 5 });
    expect(await app.findPersonByEmail('trust@example.org')).toMatchObject({
      roles: ['funder'],
      funderIds: ['TRUST'],
    });
  });
});

describe('a stage that is restarted', () => {
  it('begins as a new attempt, keeps the earlier claim, and leaves the stuck board', async () => {
    const { PutItemCommand } = await import('@aws-sdk/client-dynamodb');
    const { marshall } = await import('@aws-sdk/util-dynamodb');
    const { dynamodb } = await import('../../../functions/shared/table/client.ts');
    const { newStuckCase, stuckKey } = await import('../../../functions/operations/stuck.ts');
    const put = (item: Record<string, unknown>) =>
      dynamodb.send(
        new PutItemCommand({
          TableName: process.env.PROGRAMME_TABLE,
          Item: marshall(item, { removeUndefinedValues: true }),
        }),
      );
    const collection = 'STATEMENT#S1';
    const executionArn = 'arn:aws:states:eu-west-2:000000000000:execution:machine:one';
    await put({
      pk: collection,
      sk: 'STATEMENT',
      version: 4,
      statementId: 'S1',
      attempt: 1,
      status: 'UPLOADED',
    });
    const stuck = newStuckCase({
      collection,
      workflow: 'reconciliation',
      executionArn,
      status: 'FAILED',
      error: 'States.Timeout',
      cause: '',
      at: now.toISOString(),
    });
    await put({ ...stuckKey(collection, stuck.stuckId), version: 1, ...stuck });
    expect(await app.queryIndex('byQueue', 'QUEUE#STUCK')).toHaveLength(1);

    expect(await app.restartStage(collection, 'reconciliation', admin, 'the bank file is right', now)).toBe(
      1,
    );
    const items = await app.queryCollection(collection);
    expect(items.find(({ sk }) => sk === 'STATEMENT')).toMatchObject({ status: 'UPLOADED', attempt: 1 });
    expect(items.flatMap(({ sk, name }) => (String(sk).startsWith('EVENT#') ? [name] : []))).toEqual([
      'StageRestarted',
      'StatementUploaded',
      'StuckCaseResolved',
    ]);
    expect(items.find(({ sk }) => String(sk).startsWith('STUCK#'))).toMatchObject({
      resolution: 'restarted as attempt 1: the bank file is right',
    });
    expect(await app.queryIndex('byQueue', 'QUEUE#STUCK')).toEqual([]);
  });
});
