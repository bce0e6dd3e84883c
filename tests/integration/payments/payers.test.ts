import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { financePayersContract } from '../../../functions/http/finance-payers/contract.ts';
import type { PayerForm } from '../../../functions/payments/model.ts';
import type { Registration } from '../../../functions/registration/model.ts';
import type { Identity } from '../../../functions/shared/access/identity.ts';
import type { Actor } from '../../../functions/shared/table/change.ts';
import { addDays } from '../../../functions/shared/time/london.ts';
import { s3Resources } from '../../../local/s3/resources.ts';
import { sesResources } from '../../../local/ses/resources.ts';
import { moneyBalances } from '../../../tools/verify/money.ts';
import { Table } from '../../../tools/verify/table.ts';
import { camt053, type Movement } from '../../support/bank-statements.ts';
import { hasRoute } from '../../support/has-route.ts';
import { startProgrammeTable } from '../../support/programme-table.ts';
import { sampleIntake } from '../../support/registration-forms.ts';
import { sampleRegistration, sampleRound } from '../../support/school-year.ts';
import { snapshotOfStore } from '../../support/stored.ts';
import { provision, type Services, startServices } from '../local-services/support.ts';

const round = sampleRound();
const now = new Date(`${round.calendar.registrationOpens}T10:00:00.000Z`);
const admin: Actor = { kind: 'person', id: 'ADMIN' };
const SITE = 'https://psqm.example';
const context = {} as Context;

let table: Awaited<ReturnType<typeof startProgrammeTable>>;
let services: Services;
const load = async () => ({
  ...(await import('../../../functions/programme/rounds.ts')),
  ...(await import('../../../functions/registration/store.ts')),
  ...(await import('../../../functions/registration/intake.ts')),
  ...(await import('../../../functions/registration/end.ts')),
  ...(await import('../../../functions/registration/purchase-order.ts')),
  ...(await import('../../../functions/shared/table/change.ts')),
  ...(await import('../../../functions/shared/table/keys.ts')),
  ...(await import('../../../functions/payments/invoices.ts')),
  ...(await import('../../../functions/payments/documents.ts')),
  ...(await import('../../../functions/payments/document-addresses.ts')),
  ...(await import('../../../functions/payments/store.ts')),
  ...(await import('../../../functions/payments/statements.ts')),
  ...(await import('../../../functions/programme/funders.ts')),
  ...(await import('../../../functions/programme/store.ts')),
  ...(await import('../../../functions/awards/store.ts')),
  grant: (await import('../../../functions/registration/handlers/grant-funded-place.ts')).handler,
  offer: (await import('../../../functions/registration/handlers/offer-freed-place.ts')).handler,
  funder: (await import('../../../functions/http/funder/handler.ts')).handler,
  plan: (await import('../../../functions/registration/handlers/plan-registration.ts')).handler,
  remind: (await import('../../../functions/registration/handlers/send-payment-reminder.ts')).handler,
  creditInvoice: (await import('../../../functions/registration/handlers/credit-invoice.ts')).handler,
  check: (await import('../../../functions/payments/handlers/check-statement.ts')).handler,
  match: (await import('../../../functions/payments/handlers/match-page.ts')).handler,
  end: (await import('../../../functions/payments/handlers/end-statement.ts')).handler,
  payers: (await import('../../../functions/http/finance-payers/handler.ts')).handler,
  finance: (await import('../../../functions/http/finance/handler.ts')).handler,
});
let app: Awaited<ReturnType<typeof load>>;

beforeAll(async () => {
  services = await startServices();
  for (const BucketName of ['documents', 'statements'])
    await provision(services.cloud, s3Resources(services.s3), 'AWS::S3::Bucket', BucketName, { BucketName });
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
    DOCUMENTS_BUCKET: 'documents',
    STATEMENTS_BUCKET: 'statements',
    MAIL_FROM: 'PSQM <office@psqm.example>',
    MAIL_CONFIGURATION_SET: 'mail',
    SITE_URL: SITE,
  });
  app = await load();
  const { status: _s, allocationAttempt: _a, moderationAttempt: _m, resultsReleasedAt: _r, ...given } = round;
  await app.createRound(given, admin, now);
});
afterAll(async () => {
  await table.stop();
  await services.stop();
});

let made = 0;
/** A school that was accepted. */
async function accepted(change: Partial<Registration> = {}): Promise<Registration> {
  const number = ++made;
  const registrationId = `P${String(number).padStart(4, '0')}`;
  const base = sampleRegistration();
  const next = sampleRegistration({
    registrationId,
    ...app.roundIndex(round.roundId, 'REGISTRATION', registrationId),
    reference: `PSQM-PAYER${number}`,
    schoolId: `URN-${300000 + number}`,
    school: { ...base.school, urn: String(300000 + number), name: `Ysgol Llŷn ${number}` },
    payer: { ...base.payer, email: `school${number}@payer.example` },
    status: 'ACCEPTED',
    invoiceNumber: null,
    ...change,
  });
  const audit = { action: 'test', actor: admin };
  await app.create(app.registrationKey(registrationId), { next, audit, events: [] }, now);
  const intake = sampleIntake({ registrationId, roundId: round.roundId });
  await app.create(app.intakeKey(registrationId), { next: intake, audit, events: [] }, now);
  return next;
}
/** A school that was accepted and has its invoice. */
const invoiced = async (change: Partial<Registration> = {}) =>
  app.issueInvoice((await accepted(change)).registrationId, now);

let statements = 0;
let balance = 100_000;
/** Uploads a statement as the finance pages do and runs the machine's functions over it. */
async function receive(movements: readonly Movement[]) {
  const opening = balance;
  balance += movements.reduce((sum, each) => sum + each.pence, 0);
  const { statementId, upload } = await app.prepareStatement(
    { fileName: 'july.xml', newAccounts: true },
    admin,
    now,
  );
  const body = new FormData();
  for (const [name, value] of Object.entries(upload.fields)) body.append(name, value);
  const file = camt053(movements, { id: `PAY-${++statements}`, opening });
  body.append('file', new Blob([new Uint8Array(file)]), 'july.xml');
  expect((await fetch(upload.url, { method: 'POST', body })).status).toBeLessThan(300);
  await app.startReconciliation(statementId, admin, now);
  let { nextPage, pages, status } = await app.check({ statementId }, context);
  while (status === 'MATCHING' && nextPage < pages)
    ({ nextPage } = await app.match({ statementId, page: nextPage }, context));
  await app.end({ statementId }, context);
  return (await app.linesOfStatement(statementId)).map((line) => line.status);
}

const officer: Identity = {
  personId: 'OFFICER',
  email: 'money@psqm.example',
  name: 'Officer Sample',
  roles: ['finance'],
  language: 'en',
  hubIds: [],
  funderIds: [],
};
async function api(method: string, path: string, body?: unknown) {
  const own = hasRoute(financePayersContract, method, path);
  const answer = await (own ? app.payers : app.finance)(
    {
      version: '2.0',
      rawPath: path,
      headers: { origin: SITE },
      queryStringParameters: {},
      body: body === undefined ? undefined : JSON.stringify(body),
      isBase64Encoded: false,
      requestContext: {
        requestId: 'test',
        http: { method, path, sourceIp: '127.0.0.1' },
        authorizer: { lambda: { identity: JSON.stringify(officer) } },
      },
    } as never,
    context,
  );
  return { status: answer.statusCode ?? 0, body: JSON.parse(answer.body ?? '{}') };
}

const trustForm: PayerForm = {
  kind: 'TRUST',
  name: "Ymddiriedolaeth Dŵr Môn's Trust",
  email: 'accounts@trust.example',
  addressLines: ['1 Stryd yr Eglwys'],
  contacts: [{ name: 'Zoë Sample', email: 'zoe@trust.example' }],
  ownReference: 'SUP-4471',
  purchaseOrder: 'PO-900',
  language: 'cy',
  termsDays: 45,
  active: true,
};
async function keep(payerId: string, change: Partial<PayerForm> = {}) {
  const kept = await api('PUT', `/api/finance/payers/${payerId}`, { ...trustForm, ...change });
  expect(kept.status).toBe(200);
  return payerId;
}
const inbox = (word: string) => services.ses.inbox(0).filter(({ subject }) => subject.includes(word));
const balances = async () => moneyBalances(new Table((await snapshotOfStore()).items));

describe('a purchase order that comes late', () => {
  it('credits the invoice and issues it anew, with the reference that a payment may carry already', async () => {
    const old = await invoiced({ purchaseOrder: { kind: 'LATER' } });
    await app.sendInvoice(old.registrationId, now);
    await app.addPurchaseOrder(old.registrationId, 'PO-77', admin, now);
    await app.addPurchaseOrder(old.registrationId, 'PO-77', admin, now);
    const of = await app.readRegistration(old.registrationId);
    const [first, issued] = await app.invoicesOfRegistration(old.registrationId);
    expect(first).toMatchObject({
      invoiceNumber: old.invoiceNumber,
      purchaseOrder: null,
      lines: old.lines,
      grossPence: old.grossPence,
      status: 'CREDITED',
      replacedBy: of.invoiceNumber,
    });
    expect(issued).toMatchObject({
      invoiceNumber: of.invoiceNumber,
      purchaseOrder: 'PO-77',
      paymentReference: old.paymentReference,
      replaces: [old.invoiceNumber],
    });
    expect(await app.creditNotesOf(old.registrationId)).toMatchObject([
      { invoiceNumber: old.invoiceNumber, grossPence: old.grossPence, reason: 'REPLACED' },
    ]);
    expect(await app.sendInvoice(old.registrationId, now)).toBe(2);
    await app.sendInvoice(old.registrationId, now);
    const [mail, ...more] = inbox(issued!.invoiceNumber);
    expect(mail?.subject).toContain(`in place of ${old.invoiceNumber}`);
    const readers = [mail, ...more].flatMap((each) => each?.to);
    expect(new Set(readers).size).toBe(readers.length);
    const papers = await app.paymentDocumentsOf(old.registrationId);
    expect(papers.map(({ kind }) => kind)).toEqual(['INVOICE', 'INVOICE', 'CREDIT_NOTE']);
    expect(await receive([{ pence: 85000, narrative: old.paymentReference }])).toEqual(['MATCHED']);
    expect(await app.isSettled(old.registrationId)).toBe(true);
    expect(await balances()).toEqual([]);
  });

  it('leaves an invoice alone that has money on it', async () => {
    const old = await invoiced({ purchaseOrder: { kind: 'LATER' } });
    await receive([{ pence: 100, narrative: old.paymentReference }]);
    const { body } = await api('GET', '/api/finance/queue');
    const line = body.lines.find(({ narrative }: { narrative: string }) =>
      narrative.includes(old.paymentReference),
    );
    await api('POST', `/api/finance/lines/${line.lineId}/allocations`, {
      requestId: 'a-part-of-it',
      parts: [{ invoiceNumber: old.invoiceNumber, pence: 100 }],
      reason: 'A first part',
    });
    expect((await app.readInvoice(old.invoiceNumber)).allocatedPence).toBe(100);
    await app.addPurchaseOrder(old.registrationId, 'PO-78', admin, now);
    expect(await app.invoicesOfRegistration(old.registrationId)).toHaveLength(1);
    const refused = await api('POST', `/api/finance/invoices/${old.invoiceNumber}/reissue`, {
      purchaseOrder: 'PO-79',
    });
    expect(refused).toMatchObject({ status: 422, body: { error: { code: 'invoice-has-money' } } });
  });
});

describe('a trust that pays for all its schools', () => {
  it('has one invoice with a line a school, paid by one transfer, less the line of one that withdraws', async () => {
    const payerId = await keep('trust-for-twelve');
    const olds = await Promise.all(Array.from({ length: 12 }, () => invoiced()));
    const numbers = olds.map(({ invoiceNumber }) => invoiceNumber);
    const joined = await api('POST', `/api/finance/payers/${payerId}/invoices`, {
      invoiceNumbers: numbers,
      reason: 'The trust pays for its schools',
    });
    expect(joined.status).toBe(200);
    const issued = await app.readInvoice(joined.body.invoiceNumber);
    expect(issued).toMatchObject({
      grossPence: 12 * 85000,
      purchaseOrder: 'PO-900',
      language: 'cy',
      payer: { name: trustForm.name, ownReference: 'SUP-4471' },
    });
    expect(issued.dueOn).toBe(addDays(issued.issuedOn, 45));
    expect(issued.lines.map(({ registrationId }) => registrationId)).toEqual(
      olds.map(({ registrationId }) => registrationId),
    );
    for (const { registrationId } of olds)
      expect((await app.readRegistration(registrationId)).invoiceNumber).toBe(issued.invoiceNumber);
    await Promise.all(olds.map(({ registrationId }) => app.sendInvoice(registrationId, now)));
    expect(
      inbox(issued.invoiceNumber)
        .flatMap(({ to }) => to)
        .sort(),
    ).toEqual(['accounts@trust.example', 'zoe@trust.example']);

    const [gone, ...others] = olds.map(({ registrationId }) => registrationId);
    await app.endRegistration(gone!, 'WITHDRAWN', 'No teacher', admin, now);
    expect(await app.plan({ registrationId: gone! }, context)).toMatchObject({ do: 'CREDIT_INVOICE' });
    await app.creditInvoice({ registrationId: gone! }, context);
    await app.creditInvoice({ registrationId: gone! }, context);
    expect(await app.plan({ registrationId: gone! }, context)).toMatchObject({ do: 'ENDED' });
    const less = await app.readInvoice(issued.invoiceNumber);
    expect(less).toMatchObject({ creditedPence: 85000, status: 'PART_PAID', closedAt: null });
    const notes = await app.creditNotesOf(less.registrationId);
    expect(notes).toMatchObject([
      { invoiceNumber: issued.invoiceNumber, grossPence: 85000, schoolName: olds[0]!.schoolName },
    ]);
    expect(await balances()).toEqual([]);

    expect(await app.isSettled(others[0]!)).toBe(false);
    const paid = await receive([{ pence: 11 * 85000, narrative: issued.paymentReference }]);
    expect(paid).toEqual(['MATCHED']);
    for (const registrationId of others) {
      expect(await app.isSettled(registrationId)).toBe(true);
      expect(await app.plan({ registrationId }, context)).toMatchObject({ do: 'CONFIRM' });
      const events = await app.queryCollection(app.registrationPk(registrationId), 'EVENT#');
      expect(events.map(({ name }) => name)).toContain('InvoiceSettled');
    }
    const shown = await api('GET', `/api/finance/invoices/${issued.invoiceNumber}`);
    expect(shown.body.lines).toHaveLength(12);
    expect(shown.body.replaces).toEqual(numbers);
    expect(await balances()).toEqual([]);
  });

  it('of more schools than one transaction holds is told how many one invoice takes', async () => {
    const refused = await api('POST', '/api/finance/payers/trust-for-twelve/invoices', {
      invoiceNumbers: Array.from({ length: 14 }, (_, at) => `PSQM-2026-9${String(at).padStart(4, '0')}`),
      reason: 'All of them',
    });
    expect(refused).toMatchObject({ status: 422, body: { error: { code: 'too-many-on-one' } } });
  });

  it('lets one of two hurried officers join the same invoices', async () => {
    const payerId = await keep('trust-in-a-hurry');
    const olds = [await invoiced(), await invoiced()];
    const join = () =>
      api('POST', `/api/finance/payers/${payerId}/invoices`, {
        invoiceNumbers: olds.map(({ invoiceNumber }) => invoiceNumber),
        reason: 'Together',
      });
    const answers = await Promise.all([join(), join()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
    expect(await balances()).toEqual([]);
  });
});

describe('a sponsor who pays half', () => {
  it('has an invoice of its own, the odd penny is the school’s, and both must be paid', async () => {
    const payerId = await keep('sponsor-of-half', {
      kind: 'SPONSOR',
      language: 'en',
      email: 'give@sponsor.example',
    });
    const old = await invoiced({ fee: { ...sampleRegistration().fee, pence: 55001 } });
    const { registrationId } = old;
    const split = await api('POST', `/api/finance/invoices/${old.invoiceNumber}/split`, {
      payerId,
      percent: 50,
      reason: 'Half by the sponsor',
    });
    expect(split.body).toMatchObject({ grossPence: 27501, payerName: old.payer.name });
    const [school, sponsor, ...none] = await app.liveInvoicesOf(registrationId);
    expect(none).toEqual([]);
    expect(sponsor).toMatchObject({ grossPence: 27500, payer: { name: trustForm.name, kind: 'SPONSOR' } });
    await app.sendInvoice(registrationId, now);
    expect(inbox(sponsor!.invoiceNumber).flatMap(({ to }) => to)).toContain('give@sponsor.example');
    expect(inbox(school!.invoiceNumber).flatMap(({ to }) => to)).not.toContain('give@sponsor.example');
    await receive([{ pence: 27501, narrative: school!.paymentReference }]);
    expect(await app.isSettled(registrationId)).toBe(false);
    await receive([{ pence: 27500, narrative: sponsor!.paymentReference }]);
    expect(await app.isSettled(registrationId)).toBe(true);
    expect(await balances()).toEqual([]);
  });
});

describe('reminders', () => {
  it('rest for a dispute with its reason and go on when it ends, with time to pay', async () => {
    const of = await invoiced();
    const path = `/api/finance/invoices/${of.invoiceNumber}/hold`;
    const promise = await api('POST', path, { kind: 'PROMISE', until: null, reason: 'Next week' });
    expect(promise).toMatchObject({ status: 422, body: { error: { code: 'promise-needs-day' } } });
    const held = await api('POST', path, { kind: 'DISPUTE', until: null, reason: 'They say they paid' });
    expect(held.body.hold).toMatchObject({ kind: 'DISPUTE', reason: 'They say they paid' });
    const { registrationId } = of;
    const sent = await app.remind({ registrationId, reminderDay: 7 }, context);
    expect(sent).toEqual({ sent: false });
    expect((await api('POST', `${path}/end`, { reason: 'They had not' })).body.hold).toBeNull();
    expect(await app.remind({ registrationId, reminderDay: 7 }, context)).toEqual({ sent: true });
  });

  it('come as one letter to a payer of several invoices, however many of them it is time for', async () => {
    const payer = { ...sampleRegistration().payer, kind: 'TRUST' as const, email: 'one@letter.example' };
    const of = [await invoiced({ payer }), await invoiced({ payer }), await invoiced({ payer })];
    await Promise.all(
      of.map(({ registrationId }) => app.remind({ registrationId, reminderDay: 7 }, context)),
    );
    await app.remind({ registrationId: of[0]!.registrationId, reminderDay: 21 }, context);
    const letters = services.ses.inbox(0).filter(({ to }) => to.includes('one@letter.example'));
    expect(letters).toHaveLength(1);
    const text = JSON.stringify(letters[0]);
    for (const { invoiceNumber, paymentReference } of of) {
      expect(text).toContain(invoiceNumber);
      expect(text).toContain(paymentReference);
    }
    expect(text).toContain('£2,550.00');
  });
});

describe("a funder's places", () => {
  const applicant = (funderId: string, change: Partial<Registration> = {}) =>
    accepted({
      payer: { ...sampleRegistration().payer, kind: 'FUNDER', name: funderId, funderId },
      ...change,
    });
  const agree = (funderId: string, places: number) =>
    app.putFunder(
      {
        funderId,
        name: funderId,
        email: `${funderId.toLowerCase()}@funder.example`,
        roundId: round.roundId,
        places,
      },
      admin,
      now,
    );
  const grant = ({ registrationId }: Registration) => app.grant({ registrationId }, context);
  const statusOf = async ({ registrationId }: Registration) =>
    (await app.readRegistration(registrationId)).status;
  const told = (of: Registration, words: string) =>
    services.ses
      .inbox(0)
      .filter(({ subject, text }) => subject.includes(of.school.name) && text?.includes(words));
  const withdrawn = async ({ registrationId }: Registration) => {
    await app.endRegistration(registrationId, 'WITHDRAWN', 'No teacher', admin, now);
    const detail = {
      eventId: 'E',
      collection: 'C',
      sequence: 1,
      occurredAt: now.toISOString(),
      correlationId: 'X',
    };
    return app.offer(
      {
        'detail-type': 'RegistrationWithdrawn',
        detail: { ...detail, data: { registrationId, roundId: round.roundId } },
      } as never,
      context,
    );
  };

  it('of which one is left goes to one of two; the other is told, waits and gets the first that becomes free', async () => {
    await agree('ONE-PLACE', 1);
    const two = [await applicant('ONE-PLACE'), await applicant('ONE-PLACE')];
    const granted = await Promise.all(two.map(grant));
    expect(granted.map((one) => one.granted).sort()).toEqual([false, true]);
    const first = two[granted.findIndex((one) => one.granted)]!;
    const second = two[granted.findIndex((one) => !one.granted)]!;
    expect(told(second, 'those who asked first')).not.toEqual([]);
    expect(told(first, 'those who asked first')).toEqual([]);
    const third = await applicant('ONE-PLACE');
    expect(await grant(third)).toEqual({ granted: false });
    expect(await withdrawn(first)).toEqual({ offered: 1 });
    const late = await applicant('ONE-PLACE');
    expect(await grant(late)).toEqual({ granted: false });
    expect(await grant(second)).toEqual({ granted: true });
    expect([await statusOf(second), await statusOf(third)]).toEqual(['COVERED', 'ACCEPTED']);
    expect(await withdrawn(second)).toEqual({ offered: 1 });
    expect(await grant(third)).toEqual({ granted: true });
    expect(await withdrawn(third)).toEqual({ offered: 1 });
  });

  it('cover 47 of the 71 schools of a city, which have no invoice, however many ask at once', async () => {
    await agree('CITY', 47);
    const schools: Registration[] = [];
    for (let at = 0; at < 71; at++) schools.push(await applicant('CITY'));
    const granted: boolean[] = [];
    for (let at = 0; at < schools.length; at += 8)
      granted.push(...(await Promise.all(schools.slice(at, at + 8).map(grant))).map((one) => one.granted));
    expect(granted.filter(Boolean)).toHaveLength(47);
    const [places] = await app.listFunderPlaces('CITY');
    expect(places).toMatchObject({ places: 47, used: 47 });
    for (const [at, of] of schools.entries())
      expect(await statusOf(of)).toBe(granted[at] ? 'COVERED' : 'ACCEPTED');
    for (const of of schools) expect(await app.invoicesOfRegistration(of.registrationId)).toEqual([]);
  });

  it('of a trial are for schools that never held an award, of its phases, and those pay nothing', async () => {
    await agree('TRIAL', 171);
    const agreed = await api('PUT', `/api/finance/funders/TRIAL/rounds/${round.roundId}/agreement`, {
      eligibility: {
        neverAwarded: true,
        phases: ['PRIMARY', 'JUNIOR'],
        localAuthorities: [],
        minimumFsmPercent: 20,
      },
      purchaseOrder: 'TRIAL-24',
    });
    expect(agreed).toMatchObject({ status: 200, body: { places: 171, purchaseOrder: 'TRIAL-24' } });
    const school = { ...sampleRegistration().school, phase: 'PRIMARY', fsmPercent: 31 };
    const named = (name: string, change: Partial<Registration['school']> = {}) =>
      applicant('TRIAL', { school: { ...school, ...change, name } });
    const plain = await named('Plain School');
    expect(await grant(plain)).toEqual({ granted: true });
    expect(await app.isSettled(plain.registrationId)).toBe(true);
    const infant = await named('Infant School', { phase: 'INFANT' });
    const unknown = await named('Silent School', { fsmPercent: null });
    for (const of of [infant, unknown]) expect(await grant(of)).toEqual({ granted: false });
    expect(told(infant, 'phase')).not.toEqual([]);
    const { body } = await api('GET', '/api/finance/funding-requests');
    const reasons = body.requests.map(({ schoolName, because }: Record<string, string>) => [
      schoolName,
      because,
    ]);
    expect(reasons).toContainEqual(['Infant School', 'PHASE']);
    expect(reasons).toContainEqual(['Silent School', 'FREE_MEALS']);
    await api('POST', `/api/finance/funding-requests/${infant.registrationId}/try-again`, {
      reason: 'The trial agreed to this school',
    });
    expect(await grant(infant)).toEqual({ granted: true });
    const [places] = await app.listFunderPlaces('TRIAL');
    expect(places).toMatchObject({ places: 171, used: 2 });
  });
});
