import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appealsContract } from '../../../functions/http/appeals/contract.ts';
import { assessorContract } from '../../../functions/http/assessor/contract.ts';
import { awardsContract } from '../../../functions/http/awards/contract.ts';
import { funderContract } from '../../../functions/http/funder/contract.ts';
import { hubContract } from '../../../functions/http/hub/contract.ts';
import { moderatorContract } from '../../../functions/http/moderator/contract.ts';
import { panelContract } from '../../../functions/http/panel/contract.ts';
import { papersContract } from '../../../functions/http/panel-papers/contract.ts';
import { publicContract } from '../../../functions/http/public/contract.ts';
import { schoolContract } from '../../../functions/http/school/contract.ts';
import type { Round } from '../../../functions/programme/model.ts';
import type { Identity } from '../../../functions/shared/access/identity.ts';
import type { Contract } from '../../../functions/shared/http/contract.ts';
import { addDays, londonDate } from '../../../functions/shared/time/london.ts';
import type { LocalCloud } from '../../../local/cloud.ts';
import { type Answer, callRoute, type HttpFunction } from '../../support/http-call.ts';
import { judgingRound, machines, storePerson, storeRound } from '../../support/judging-year.ts';
import { storeProposed } from '../../support/panel-cases.ts';
import { startProgrammeCloud } from '../../support/programme-cloud.ts';

const today = londonDate(new Date());
const base = judgingRound();
const round: Round = { ...base, calendar: { ...base.calendar, results: addDays(today, 1) } };
const { roundId } = round;
const SECRET = 'The ospreys of the reservoir convinced everybody';
const cases = ['REG1', 'REG2', 'REG3', 'REG4', 'REG5'] as const;
const HELD = 'REG5';
/** Whoever has to do with the decision before it is released; everybody else learns nothing. */
const contracts: Readonly<Record<string, Contract>> = {
  appeals: appealsContract,
  assessor: assessorContract,
  awards: awardsContract,
  funder: funderContract,
  hub: hubContract,
  moderator: moderatorContract,
  public: publicContract,
  school: schoolContract,
};

let cloud: LocalCloud;
let panel: Identity[];
let outsiders: (Identity | undefined)[];
const functions: Record<string, HttpFunction> = {};

const mails = () =>
  cloud.services.ses.inbox() as unknown as { to: string[]; subject: string; text: string }[];
const lettersOf = (registrationId: string) =>
  mails().filter(({ to }) => to[0]?.endsWith(`@school-${registrationId.slice(3)}.example`));

beforeAll(async () => {
  cloud = await startProgrammeCloud();
  await storeRound(round);
  panel = [await storePerson('panel1', 'panel'), await storePerson('panel2', 'panel')];
  const head = await storePerson('head', 'head');
  outsiders = [
    undefined,
    head,
    await storePerson('assessor1', 'assessor'),
    await storePerson('moderator1', 'moderator'),
    { ...(await storePerson('leader', 'hub_leader')), hubIds: ['HUB1'] },
    { ...(await storePerson('funder', 'funder')), funderIds: ['FUNDER'] },
    await storePerson('finance', 'finance'),
  ];
  for (const [index, registrationId] of cases.entries())
    await storeProposed(
      round,
      index + 1,
      { feedback: `${SECRET}: ${registrationId}` },
      index === 0 ? await withHead(head) : {},
    );
  for (const audience of [...Object.keys(contracts), 'panel', 'panel-papers'])
    functions[audience] = (await import(`../../../functions/http/${audience}/handler.ts`)).handler;
});
afterAll(() => cloud.stop());

/** The first school's head can sign in. */
async function withHead(head: Identity) {
  const { sampleRegistration } = await import('../../support/school-year.ts');
  return {
    contacts: sampleRegistration().contacts.map((contact) => ({
      ...contact,
      email: `${contact.contactId}@school-1.example`,
      personId: contact.role === 'head' ? head.personId : contact.personId,
    })),
  };
}

const asPanel = (route: keyof typeof panelContract, input: Parameters<typeof callRoute>[3] = {}) =>
  callRoute(functions.panel!, panelContract[route], panel[0], input);

async function confirmAll(): Promise<void> {
  const { meeting } = (
    await asPanel('openMeeting', {
      params: { roundId },
      body: { present: panel.map(({ personId }) => personId) },
    })
  ).body;
  const decisions = cases.map((registrationId, index) => ({
    registrationId,
    ...(index === 1
      ? { outcome: 'NOT_AWARDED', level: null, reason: 'The panel finds no impact in the evidence' }
      : { outcome: 'AWARDED', level: 'GILT' }),
  }));
  const { body } = await asPanel('confirmOutcomes', { params: { roundId }, body: { meeting, decisions } });
  expect(body.confirmed).toHaveLength(cases.length);
}

/** Every reading route of the audiences, asked by everybody who has no part in the decision; the answers by route. */
async function askEverywhere(): Promise<{ route: string; answer: Answer }[]> {
  const answers: { route: string; answer: Answer }[] = [];
  for (const [audience, contract] of Object.entries(contracts)) {
    for (const [name, route] of Object.entries(contract)) {
      if (route.method !== 'GET') continue;
      for (const who of outsiders) {
        const params = {
          roundId,
          registrationId: 'REG1',
          assignmentId: 'REG1.1',
          readingId: 'REG1.01',
          hubId: 'HUB1',
          schoolId: 'URN-200001',
          number: 'PSQM-2026-AAAAAAAA',
        };
        const answer = await callRoute(functions[audience]!, route, who, { params });
        answers.push({ route: `${audience}.${name} as ${who?.roles[0] ?? 'nobody'}`, answer });
      }
    }
  }
  return answers;
}

describe('results that are confirmed and not released', () => {
  it('are in no answer of any route of anybody who has no part in the decision', async () => {
    await confirmAll();
    for (const registrationId of cases)
      expect(await machines.award(registrationId)).toMatchObject({
        do: 'WAIT',
        waitingFor: 'the results day of the round',
      });
    const answers = await askEverywhere();
    expect(answers.filter(({ answer }) => answer.status === 200).length).toBeGreaterThan(20);
    const own = answers.filter(({ route }) => route.startsWith('school.') && route.endsWith('as head'));
    expect(
      own.some(({ answer }) => answer.status === 200 && JSON.stringify(answer.body).includes('REG1')),
    ).toBe(true);
    const telling = answers.filter(({ answer }) => {
      const text = JSON.stringify(answer.body);
      return text.includes(SECRET) || /"(?:outcome|awardedLevel)":"/.test(text);
    });
    expect(telling.map(({ route }) => route)).toEqual([]);
    expect(cases.flatMap(lettersOf)).toEqual([]);
  });

  it('cannot be released early by asking the task itself', async () => {
    const { handler } = await import('../../../functions/awards/handlers/release-result.ts');
    const send = await import('../../../functions/awards/handlers/send-letters.ts');
    const input = { registrationId: 'REG1', correlationId: 'test' };
    expect(await handler(input, {} as never)).toEqual({ released: false });
    await expect(send.handler(input, {} as never)).rejects.toThrow(/REG1/);
    expect(mails().filter(({ subject }) => subject.includes('awarded'))).toEqual([]);
  });

  it('are shown to no role that is not the panel’s, an admin or the auditor', async () => {
    for (const who of outsiders) {
      for (const [contract, audience] of [
        [panelContract, 'panel'],
        [papersContract, 'panel-papers'],
      ] as const) {
        for (const route of Object.values(contract)) {
          const params = { roundId, registrationId: 'REG1', meeting: '1', assignmentId: 'REG1.1' };
          const answer = await callRoute(functions[audience]!, route, who, {
            params,
            body: { reason: 'Because I want to know', decisions: [], meeting: 1 },
          });
          expect([401, 403]).toContain(answer.status);
        }
      }
    }
  });
});

describe('the release of a round', () => {
  it('goes on where it was interrupted: every letter once, none before, and a held one holds nobody else', async () => {
    await asPanel('holdResult', {
      params: { registrationId: HELD },
      body: { reason: 'A complaint is being looked at' },
    });
    await moveResults(addDays(today, -1));
    const { findCertificate } = await import('../../../functions/awards/store.ts');
    // The first school's certificate is lost at the moment of its letters: the task fails after the release itself.
    const { handler: prepare } = await import('../../../functions/awards/handlers/prepare-certificate.ts');
    await prepare({ registrationId: 'REG1', correlationId: 'test' }, {} as never);
    const { loadCertificate } = await import('../../../functions/awards/certificate-files.ts');
    const { key } = (await findCertificate('REG1'))!;
    const bytes = await loadCertificate(key!);
    const Bucket = process.env.DOCUMENTS_BUCKET;
    await new S3Client({}).send(new DeleteObjectCommand({ Bucket, Key: key! }));
    await expect(machines.award('REG1')).rejects.toThrow();
    expect(lettersOf('REG1')).toEqual([]);
    for (const registrationId of ['REG2', 'REG3'])
      expect(await machines.award(registrationId)).toMatchObject({ do: 'ENDED' });
    expect(await machines.award(HELD)).toMatchObject({
      do: 'WAIT',
      waitingFor: 'the panel to lift the hold',
    });
    // Restarted, twice over, for all.
    await new S3Client({}).send(
      new PutObjectCommand({ Bucket, Key: key!, Body: bytes, ContentType: 'application/pdf' }),
    );
    for (let run = 0; run < 2; run++)
      for (const registrationId of cases.filter((one) => one !== HELD))
        expect(await machines.award(registrationId)).toMatchObject({ do: 'ENDED' });
    for (const registrationId of cases)
      expect(
        lettersOf(registrationId)
          .map(({ to }) => to[0])
          .toSorted(),
      ).toEqual(
        registrationId === HELD
          ? []
          : [
              `head@school-${registrationId.slice(3)}.example`,
              `leader@school-${registrationId.slice(3)}.example`,
            ],
      );
    const { queryCollection } = await import('../../../functions/shared/table/change.ts');
    for (const registrationId of cases.filter((one) => one !== HELD)) {
      const events = await queryCollection(`REG#${registrationId}`, 'EVENT#');
      expect(events.filter(({ name }) => name === 'ResultReleased')).toHaveLength(1);
    }
    // The register itself: a search may be a minute behind it.
    const { readRegister } = await import('../../../functions/awards/store.ts');
    const entries = (await readRegister()).map(({ schoolName }) => schoolName);
    expect(entries).toEqual(['Sample School 1', 'Sample School 3', 'Sample School 4']);
  });
});

async function moveResults(day: string): Promise<void> {
  const { change } = await import('../../../functions/shared/table/change.ts');
  const { roundKey } = await import('../../../functions/shared/table/keys.ts');
  const { round: schema } = await import('../../../functions/programme/model.ts');
  await change(
    schema,
    roundKey(roundId),
    new Date(),
    ({ pk: _pk, sk: _sk, version: _version, ...current }) => ({
      next: { ...current, calendar: { ...current.calendar, results: day } },
      audit: { action: 'test', actor: { kind: 'system', id: 'test' } },
      events: [],
    }),
  );
}
