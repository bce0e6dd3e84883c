import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { invoice } from '../../../functions/payments/model.ts';
import type { RegistrationForm } from '../../../functions/registration/form.ts';
import type { Actor } from '../../../functions/shared/table/change.ts';
import { s3Resources } from '../../../local/s3/resources.ts';
import { sesResources } from '../../../local/ses/resources.ts';
import { startProgrammeTable } from '../../support/programme-table.ts';
import { sampleFacts, sampleForm } from '../../support/registration-forms.ts';
import { sampleRound } from '../../support/school-year.ts';
import { provision, type Services, startServices } from '../local-services/support.ts';

const round = sampleRound();
const now = new Date(`${round.calendar.registrationOpens}T10:00:00.000Z`);
const admin: Actor = { kind: 'person', id: 'ADMIN' };
const office: Actor = { kind: 'person', id: 'office' };
const SCHOOLS = 40;
const urnOf = (number: number): string => String(100001 + number);

let table: Awaited<ReturnType<typeof startProgrammeTable>>;
let services: Services;
const load = async () => ({
  ...(await import('../../../functions/programme/rounds.ts')),
  ...(await import('../../../functions/programme/hubs.ts')),
  ...(await import('../../../functions/programme/funders.ts')),
  ...(await import('../../../functions/programme/register-keys.ts')),
  ...(await import('../../../functions/programme/register-store.ts')),
  ...(await import('../../../functions/programme/store.ts')),
  ...(await import('../../../functions/registration/submit.ts')),
  ...(await import('../../../functions/registration/placement.ts')),
  ...(await import('../../../functions/registration/end.ts')),
  ...(await import('../../../functions/registration/drafts.ts')),
  ...(await import('../../../functions/registration/store.ts')),
  ...(await import('../../../functions/people/store.ts')),
  ...(await import('../../../functions/shared/table/change.ts')),
  ...(await import('../../../functions/shared/table/keys.ts')),
  ...(await import('../../../functions/shared/table/without-stored.ts')),
  ...(await import('../../../functions/shared/time/london.ts')),
  round: (await import('../../../functions/programme/model.ts')).round,
  ...(await import('../../../functions/payments/invoices.ts')),
  ...(await import('../../../functions/payments/store.ts')),
  moveDueDays: (await import('../../../functions/payments/handlers/move-due-days.ts')).handler,
  place: (await import('../../../functions/registration/handlers/place-in-hub.ts')).handler,
  grant: (await import('../../../functions/registration/handlers/grant-funded-place.ts')).handler,
});
let app: Awaited<ReturnType<typeof load>>;

beforeAll(async () => {
  services = await startServices();
  await provision(services.cloud, s3Resources(services.s3), 'AWS::S3::Bucket', 'Register', {
    BucketName: 'register',
  });
  const mail = sesResources(services.ses);
  await provision(services.cloud, mail, 'AWS::SES::EmailIdentity', 'Identity', {
    EmailIdentity: 'psqm.example',
  });
  await provision(services.cloud, mail, 'AWS::SES::ConfigurationSet', 'Set', { Name: 'mail' });
  table = await startProgrammeTable();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: services.endpoint,
    AWS_ENDPOINT_URL_SESV2: services.endpoint,
    AWS_ACCESS_KEY_ID: services.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: services.credentials.secretAccessKey,
    REGISTER_BUCKET: 'register',
    MAIL_FROM: 'PSQM <office@psqm.example>',
    MAIL_CONFIGURATION_SET: 'mail',
    SITE_URL: 'https://psqm.example',
  });
  app = await load();
  const { status: _s, allocationAttempt: _a, moderationAttempt: _m, resultsReleasedAt: _r, ...given } = round;
  await app.createRound(given, admin, now);
  await app.openRoundForRegistration(round.roundId, admin, now);
  const hub = { region: 'East', languages: ['en' as const], active: true };
  await app.putHub(
    { ...hub, hubId: 'SMALL', name: 'Small hub', postcodeAreas: ['AL'], capacity: 3 },
    admin,
    now,
  );
  await app.putHub(
    { ...hub, hubId: 'NEXT', name: 'Next hub', postcodeAreas: ['AL'], capacity: 4 },
    admin,
    now,
  );
  await app.putHub(
    { ...hub, hubId: 'AWAY', name: 'Away hub', region: 'North', postcodeAreas: ['NE'], capacity: 99 },
    admin,
    now,
  );
  await app.putFunder(
    {
      funderId: 'SAMPLE-TRUST',
      name: 'Sample trust',
      email: 'funder@trust.example',
      roundId: round.roundId,
      places: 2,
    },
    admin,
    now,
  );
  const key = await app.writeIndex(
    'IMPORT1',
    Array.from({ length: SCHOOLS }, (_, number) => ({
      ...sampleFacts().registerSchool!,
      urn: urnOf(number),
      name: `Sample Primary School ${number}`,
      closeDate: number === SCHOOLS - 1 ? '31-08-2012' : '',
    })),
  );
  await app.create(
    app.registerKey,
    {
      next: {
        importId: 'IMPORT1',
        key,
        filename: 'sample.csv',
        schools: SCHOOLS,
        importedAt: now.toISOString(),
        invented: true,
      },
      audit: { action: 'import', actor: admin },
      events: [],
    },
    now,
  );
});
afterAll(async () => {
  await table.stop();
  await services.stop();
});

/** The form of one school of the register, with people of its own. */
function formOf(number: number, change: Partial<RegistrationForm> = {}): RegistrationForm {
  const person = (part: string) => ({ name: `Sample ${part}`, email: `${part}@school-${number}.example` });
  return sampleForm({
    school: { kind: 'REGISTER', urn: urnOf(number) },
    registrant: person('office'),
    head: person('head'),
    subjectLeaders: [person('science')],
    finance: person('finance'),
    ...change,
  });
}
const funded = { kind: 'FUNDER' as const, name: '', email: '', addressLines: [], funderId: 'SAMPLE-TRUST' };
const submit = (form: RegistrationForm, at = now) => app.submitRegistration(form, null, office, at);
const context = {} as Context;
/** An event as the bus hands it to a function. */
const eventFor = (name: string, data: Record<string, unknown>) => ({
  'detail-type': name,
  detail: {
    eventId: `${name}-1`,
    collection: 'ROUND#R26-AUTUMN',
    sequence: 1,
    occurredAt: now.toISOString(),
    correlationId: 'test',
    data,
  },
});
const codeOf = (act: Promise<unknown>): Promise<unknown> =>
  act.then(
    () => 'done',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : String(error)),
  );
const placed = (hubId: string): Promise<number> => app.placedInHub(hubId, round.roundId);

describe('a form that is sent', () => {
  it('becomes a registration with its people, its reference, its audit entry and its event', async () => {
    const { registration, repeated } = await submit(formOf(0));
    expect(repeated).toBe(false);
    expect(registration).toMatchObject({
      status: 'SUBMITTED',
      fee: { pence: 85000, band: 'STANDARD' },
      school: { name: 'Sample Primary School 0' },
    });
    expect((await app.findByReference(registration.reference))?.registrationId).toBe(
      registration.registrationId,
    );
    const items = await app.queryCollection(`REG#${registration.registrationId}`);
    expect(items.filter(({ sk }) => String(sk).startsWith('AUDIT#'))).toHaveLength(1);
    expect(items.filter(({ name }) => name === 'RegistrationSubmitted')).toHaveLength(1);
    const head = await app.findPersonByEmail('head@school-0.example');
    expect(head?.roles).toEqual(['head']);
    expect((await app.registrationsOfPerson(head!.personId)).map(({ reference }) => reference)).toEqual([
      registration.reference,
    ]);
    expect(await app.findPersonByEmail('finance@school-0.example')).toBeUndefined();
  });

  it('twice, even at the same moment, makes one registration', async () => {
    const answers = await Promise.all([submit(formOf(1)), submit(formOf(1)), submit(formOf(1))]);
    expect(new Set(answers.map(({ registration }) => registration.registrationId)).size).toBe(1);
    expect(answers.filter(({ repeated }) => !repeated)).toHaveLength(1);
    expect((await submit(formOf(1))).repeated).toBe(true);
  });

  it('for a school that the register does not hold makes one registration too, whatever the case of its name', async () => {
    const byHand = (name: string): RegistrationForm =>
      formOf(30, {
        school: { kind: 'BY_HAND', name, country: 'España' },
        address: { lines: [], town: 'Sampleton', postcode: '28001' },
      });
    const answers = await Promise.all([submit(byHand('Escuela Peñalba')), submit(byHand('Escuela Peñalba'))]);
    expect(new Set(answers.map(({ registration }) => registration.registrationId)).size).toBe(1);
    expect((await submit(byHand('Escuela Peñalba'))).repeated).toBe(true);
    expect(await codeOf(submit(byHand('ESCUELA PENALBA')))).toBe('already-registered');
  });

  it('by somebody who is not signed in is theirs in the audit, by id and not by address', async () => {
    const { registration } = await app.submitRegistration(formOf(31), null, undefined, now);
    const registrant = await app.findPersonByEmail('office@school-31.example');
    const [audit] = await app.queryCollection(`REG#${registration.registrationId}`, 'AUDIT#');
    expect(audit?.actor).toEqual({ kind: 'person', id: registrant?.personId });
  });

  it('gives somebody with two parts the registration for each of them', async () => {
    const one = { name: 'Sample One', email: 'one@school-32.example' };
    const { registration } = await submit(formOf(32, { registrant: one, head: one }));
    const items = await app.queryCollection(`REG#${registration.registrationId}`, 'CONTACT#');
    const found = await app.findPersonByEmail(one.email);
    expect(items.filter(({ personKey }) => personKey === `PERSON#${found?.personId}`)).toHaveLength(2);
    expect(await app.registrationsOfPerson(found!.personId)).toHaveLength(1);
  });

  it('with other answers for a school that is registered is refused, also at the same moment', async () => {
    const outcomes = await Promise.all([
      codeOf(submit(formOf(2))),
      codeOf(submit(formOf(2, { teachers: 30 }))),
    ]);
    expect([...outcomes].sort()).toEqual(['already-registered', 'done']);
  });

  it('is refused for a closed school and after the last day of the round', async () => {
    expect(await codeOf(submit(formOf(SCHOOLS - 1)))).toBe('school-closed');
    expect(await codeOf(submit(formOf(3), new Date('2027-06-01T09:00:00.000Z')))).toBe('round-closed');
  });

  it('again after the end of the round still answers the registration that it made', async () => {
    expect((await submit(formOf(1), new Date('2027-06-01T09:00:00.000Z'))).repeated).toBe(true);
  });

  it('can be corrected until the invoice is issued: people who are no longer named lose the registration', async () => {
    const { registration } = await submit(formOf(4));
    const corrected = formOf(4, {
      head: { name: 'Other Head', email: 'other@school-4.example' },
      pupilsOnRoll: 80,
    });
    const after = await app.correctRegistration(registration.registrationId, corrected, office, now);
    expect(after).toMatchObject({ reference: registration.reference, fee: { pence: 55000, band: 'SMALL' } });
    const [was, is] = [
      await app.findPersonByEmail('head@school-4.example'),
      await app.findPersonByEmail('other@school-4.example'),
    ];
    expect(await app.registrationsOfPerson(was!.personId)).toEqual([]);
    expect(await app.registrationsOfPerson(is!.personId)).toHaveLength(1);
    const elsewhere = { ...corrected, school: { kind: 'REGISTER' as const, urn: urnOf(5) } };
    expect(await codeOf(app.correctRegistration(registration.registrationId, elsewhere, office, now))).toBe(
      'school-cannot-change',
    );
  });
});

describe('places in hubs', () => {
  it('are never given twice, however many schools come at once', async () => {
    const sent = await Promise.all(
      Array.from({ length: 9 }, (_, at) => submit(formOf(10 + at, { hubPreference: 'SMALL' }))),
    );
    const outcomes = await Promise.all(
      sent.map(({ registration: { registrationId } }) => app.place({ registrationId }, context)),
    );
    const by = (hubId: string | null): number => outcomes.filter((outcome) => outcome.hubId === hubId).length;
    expect([by('SMALL'), by('NEXT'), by(null)]).toEqual([3, 4, 2]);
    expect([await placed('SMALL'), await placed('NEXT')]).toEqual([3, 4]);
    expect(await app.listQueue('PLACEMENT')).toHaveLength(2);
  });

  it('are given once however often the task runs', async () => {
    const [waiting] = await app.listQueue('PLACEMENT');
    const { registrationId } = waiting!;
    await app.placeInHub(registrationId, 'AWAY', admin, now);
    await app.placeInHub(registrationId, 'AWAY', admin, now);
    await app.place({ registrationId }, context);
    expect(await placed('AWAY')).toBe(1);
    expect((await app.listQueue('PLACEMENT')).map((each) => each.registrationId)).not.toContain(
      registrationId,
    );
    expect(
      (await app.listHubRegistrations('AWAY', round.roundId)).map((each) => each.registrationId),
    ).toEqual([registrationId]);
  });

  it('are refused by a full hub and free again when a registration ends; so is the place of the school', async () => {
    const [waiting] = await app.listQueue('PLACEMENT');
    expect(await codeOf(app.placeInHub(waiting!.registrationId, 'SMALL', admin, now))).toBe('hub-full');
    const [inSmall] = await app.listHubRegistrations('SMALL', round.roundId);
    await app.endRegistration(inSmall!.registrationId, 'WITHDRAWN', 'no time', office, now);
    await app.endRegistration(inSmall!.registrationId, 'WITHDRAWN', 'no time', office, now);
    expect(await placed('SMALL')).toBe(2);
    await app.placeInHub(waiting!.registrationId, 'SMALL', admin, now);
    expect(await placed('SMALL')).toBe(3);
    expect(await app.findHolder(inSmall!.schoolId, round.roundId)).toBeUndefined();
  });

  it('are no longer sought for a school that withdrew', async () => {
    const { registration } = await submit(
      formOf(33, { address: { lines: [], town: 'Sampleton', postcode: 'ZE1 0AA' } }),
    );
    const { registrationId } = registration;
    await app.place({ registrationId }, context);
    expect((await app.listQueue('PLACEMENT')).map((each) => each.registrationId)).toContain(registrationId);
    await app.endRegistration(registrationId, 'WITHDRAWN', 'no time', office, now);
    expect((await app.listQueue('PLACEMENT')).map((each) => each.registrationId)).not.toContain(
      registrationId,
    );
  });
});

describe("a funder's places", () => {
  it('cover as many schools as were agreed and no more, however many ask at once', async () => {
    const sent = await Promise.all(
      Array.from({ length: 5 }, (_, at) => submit(formOf(20 + at, { payer: funded }))),
    );
    for (const { registration } of sent)
      await app.placeInHub(registration.registrationId, 'AWAY', admin, now);
    const outcomes = await Promise.all(
      sent.map(({ registration: { registrationId } }) => app.grant({ registrationId }, context)),
    );
    expect(outcomes.filter(({ granted }) => granted)).toHaveLength(2);
    const after = await Promise.all(
      sent.map(({ registration }) => app.readRegistration(registration.registrationId)),
    );
    expect(after.map(({ status, coveredAt }) => [status, coveredAt !== null])).toEqual(
      outcomes.map(({ granted }) => (granted ? ['COVERED', true] : ['ACCEPTED', false])),
    );
    const again = await Promise.all(
      sent.map(({ registration: { registrationId } }) => app.grant({ registrationId }, context)),
    );
    expect(again.filter(({ granted }) => granted)).toHaveLength(2);
    expect(await app.listFunderPlaces('SAMPLE-TRUST')).toMatchObject([{ places: 2, used: 2 }]);
    const waiting = await app.listQueue('FUNDING');
    expect(waiting).toHaveLength(3);
    // Decided either way, a request leaves the queue and the machine is told.
    await app.decideFunding(waiting[0]!.registrationId, 'BILL_SCHOOL', admin, 'no money', now);
    await app.decideFunding(waiting[1]!.registrationId, 'OPEN', admin, 'a place is free', now);
    await app.decideFunding(waiting[1]!.registrationId, 'OPEN', admin, 'a place is free', now);
    expect((await app.listQueue('FUNDING')).map((each) => each.registrationId)).toEqual([
      waiting[2]!.registrationId,
    ]);
    for (const { registrationId } of waiting.slice(0, 2)) {
      const events = await app.queryCollection(`REG#${registrationId}`, 'EVENT#');
      expect(events.filter(({ name }) => name === 'FundingDecided')).toHaveLength(1);
    }
  });

  it('are decided, and forms corrected, in the time that the round promised when the form was sent', async () => {
    const patient = {
      ...round,
      roundId: 'R26-PATIENT',
      policies: {
        ...round.policies,
        registration: { ...round.policies.registration, correctionHours: 72, fundingDecisionWorkingDays: 2 },
      },
    };
    const {
      status: _s,
      allocationAttempt: _a,
      moderationAttempt: _m,
      resultsReleasedAt: _r,
      ...given
    } = patient;
    await app.createRound(given, admin, now);
    await app.openRoundForRegistration(patient.roundId, admin, now);
    const { registration, correctableUntil } = await submit(
      formOf(36, { roundId: patient.roundId, payer: funded }),
    );
    expect(Date.parse(correctableUntil) - now.getTime()).toBe(72 * 3_600_000);
    // Who had the promise keeps it, whatever the round says later.
    await app.change(app.round, app.roundKey(patient.roundId), now, (current) => ({
      next: {
        ...app.withoutStored(current),
        policies: {
          ...current.policies,
          registration: { ...round.policies.registration, correctionHours: 1, fundingDecisionWorkingDays: 9 },
        },
      },
      audit: { action: 'change-round', actor: admin },
      events: [],
    }));
    await app.placeInHub(registration.registrationId, 'AWAY', admin, now);
    await app.grant({ registrationId: registration.registrationId }, context);
    const { funding, correctableUntil: kept } = await app.readIntake(registration.registrationId);
    expect(kept).toBe(correctableUntil);
    const days = app.addWorkingDays(app.londonDate(new Date(funding.waitingSince!)), 2);
    expect(funding.decideBy).toBe(app.endOfLondonDay(days).toISOString());
  });
});

describe('a registration that is about to lapse', () => {
  const invoiced = async (number: number) => {
    const { registration } = await submit(formOf(number));
    const { registrationId } = registration;
    await app.placeInHub(registrationId, 'AWAY', admin, now);
    return { registrationId, invoice: await app.issueInvoice(registrationId, now) };
  };

  it('does not where the money came a moment before', async () => {
    const { registrationId, invoice: issued } = await invoiced(34);
    await app.change(
      invoice,
      { pk: issued.pk, sk: issued.sk },
      now,
      ({ pk: _p, sk: _s, version: _v, ...current }) => ({
        next: { ...current, status: 'PAID' as const, allocatedPence: current.grossPence },
        audit: { action: 'pay', actor: admin },
        events: [],
      }),
    );
    expect(await app.endRegistration(registrationId, 'LAPSED', 'unpaid', office, now)).toMatchObject({
      status: 'AWAITING_PAYMENT',
    });
  });

  it('does where it did not, and its places are free', async () => {
    const before = await placed('AWAY');
    const { registrationId } = await invoiced(35);
    expect(await app.endRegistration(registrationId, 'LAPSED', 'unpaid', office, now)).toMatchObject({
      status: 'LAPSED',
    });
    expect(await placed('AWAY')).toBe(before);
  });
});

describe('the payment day of a round that moves', () => {
  it('moves the invoices on which money is owed, each once, and tells of it; a school keeps a day of its own', async () => {
    const sent = await Promise.all([37, 38].map((number) => submit(formOf(number))));
    const [first, own] = sent.map(({ registration }) => registration.registrationId);
    for (const registrationId of [first!, own!]) {
      await app.placeInHub(registrationId, 'AWAY', admin, now);
      await app.issueInvoice(registrationId, now);
    }
    const dueOn = async (registrationId: string) =>
      (await app.invoicesOfRegistration(registrationId))[0]?.dueOn;
    const move = async (deadline: string) =>
      (await app.moveDueDays(
        eventFor('RoundDeadlineMoved', { roundId: round.roundId, deadline }),
        context,
      )) as { moved: number };
    const before = await dueOn(first!);
    const others = (await app.openInvoices()).filter(({ status }) => status !== 'PAID').length - 2;
    const day = app.addDays(round.calendar.paymentDue, 14);
    const ownDay = app.addDays(round.calendar.paymentDue, 30);
    await app.moveRegistrationDeadline(own!, { deadline: 'paymentDue', day: ownDay }, admin, 'building', now);
    await app.moveDueDays(
      eventFor('RegistrationDeadlineMoved', {
        registrationId: own!,
        roundId: round.roundId,
        deadline: 'paymentDue',
      }),
      context,
    );
    await app.moveRoundDeadline(round.roundId, { deadline: 'paymentDue', day }, admin, 'strike', now);
    expect(await move('submissionDue')).toEqual({ moved: 0 });
    expect(await dueOn(first!)).toBe(before);
    expect(await move('paymentDue')).toEqual({ moved: 1 + others });
    expect(await move('paymentDue')).toEqual({ moved: 0 });
    expect([await dueOn(first!), await dueOn(own!)]).toEqual([day, ownDay]);
    const items = await app.queryCollection(`REG#${first}`);
    expect(items.filter(({ name }) => name === 'InvoiceDueMoved')).toHaveLength(1);
    expect(items.filter(({ action }) => action === 'invoice.move-due-day')).toHaveLength(1);
    expect((await app.openInvoices()).find((one) => one.registrationId === first)?.queueSort).toContain(day);
    // Moved back before the day that the payment terms promised, the promise stays.
    await app.moveRoundDeadline(
      round.roundId,
      { deadline: 'paymentDue', day: round.calendar.registrationCloses },
      admin,
      'earlier',
      now,
    );
    await move('paymentDue');
    expect((await dueOn(first!))! >= before!).toBe(true);
  });
});

describe('an unfinished form', () => {
  const given = {
    email: 'Late@School-9.Example',
    name: '',
    language: 'cy' as const,
    form: { head: { name: 'Ŵyn' }, pupilsOnRoll: '' },
  };

  it('is kept as typed for the person at its address, who is mailed the way back in their language', async () => {
    const { draftId, personId } = await app.saveDraft(given, now);
    expect((await app.readDraft(personId, draftId, now)).form).toEqual(given.form);
    const message = services.ses.inbox().find(({ to }) => to.includes('late@school-9.example'));
    expect(message?.text).toContain(`https://psqm.example/register/drafts/${draftId}`);
  });

  it('is nobody else’s, can be saved again and is gone when deleted', async () => {
    const { draftId, personId } = await app.saveDraft(given, now);
    await expect(app.readDraft('SOMEBODY', draftId, now)).rejects.toThrow('not found');
    await app.updateDraft(personId, draftId, { language: 'en', form: { head: { name: 'Wyn' } } }, now);
    expect(await app.readDraft(personId, draftId, now)).toMatchObject({
      language: 'en',
      form: { head: { name: 'Wyn' } },
    });
    await app.deleteDraft(personId, draftId, now);
    await expect(app.readDraft(personId, draftId, now)).rejects.toThrow('not found');
    await expect(app.updateDraft(personId, draftId, { language: 'en', form: {} }, now)).rejects.toThrow(
      'not found',
    );
  });

  it('is no longer there after its time, whenever the table deletes it', async () => {
    const { draftId, personId, expiresAt } = await app.saveDraft(given, now);
    await expect(app.readDraft(personId, draftId, new Date(expiresAt))).rejects.toThrow('not found');
  });
});
