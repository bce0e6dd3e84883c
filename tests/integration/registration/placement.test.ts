import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RegistrationForm } from '../../../functions/registration/form.ts';
import type { Actor } from '../../../functions/shared/table/change.ts';
import type { LocalCloud } from '../../../local/cloud.ts';
import { startProgrammeCloud } from '../../support/programme-cloud.ts';
import { sampleForm } from '../../support/registration-forms.ts';
import { sampleRound } from '../../support/school-year.ts';

const round = sampleRound();
const now = new Date(`${round.calendar.registrationOpens}T10:00:00.000Z`);
const admin: Actor = { kind: 'person', id: 'ADMIN' };
const office: Actor = { kind: 'person', id: 'office' };
const context = {} as Context;

let cloud: LocalCloud;
const load = async () => ({
  ...(await import('../../../functions/programme/rounds.ts')),
  ...(await import('../../../functions/programme/hubs.ts')),
  ...(await import('../../../functions/programme/store.ts')),
  ...(await import('../../../functions/registration/submit.ts')),
  ...(await import('../../../functions/registration/placement.ts')),
  ...(await import('../../../functions/registration/lifecycle.ts')),
  ...(await import('../../../functions/registration/store.ts')),
  ...(await import('../../../functions/payments/invoices.ts')),
  ...(await import('../../../functions/people/store.ts')),
  ...(await import('../../../functions/operations/restart.ts')),
  ...(await import('../../../functions/operations/reads/course.ts')),
  ...(await import('../../../functions/training/store.ts')),
  ...(await import('../../../functions/shared/table/change.ts')),
  ...(await import('../../../functions/shared/table/keys.ts')),
  acknowledge: (await import('../../../functions/registration/handlers/acknowledge-registration.ts')).handler,
  place: (await import('../../../functions/registration/handlers/place-in-hub.ts')).handler,
  escalate: (await import('../../../functions/registration/handlers/escalate-placement.ts')).handler,
  giveUp: (await import('../../../functions/registration/handlers/give-up-placement.ts')).handler,
  plan: (await import('../../../functions/registration/handlers/plan-registration.ts')).handler,
  invite: (await import('../../../functions/training/handlers/invite-school.ts')).handler,
});
let app: Awaited<ReturnType<typeof load>>;

beforeAll(async () => {
  cloud = await startProgrammeCloud();
  app = await load();
  const { status: _s, allocationAttempt: _a, moderationAttempt: _m, resultsReleasedAt: _r, ...given } = round;
  await app.createRound(given, admin, now);
  await app.openRoundForRegistration(round.roundId, admin, now);
  const hub = (hubId: string, languages: ('en' | 'cy')[], capacity: number) =>
    app.putHub(
      {
        hubId,
        name: `${hubId} hub`,
        region: 'East',
        postcodeAreas: ['AL'],
        languages,
        capacity,
        active: true,
      },
      admin,
      now,
    );
  await hub('FIRST', ['en'], 9);
  await hub('FULL', ['en'], 1);
  await hub('SECOND', ['en'], 1);
  await app.ensurePerson(
    { email: 'admin@programme.example', name: 'Sample Admin', language: 'en', role: 'admin' },
    admin,
    now,
  );
});
afterAll(() => cloud.stop());

/** A school of its own, entered by hand. */
function formOf(number: number, change: Partial<RegistrationForm> = {}): RegistrationForm {
  const person = (part: string) => ({ name: `Sample ${part}`, email: `${part}@placed-${number}.example` });
  return sampleForm({
    school: { kind: 'BY_HAND', name: `Sample Primary School ${number}`, country: 'Wales' },
    registrant: person('office'),
    head: person('head'),
    subjectLeaders: [person('science')],
    finance: person('finance'),
    ...change,
  });
}
const send = async (form: RegistrationForm): Promise<string> =>
  (await app.submitRegistration(form, null, office, now)).registration.registrationId;
const placed = (hubId: string): Promise<number> => app.placedInHub(hubId, round.roundId);
const itemsOf = (registrationId: string, prefix: string) =>
  app.queryCollection(`REG#${registrationId}`, prefix);
const eventsOf = async (registrationId: string, name: string) =>
  (await itemsOf(registrationId, 'EVENT#')).filter((event) => event.name === name);
const codeOf = (act: Promise<unknown>): Promise<unknown> =>
  act.then(
    () => 'done',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : String(error)),
  );
/** The machine's claim of the stage, as its first state writes it. */
const claim = (registrationId: string, attempt: number) =>
  new DynamoDBClient({}).send(
    new PutItemCommand({
      TableName: 'programme',
      Item: marshall({
        ...app.stageKey(`REG#${registrationId}`, 'registration'),
        executionArn: `arn:aws:states:eu-west-2:000000000000:execution:registration:${registrationId}-${attempt}`,
        attempt,
        claimedAt: now.toISOString(),
      }),
    }),
  );

describe('a school that nobody places', () => {
  const welsh = formOf(1, { language: 'cy' });

  it('ends on the stuck board with the reason, and the school is told; said twice, it stands there once', async () => {
    const registrationId = await send(welsh);
    await claim(registrationId, 1);
    await app.acknowledge({ registrationId }, context);
    await app.place({ registrationId }, context);
    await app.escalate({ registrationId }, context);
    await app.giveUp({ registrationId }, context);
    await app.giveUp({ registrationId }, context);
    const [stuck, ...others] = await app.readStuck();
    expect(others).toEqual([]);
    expect(stuck).toMatchObject({ status: 'GIVEN_UP', error: 'NoHubFound', registrationId });
    expect(stuck?.cause).toMatch(/Welsh.*AL10 9AB.*2 requests/);
    expect(await app.readPlacements()).toMatchObject([{ registrationId, givenUp: true }]);
    expect(await app.plan({ registrationId }, context)).toMatchObject({ do: 'ENDED', result: 'UNPLACED' });
    const told = cloud.services.ses.inbox().filter(({ to }) => to.includes('head@placed-1.example'));
    expect(told.map(({ text }) => text?.includes('swyddfa'))).toEqual([false, true]);
  });

  it('begins again where an admin restarts it, and looks for a hub anew', async () => {
    const registrationId = (await app.readPlacements())[0]!.registrationId;
    expect(
      await app.restartStage(`REG#${registrationId}`, 'registration', admin, 'a hub has room', now),
    ).toBe(2);
    expect((await app.readIntake(registrationId)).placement).toMatchObject({ state: 'OPEN', escalations: 0 });
    expect(await app.readStuck()).toEqual([]);
    await claim(registrationId, 2);
    await app.place({ registrationId }, context);
    await app.giveUp({ registrationId }, context);
  });

  it('is placed by an admin, also in a hub that does not hold its language, and its stage begins again once', async () => {
    const registrationId = (await app.readPlacements())[0]!.registrationId;
    await app.placeByAdmin(registrationId, 'FIRST', admin, now);
    await app.placeByAdmin(registrationId, 'FIRST', admin, now);
    expect(await app.readRegistration(registrationId)).toMatchObject({ status: 'ACCEPTED', hubId: 'FIRST' });
    expect(await app.readStuck()).toEqual([]);
    expect(await app.readPlacements()).toEqual([]);
    expect(await eventsOf(registrationId, 'HubPlaced')).toHaveLength(1);
    const begun = (await eventsOf(registrationId, 'RegistrationSubmitted')).map(
      ({ detail }) => JSON.parse(String(detail)).attempt ?? 1,
    );
    expect(begun).toEqual([1, 2, 3]);
  });

  it('is trained there, and its action plan in Welsh is received', async () => {
    const [found] = await app.listHubRegistrations('FIRST', round.roundId);
    const { registrationId } = found!;
    await app.issueInvoice(registrationId, now);
    await app.moveRegistration(registrationId, now, {
      from: ['AWAITING_PAYMENT'],
      to: 'PAID',
      action: 'registration.paid',
      actor: admin,
      events: [],
    });
    expect(await app.invite({ registrationId }, context)).toMatchObject({ invited: 2 });
    const plan = {
      kind: 'TEXT' as const,
      text: 'Ein cynllun gweithredu',
      receivedAt: now.toISOString(),
      by: 'P',
    };
    const after = await app.receiveActionPlan(registrationId, plan, office, now);
    expect(after).toMatchObject({ hubId: 'FIRST', actionPlan: { text: 'Ein cynllun gweithredu' } });
    expect(await eventsOf(registrationId, 'ActionPlanReceived')).toHaveLength(1);
  });
});

describe('a wish for a hub that is corrected after the school was placed', () => {
  it('is followed while the invoice is not issued, and refused in words where that hub is full', async () => {
    const other = await send(formOf(2, { hubPreference: 'FULL' }));
    await app.place({ registrationId: other }, context);
    const registrationId = await send(formOf(3));
    await app.place({ registrationId }, context);
    const before = await placed('FIRST');
    expect(
      await codeOf(
        app.correctRegistration(registrationId, formOf(3, { hubPreference: 'FULL' }), office, now),
      ),
    ).toBe('hub-full');
    const moved = await app.correctRegistration(
      registrationId,
      formOf(3, { hubPreference: 'SECOND' }),
      office,
      now,
    );
    expect(moved).toMatchObject({ status: 'ACCEPTED', hubId: 'SECOND', hubPreference: 'SECOND' });
    expect([await placed('FIRST'), await placed('SECOND')]).toEqual([before - 1, 1]);
    expect(
      (await app.listHubRegistrations('SECOND', round.roundId)).map((one) => one.registrationId),
    ).toEqual([registrationId]);
    expect(await eventsOf(registrationId, 'HubPlaced')).toHaveLength(2);
  });

  it('gives the place back and looks anew where the school now asks for Welsh and its hub has none', async () => {
    const registrationId = await send(formOf(4));
    await app.place({ registrationId }, context);
    const before = await placed('FIRST');
    const corrected = await app.correctRegistration(
      registrationId,
      formOf(4, { language: 'cy' }),
      office,
      now,
    );
    expect(corrected).toMatchObject({ status: 'SUBMITTED', hubId: null });
    expect(await placed('FIRST')).toBe(before - 1);
    await app.place({ registrationId }, context);
    expect((await app.readPlacements()).map((one) => one.registrationId)).toEqual([registrationId]);
  });
});
