import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appealPolicyOf } from '../../../functions/awards/appeals/policy.ts';
import { appealsContract } from '../../../functions/http/appeals/contract.ts';
import { panelContract } from '../../../functions/http/panel/contract.ts';
import { schoolContract } from '../../../functions/http/school/contract.ts';
import type { Round } from '../../../functions/programme/model.ts';
import type { Identity } from '../../../functions/shared/access/identity.ts';
import type { LocalCloud } from '../../../local/cloud.ts';
import { changesHaveAuditAndEvent } from '../../../tools/verify/changes.ts';
import { noAwardWithoutConfirmation, nobodyDecidesOwn } from '../../../tools/verify/judging.ts';
import { Table } from '../../../tools/verify/table.ts';
import { callRoute, type HttpFunction } from '../../support/http-call.ts';
import { judgingRound, machines, storePerson, storeRound } from '../../support/judging-year.ts';
import { storeProposed } from '../../support/panel-cases.ts';
import { startProgrammeCloud } from '../../support/programme-cloud.ts';
import { sampleRegistration } from '../../support/school-year.ts';
import { snapshotOfStore } from '../../support/stored.ts';

const base = judgingRound();
const round: Round = {
  ...base,
  policies: { ...base.policies, appeals: { ...appealPolicyOf(base), staysEntry: true } },
};
const { roundId } = round;
let cloud: LocalCloud;
let panel: Identity[];
let others: Identity[];
let head: Identity;
let school: HttpFunction;
let panelFunction: HttpFunction;
let appeals: HttpFunction;

type Input = Parameters<typeof callRoute>[3];
const asPanel = (route: keyof typeof panelContract, who: Identity, input: Input) =>
  callRoute(panelFunction, panelContract[route], who, input);
const asAppeal = (route: keyof typeof appealsContract, who: Identity, input: Input) =>
  callRoute(appeals, appealsContract[route], who, input);
const asSchool = (
  route: keyof typeof schoolContract,
  who: Identity,
  registrationId: string,
  body?: unknown,
) =>
  callRoute(school, schoolContract[route], who, {
    params: { registrationId },
    ...(body === undefined ? {} : { body }),
  });
const mails = () =>
  cloud.services.ses.inbox() as unknown as { to: string[]; subject: string; text: string }[];
const ofSchool = (number: number) =>
  mails()
    .filter(({ to }) => to[0]?.endsWith(`@school-${number}.example`))
    .map(({ subject }) => subject);
const lodge = (registrationId: string, ground = 'material-ignored') =>
  asAppeal('lodgeAppeal', head, {
    params: { registrationId },
    body: { ground, statement: 'The pupil voice in our third document was not read at all.' },
  });

beforeAll(async () => {
  cloud = await startProgrammeCloud();
  await storeRound(round);
  panel = [await storePerson('panel1', 'panel'), await storePerson('panel2', 'panel')];
  head = await storePerson('head', 'head');
  for (const number of [1, 2, 3])
    await storeProposed(
      round,
      number,
      {},
      {
        contacts: sampleRegistration().contacts.map((contact) => ({
          ...contact,
          email: `${contact.contactId}@school-${number}.example`,
          personId: contact.role === 'head' ? head.personId : contact.personId,
        })),
      },
    );
  school = (await import('../../../functions/http/school/handler.ts')).handler;
  panelFunction = (await import('../../../functions/http/panel/handler.ts')).handler;
  appeals = (await import('../../../functions/http/appeals/handler.ts')).handler;
  const present = panel.map(({ personId }) => personId);
  const { meeting } = (await asPanel('openMeeting', panel[0]!, { params: { roundId }, body: { present } }))
    .body;
  const reason = 'The panel reads the impact as beginning';
  const decided = await asPanel('confirmOutcomes', panel[0]!, {
    params: { roundId },
    body: {
      meeting,
      decisions: [
        { registrationId: 'REG1', outcome: 'AWARDED_LOWER', level: 'PSQM', reason },
        { registrationId: 'REG2', outcome: 'NOT_AWARDED', level: null, reason },
        { registrationId: 'REG3', outcome: 'AWARDED', level: 'GILT' },
      ],
    },
  });
  expect(decided.body.confirmed).toHaveLength(3);
});
afterAll(() => cloud.stop());

describe('an appeal', () => {
  it('is not possible before the result is released, nor against the award that was aimed at', async () => {
    expect((await lodge('REG1')).body.error.code).toBe('no-result');
    for (const registrationId of ['REG1', 'REG2', 'REG3']) await machines.award(registrationId);
    expect((await lodge('REG3')).body.error.code).toBe('full-award');
    expect((await lodge('REG1', 'we-disagree')).body.error.code).toBe('no-such-ground');
    const stranger = await storePerson('stranger', 'head');
    expect((await asAppeal('appeal', stranger, { params: { registrationId: 'REG1' } })).status).toBe(404);
  });

  it('is taken once, answered by letter, and stays the entry where the policy says so', async () => {
    expect((await lodge('REG1')).status).toBe(200);
    expect((await lodge('REG1')).status).toBe(200);
    expect((await lodge('REG1', 'bias')).body.error.code).toBe('appealed-already');
    expect((await lodge('REG2', 'procedure')).status).toBe(200);
    expect(await machines.appeal('REG1')).toMatchObject({
      do: 'WAIT',
      waitingFor: 'the appeal panel to decide',
    });
    await machines.appeal('REG2');
    expect(ofSchool(1).filter((subject) => subject.includes('appeal'))).toHaveLength(2);
    const { readRegister } = await import('../../../functions/awards/store.ts');
    const stayed = (await readRegister()).filter((one) => one.stayed === true);
    expect(stayed.map(({ schoolName }) => schoolName)).toEqual(['Sample School 1']);
    const view = (await asAppeal('appeal', head, { params: { registrationId: 'REG1' } })).body;
    expect(view.appeal).toMatchObject({ status: 'LODGED', reason: null });
  });

  it('is decided by nobody who had a part in the case, and may not lower the result', async () => {
    const params = { registrationId: 'REG1' };
    const decide = (who: Identity, present: readonly Identity[], body: object) =>
      asAppeal('decideAppeal', who, {
        params,
        body: {
          reason: 'The third document was indeed not read by the panel',
          present: present.map(({ personId }) => personId),
          ...body,
        },
      });
    const upheld = { upheld: true, outcome: 'AWARDED', level: 'GILT' };
    expect((await decide(panel[0]!, panel, upheld)).body.error.code).toBe('involved');
    expect((await asAppeal('readAppeal', panel[0]!, { params })).body.free).toEqual([]);
    others = [await storePerson('panel3', 'panel'), await storePerson('panel4', 'panel')];
    expect((await asAppeal('readAppeal', panel[0]!, { params })).body.free).toHaveLength(2);
    expect((await decide(others[0]!, [others[0]!], upheld)).body.error.code).toBe('appeal-quorum');
    const lowered = { upheld: false, outcome: 'NOT_AWARDED', level: null };
    expect((await decide(others[0]!, others, lowered)).body.error.code).toBe('may-not-lower');
    expect((await decide(head, others, upheld)).status).toBe(403);
    expect((await decide(others[0]!, others, upheld)).status).toBe(200);
    expect((await decide(others[0]!, others, upheld)).body.error.code).toBe('appeal-not-open');
  });

  it('upheld: a new certificate and entry replace the lower one, with a letter of its own', async () => {
    expect(await machines.appeal('REG1')).toMatchObject({ do: 'ENDED', result: 'UPHELD' });
    expect(await machines.award('REG1')).toMatchObject({ do: 'ENDED', result: 'AWARDED' });
    expect(await machines.award('REG1')).toMatchObject({ do: 'ENDED', result: 'AWARDED' });
    const { readRegistration } = await import('../../../functions/registration/store.ts');
    expect(await readRegistration('REG1')).toMatchObject({ status: 'AWARDED', awardedLevel: 'GILT' });
    const { awardsOfSchool } = await import('../../../functions/awards/store.ts');
    const entries = await awardsOfSchool('URN-200001');
    expect(entries.map(({ status, level }) => `${status} ${level}`).toSorted()).toEqual([
      'CURRENT GILT',
      'REVOKED PSQM',
    ]);
    const subjects = ofSchool(1);
    expect(subjects.filter((subject) => subject.includes('upheld'))).toHaveLength(2);
    expect(subjects.filter((subject) => subject.includes('awarded'))).toHaveLength(4);
    const view = (await asSchool('registration', head, 'REG1')).body;
    expect(view.result).toMatchObject({ outcome: 'AWARDED', level: 'GILT' });
  });

  it('overdue: panel and admins are told each week; dismissed: the result stands', async () => {
    const { nextAppealStep } = await import('../../../functions/awards/appeals/rules.ts');
    const { findAppeal } = await import('../../../functions/awards/appeals/appeals.ts');
    const current = (await findAppeal('REG2'))!;
    const late = new Date(`${current.decideBy}T23:59:59.999Z`);
    const step = nextAppealStep(
      current,
      { lodged: false, decided: true },
      new Date(late.getTime() + 7_200_000),
    );
    expect(step).toEqual({ do: 'ESCALATE', number: 1 });
    const { handler } = await import('../../../functions/awards/handlers/escalate-appeal.ts');
    const input = { registrationId: 'REG2', number: 1, correlationId: 'test' };
    expect(await handler(input, {} as never)).toEqual({ written: 4 });
    expect(await handler(input, {} as never)).toEqual({ written: 0 });
    const dismissed = await asAppeal('decideAppeal', others[1]!, {
      params: { registrationId: 'REG2' },
      body: {
        upheld: false,
        outcome: 'NOT_AWARDED',
        level: null,
        reason: 'The procedure was followed at every step',
        present: others.map(({ personId }) => personId),
      },
    });
    expect(dismissed.body).toEqual({ decided: true });
    expect(await machines.appeal('REG2')).toMatchObject({ do: 'ENDED', result: 'DISMISSED' });
    expect(ofSchool(2).filter((subject) => subject.includes('the result stands'))).toHaveLength(2);
    const { readRegistration } = await import('../../../functions/registration/store.ts');
    expect(await readRegistration('REG2')).toMatchObject({ status: 'NOT_AWARDED' });
  });

  it('leaves a store without violations', async () => {
    const table = new Table((await snapshotOfStore()).items);
    expect(nobodyDecidesOwn(table)).toEqual([]);
    expect(noAwardWithoutConfirmation(table)).toEqual([]);
    const told = /^(REG#\S+ )?(REG#\S+|SCHOOL#\S+) (APPEAL|DECISION|AWARD#\S+)$/;
    expect(changesHaveAuditAndEvent(table, new Date()).filter(({ where }) => told.test(where))).toEqual([]);
  });
});
