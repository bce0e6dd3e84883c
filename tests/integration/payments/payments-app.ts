import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, expect } from 'vitest';
import { financeBooksContract } from '../../../functions/http/finance-books/contract.ts';
import { financePapersContract } from '../../../functions/http/finance-papers/contract.ts';
import { financePayersContract } from '../../../functions/http/finance-payers/contract.ts';
import type { Registration } from '../../../functions/registration/model.ts';
import type { Identity } from '../../../functions/shared/access/identity.ts';
import type { Actor } from '../../../functions/shared/table/change.ts';
import { s3Resources } from '../../../local/s3/resources.ts';
import { sesResources } from '../../../local/ses/resources.ts';
import { camt053, type Movement } from '../../support/bank-statements.ts';
import { hasRoute } from '../../support/has-route.ts';
import { startProgrammeTable } from '../../support/programme-table.ts';
import { sampleRegistration, sampleRound } from '../../support/school-year.ts';
import { provision, type Services, startServices } from '../local-services/support.ts';

export const round = sampleRound();
export const now = new Date(`${round.calendar.registrationOpens}T10:00:00.000Z`);
export const admin: Actor = { kind: 'person', id: 'ADMIN' };
export const SITE = 'https://psqm.example';

export let table: Awaited<ReturnType<typeof startProgrammeTable>>;
export let services: Services;
const load = async () => ({
  ...(await import('../../../functions/programme/rounds.ts')),
  ...(await import('../../../functions/programme/funders.ts')),
  ...(await import('../../../functions/registration/store.ts')),
  ...(await import('../../../functions/registration/intake.ts')),
  ...(await import('../../../functions/registration/lifecycle.ts')),
  ...(await import('../../../functions/shared/table/change.ts')),
  ...(await import('../../../functions/shared/table/keys.ts')),
  ...(await import('../../../functions/payments/invoices.ts')),
  ...(await import('../../../functions/payments/purchase-order.ts')),
  ...(await import('../../../functions/payments/document-addresses.ts')),
  ...(await import('../../../functions/payments/credit-notes.ts')),
  ...(await import('../../../functions/payments/documents.ts')),
  ...(await import('../../../functions/payments/store.ts')),
  ...(await import('../../../functions/payments/books.ts')),
  ...(await import('../../../functions/payments/ledger.ts')),
  ...(await import('../../../functions/payments/check-statement.ts')),
  ...(await import('../../../functions/payments/statements.ts')),
  ...(await import('../../../functions/payments/lines.ts')),
  check: (await import('../../../functions/payments/handlers/check-statement.ts')).handler,
  match: (await import('../../../functions/payments/handlers/match-page.ts')).handler,
  end: (await import('../../../functions/payments/handlers/end-statement.ts')).handler,
  creditWithdrawn: (await import('../../../functions/payments/handlers/credit-withdrawn.ts')).handler,
  ...(await import('../../../functions/payments/refund-advice.ts')),
  ...(await import('../../../functions/payments/months.ts')),
  ...(await import('../../../functions/payments/refunds.ts')),
  ...(await import('../../../functions/payments/write-offs.ts')),
  ...(await import('../../../functions/payments/credits.ts')),
  ...(await import('../../../functions/payments/other-entries.ts')),
  ...(await import('../../../functions/payments/allocate.ts')),
  finance: (await import('../../../functions/http/finance/handler.ts')).handler,
  papers: (await import('../../../functions/http/finance-papers/handler.ts')).handler,
  payers: (await import('../../../functions/http/finance-payers/handler.ts')).handler,
  books: (await import('../../../functions/http/finance-books/handler.ts')).handler,
  funder: (await import('../../../functions/http/funder/handler.ts')).handler,
});
export let app: Awaited<ReturnType<typeof load>>;

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

export const context = {} as Context;
export const codeOf = (act: Promise<unknown>): Promise<unknown> =>
  act.then(
    () => 'done',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );

let made = 0;
/** A school that was accepted and waits for its invoice. */
export async function accepted(change: Partial<Registration> = {}): Promise<Registration> {
  const number = ++made;
  const registrationId = `R${String(number).padStart(4, '0')}`;
  const registration = sampleRegistration({
    registrationId,
    ...app.roundIndex(round.roundId, 'REGISTRATION', registrationId),
    reference: `PSQM-SAMPLE${number}`,
    schoolId: `URN-${200000 + number}`,
    school: {
      ...sampleRegistration().school,
      urn: String(200000 + number),
      name: `Hazelford ${number} School`,
    },
    status: 'ACCEPTED',
    invoiceNumber: null,
    ...change,
  });
  await app.create(
    app.registrationKey(registration.registrationId),
    { next: registration, audit: { action: 'test', actor: admin }, events: [] },
    now,
  );
  return registration;
}
export async function invoiced(change: Partial<Registration> = {}) {
  const registration = await accepted(change);
  return app.issueInvoice(registration.registrationId, now);
}

let statements = 0;
/** What the bank says of the account, so that statements follow one another. */
export const bank = { balance: 100_000 };
/** Uploads a statement as the finance pages do and runs the machine's functions over it. */
export async function upload(bytes: Uint8Array): Promise<string> {
  const { statementId, upload: form } = await app.prepareStatement(
    { fileName: 'june.xml', newAccounts: true },
    admin,
    now,
  );
  const body = new FormData();
  for (const [name, value] of Object.entries(form.fields)) body.append(name, value);
  body.append('file', new Blob([new Uint8Array(bytes)]), 'june.xml');
  expect((await fetch(form.url, { method: 'POST', body })).status).toBeLessThan(300);
  await app.startReconciliation(statementId, admin, now);
  let { nextPage, pages, status } = await app.check({ statementId }, context);
  while (status === 'MATCHING' && nextPage < pages)
    ({ nextPage } = await app.match({ statementId, page: nextPage }, context));
  await app.end({ statementId }, context);
  return statementId;
}
export async function receive(movements: readonly Movement[]): Promise<string> {
  const opening = bank.balance;
  bank.balance += movements.reduce(
    (sum, each) => sum + (each.direction === 'DBIT' ? -each.pence : each.pence),
    0,
  );
  return upload(camt053(movements, { id: `ST-${++statements}`, opening }));
}
export const statusesOf = async (statementId: string): Promise<string[]> =>
  (await app.linesOfStatement(statementId)).map(({ status }) => status);

export const officer: Identity = {
  personId: 'OFFICER',
  email: 'money@psqm.example',
  name: 'Officer Sample',
  roles: ['finance'],
  language: 'en',
  hubIds: [],
  funderIds: [],
};
export async function api(
  method: string,
  path: string,
  body?: unknown,
  query: Record<string, string> = {},
  identity: Identity = officer,
) {
  const handler = path.startsWith('/api/funder/')
    ? app.funder
    : hasRoute(financeBooksContract, method, path)
      ? app.books
      : hasRoute(financePapersContract, method, path)
        ? app.papers
        : hasRoute(financePayersContract, method, path)
          ? app.payers
          : app.finance;
  const answer = await handler(
    {
      version: '2.0',
      rawPath: path,
      headers: { origin: SITE },
      queryStringParameters: query,
      body: body === undefined ? undefined : JSON.stringify(body),
      isBase64Encoded: false,
      requestContext: {
        requestId: 'test',
        http: { method, path, sourceIp: '127.0.0.1' },
        authorizer: { lambda: { identity: JSON.stringify(identity) } },
      },
    } as never,
    context,
  );
  return { status: answer.statusCode ?? 0, body: JSON.parse(answer.body ?? '{}') };
}

/** All postings balance, and what debtors owe is what the invoices say. */
export async function booksAgree(): Promise<void> {
  const postings = await app.postingsOf({}, new Date());
  const total = app.trialBalance(postings);
  expect(total.balances).toBe(true);
  const invoices = await app.listInvoices(round.roundId);
  const owed = invoices.reduce(
    (sum, each) => sum + each.grossPence - each.allocatedPence - each.creditedPence - each.writtenOffPence,
    0,
  );
  expect(total.accounts.find(({ account }) => account === 'DEBTORS')?.balancePence ?? 0).toBe(owed);
  const { days, accounts } = app.dailyTotal(await app.statementBooks(), {}, 'en');
  expect(days.every(({ agrees }) => agrees)).toBe(true);
  for (const account of accounts) expect(account).toMatchObject({ agrees: true, gaps: [] });
}
