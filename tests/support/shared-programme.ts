import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { type Role, roles } from '../../functions/shared/access/identity.ts';
import { assignmentKey } from '../../functions/shared/table/keys.ts';
import { type LocalApp, outputOf, startLocalApp } from '../../tools/local-app/start-app.ts';
import { Inbox } from '../../tools/outside/inbox.ts';
import { Visitor } from '../../tools/outside/visitor.ts';
import { sampleHubs } from '../../tools/seed/hubs.ts';
import { independentAssessor, staff } from '../../tools/seed/people.ts';
import { importRegister, seedProgramme } from '../../tools/seed/seed.ts';
import { sampleForm } from './registration-forms.ts';

export const ROUND_ID = 'R26-AUTUMN';
const TODAY = '2026-06-01T09:00:00.000Z';
const HUBS = 20;

/** Leeds is in the first hub, Cardiff in the second. */
const [ownHub, otherHub] = sampleHubs(HUBS).filter(
  ({ areas }) => areas.includes('LS') || areas.includes('CF'),
);

/** Who signs in for each role; the school's three come with its registration. */
const emailOf: Readonly<Record<Role, string>> = {
  registrant: 'office@own.example',
  head: 'head@own.example',
  subject_leader: 'science@own.example',
  // The leaders of the seed assess other hubs' submissions too; this one does not.
  hub_leader: 'leader@own.example',
  assessor: independentAssessor(0),
  moderator: staff.moderators[0] ?? '',
  panel: staff.panel[0] ?? '',
  finance: staff.finance,
  finance_approver: staff.financeApprover,
  admin: staff.admin,
  auditor: staff.auditor,
  funder: staff.funder,
};

/** A seeded programme on the local app with one person signed in for each role, each with no other role. */
export interface SharedProgramme {
  readonly app: LocalApp;
  readonly nobody: Visitor;
  readonly people: ReadonlyMap<Role, Visitor>;
  readonly hubIds: { readonly own: string | undefined; readonly other: string | undefined };
  /** Ids of records of these people, and of records that exist and are somebody else's, by the parameters' names. */
  readonly own: Readonly<Record<string, string>>;
  readonly others: Readonly<Record<string, string>>;
}

/** Starts the app in memory under the simulated clock and seeds it over the API, but for judging, which is far in the year. */
export async function startSharedProgramme(): Promise<SharedProgramme> {
  const app = await startLocalApp({ sitePort: 0, withoutPages: true, simulatedFrom: Date.parse(TODAY) });
  const inbox = new Inbox(app.cloud.endpoint);
  const nobody = new Visitor(app.siteUrl, inbox);
  const signIn = async (email: string): Promise<Visitor> => {
    const person = new Visitor(app.siteUrl, inbox);
    await person.signIn(email);
    return person;
  };
  const admin = await signIn(staff.admin);
  await seedProgramme(admin, {
    roundId: ROUND_ID,
    label: { en: 'Round 26', cy: 'Rownd 26' },
    start: '2026-09-07',
    calendar: { registrationOpens: '2026-05-05' },
    hubs: HUBS,
    independentAssessors: 2,
    funderPlaces: 2,
  });
  await admin.post('/api/admin/people', {
    email: emailOf.hub_leader,
    name: 'Sample leader',
    role: 'hub_leader',
    hubIds: [ownHub?.hubId],
  });
  await importRegister(admin, register, () => passMinute(app));
  const own = {
    registrationId: await registerSchool(nobody, '100001', 'own', 'LS3 2ZZ'),
    draftId: await saveDraft(nobody, emailOf.registrant),
  };
  const registrationId = await registerSchool(nobody, '100002', 'other', 'CF4 3ZZ');
  const others = {
    registrationId,
    draftId: await saveDraft(nobody, 'somebody@else.example'),
    contactId: await contactIdOf(await signIn('head@other.example'), registrationId),
    ...(await storeJudging(app, registrationId, await personIdOf(admin, independentAssessor(1)))),
  };
  // Hubs are given by the machines, once they have run.
  await passMinute(app);
  const people = new Map<Role, Visitor>();
  for (const role of roles) people.set(role, await signIn(emailOf[role]));
  return { app, nobody, people, hubIds: { own: ownHub?.hubId, other: otherHub?.hubId }, own, others };
}

/** Lets a simulated minute pass with all that is due in it. */
function passMinute({ cloud }: LocalApp): Promise<void> {
  const { clock } = cloud.context;
  return clock.advanceTo(clock.now() + 60_000);
}

const register = {
  name: 'register.csv',
  bytes: Buffer.from(
    [
      'urn,name,town,postcode,open_date,close_date',
      '100001,Own Primary School (invented),Sampleton,LS3 2ZZ,,',
      '100002,Other Primary School (invented),Otherton,CF4 3ZZ,,',
    ].join('\n'),
  ),
  invented: true,
};

/** Registers a school of the register with contacts at `domain`.example. */
async function registerSchool(
  nobody: Visitor,
  urn: string,
  domain: string,
  postcode: string,
): Promise<string> {
  const person = (who: string) => ({ name: `Sample ${who}`, email: `${who}@${domain}.example` });
  const form = sampleForm({
    roundId: ROUND_ID,
    school: { kind: 'REGISTER', urn },
    address: { lines: ['1 Sample Road'], town: 'Sampleton', postcode },
    registrant: person('office'),
    head: person('head'),
    subjectLeaders: [person('science')],
    finance: person('finance'),
  });
  const answer = await nobody.post('/api/public/registrations', { form, draftId: null });
  return z.object({ registrationId: z.string() }).parse(answer).registrationId;
}

async function saveDraft(nobody: Visitor, email: string): Promise<string> {
  const answer = await nobody.post('/api/public/drafts', { email, name: 'Sample', language: 'en', form: {} });
  return z.object({ draftId: z.string() }).parse(answer).draftId;
}

async function contactIdOf(head: Visitor, registrationId: string): Promise<string> {
  const { contacts } = z
    .object({ contacts: z.array(z.object({ contactId: z.string(), role: z.string() })) })
    .parse(await head.get(`/api/school/registrations/${registrationId}`));
  return z.string().parse(contacts.find(({ role }) => role === 'head')?.contactId);
}

async function personIdOf(admin: Visitor, email: string): Promise<string> {
  const { people } = z
    .object({ people: z.array(z.object({ personId: z.string(), email: z.string() })) })
    .parse(await admin.get('/api/admin/people', { q: email }));
  return z.string().parse(people.find((each) => each.email === email)?.personId);
}

/** An open assignment and an open reading of this person, as the stores write them. */
async function storeJudging(app: LocalApp, registrationId: string, personId: string) {
  const { assignment } = await import('../../functions/assessment/model.ts');
  const { reading } = await import('../../functions/moderation/model.ts');
  const { readingIdOf, readingKeys } = await import('../../functions/moderation/store.ts');
  const assignmentId = 'ASSIGNMENT-OF-ANOTHER';
  const readingId = readingIdOf(registrationId, 1);
  await put(app, {
    ...assignmentKey(assignmentId),
    ...assignment.parse({
      assignmentId,
      registrationId,
      roundId: ROUND_ID,
      schoolId: 'URN-100002',
      assessorId: personId,
      allocationAttempt: 1,
      status: 'IN_REVIEW',
      statusSince: TODAY,
      level: 'GILT',
      language: 'en',
      submissionVersion: 1,
      explanation: { eligible: 1, barred: {}, load: 1, maximumLoad: 1, previousAssessor: false, sameHub: 1 },
      offeredAt: TODAY,
      answerBy: TODAY,
      acceptedAt: TODAY,
      returnedAt: null,
      escalatedAt: null,
      ended: null,
      reallocatedAt: null,
    }),
  });
  await put(app, {
    ...readingKeys(readingId).record,
    ...reading.parse({
      readingId,
      registrationId,
      roundId: ROUND_ID,
      kind: 'SECOND_READING',
      readerId: personId,
      status: 'OPEN',
      offeredAt: TODAY,
      dueOn: '2026-06-30',
      endedAt: null,
      endReason: null,
      adjudication: null,
    }),
  });
  return { assignmentId, readingId };
}

async function put({ cloud }: LocalApp, item: Record<string, unknown>): Promise<void> {
  const { endpoint, context, rootCredentials } = cloud;
  const client = new DynamoDBClient({ endpoint, region: context.region, credentials: rootCredentials });
  await client.send(
    new PutItemCommand({
      TableName: outputOf(cloud, 'ProgrammeTableName'),
      Item: marshall({ version: 1, ...item }, { removeUndefinedValues: true }),
    }),
  );
  client.destroy();
}
