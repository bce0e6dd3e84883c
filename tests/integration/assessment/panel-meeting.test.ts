import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { panelContract } from '../../../functions/http/panel/contract.ts';
import { papersContract } from '../../../functions/http/panel-papers/contract.ts';
import type { Identity } from '../../../functions/shared/access/identity.ts';
import type { LocalCloud } from '../../../local/cloud.ts';
import { nobodyDecidesOwn } from '../../../tools/verify/judging.ts';
import { Table } from '../../../tools/verify/table.ts';
import { type Answer, callRoute, type HttpFunction } from '../../support/http-call.ts';
import { judgingRound, storePerson, storeRound } from '../../support/judging-year.ts';
import { storeProposed } from '../../support/panel-cases.ts';
import { startProgrammeCloud } from '../../support/programme-cloud.ts';
import { snapshotOfStore } from '../../support/stored.ts';

const round = judgingRound();
const { roundId } = round;
let cloud: LocalCloud;
let members: Identity[];
let outsider: Identity;
let panelFunction: HttpFunction;
let papers: HttpFunction;

type Input = Parameters<typeof callRoute>[3];
const as = (route: keyof typeof panelContract, who: Identity, input: Input = {}): Promise<Answer> =>
  callRoute(panelFunction, panelContract[route], who, input);
const open = async (who: Identity, present: readonly Identity[]): Promise<Answer> =>
  as('openMeeting', who, {
    params: { roundId },
    body: { present: present.map(({ personId }) => personId) },
  });
const confirm = (who: Identity, meeting: number, ...cases: readonly string[]): Promise<Answer> =>
  as('confirmOutcomes', who, {
    params: { roundId },
    body: {
      meeting,
      decisions: cases.map((registrationId) => ({ registrationId, outcome: 'AWARDED', level: 'GILT' })),
    },
  });
const close = (who: Identity, meeting: number, note = ''): Promise<Answer> =>
  as('closeMeeting', who, { params: { roundId, meeting: String(meeting) }, body: { note } });

beforeAll(async () => {
  cloud = await startProgrammeCloud();
  await storeRound(round);
  members = [];
  for (const number of [1, 2, 3]) members.push(await storePerson(`panel${number}`, 'panel'));
  outsider = await storePerson('auditor', 'auditor');
  await storeProposed(round, 1);
  await storeProposed(round, 2);
  await storeProposed(round, 3, { judgedBy: ['A1', members[1]!.personId] });
  await storeProposed(round, 4);
  panelFunction = (await import('../../../functions/http/panel/handler.ts')).handler;
  papers = (await import('../../../functions/http/panel-papers/handler.ts')).handler;
});
afterAll(() => cloud.stop());

it('closes a case to a member who declares a conflict with its school', async () => {
  const params = { registrationId: 'REG2' };
  expect((await as('readCase', members[2]!, { params })).status).toBe(200);
  const declared = await as('declareConflict', members[2]!, {
    params,
    body: { reason: 'My sister teaches there' },
  });
  expect(declared.body).toEqual({ declared: true });
  expect((await as('readCase', members[2]!, { params })).status).toBe(403);
  expect((await as('holdResult', members[2]!, { params, body: { reason: 'No reason at all' } })).status).toBe(
    403,
  );
  const { outcomes } = (await as('listOutcomes', members[2]!, { params: { roundId } })).body;
  expect(
    outcomes.find(({ registrationId }: { registrationId: string }) => registrationId === 'REG2'),
  ).toMatchObject({ proposed: null, blocked: 'CONFLICT' });
});

describe('a meeting of the award panel', () => {
  it('is opened by somebody present, with members of the panel alone, one at a time', async () => {
    const [first, second] = members;
    expect((await open(first!, [second!])).body.error.code).toBe('opener-not-present');
    expect((await open(first!, [first!, outsider])).body.error.code).toBe('not-of-panel');
    expect((await open(outsider, [outsider])).status).toBe(403);
    expect((await confirm(first!, 1, 'REG1')).status).toBe(404);
    expect((await open(first!, [first!])).body).toEqual({ meeting: 1 });
    expect((await open(second!, [second!])).body.error.code).toBe('meeting-open');
  });

  it('confirms nothing without a quorum, says so in words, and leaves the case to the next meeting', async () => {
    const { body } = await confirm(members[0]!, 1, 'REG1', 'REG4');
    expect(body.confirmed).toEqual([]);
    expect(body.refused).toHaveLength(2);
    for (const { code, message } of body.refused) {
      expect(code).toBe('no-quorum');
      expect(message).toMatch(/Nothing is confirmed; the case goes to the next meeting/);
    }
    expect((await confirm(members[1]!, 1, 'REG1')).body.error.code).toBe('not-present');
    const { outcomes } = (await as('listOutcomes', members[0]!, { params: { roundId } })).body;
    expect(outcomes.every(({ stage }: { stage: string }) => stage === 'PROPOSED')).toBe(true);
    expect((await close(members[1]!, 1)).body.error.code).toBe('not-present');
    expect((await close(members[0]!, 1, 'Two members were ill.')).status).toBe(200);
    expect((await close(members[0]!, 1)).status).toBe(200);
    expect((await confirm(members[0]!, 1, 'REG1')).body.error.code).toBe('meeting-over');
  });

  it('counts the quorum for each case without those who judged it or have a conflict in it', async () => {
    expect((await open(members[0]!, [members[0]!, members[2]!])).body).toEqual({ meeting: 2 });
    const { body } = await confirm(members[0]!, 2, 'REG1', 'REG2', 'REG3');
    expect(body.confirmed.toSorted()).toEqual(['REG1', 'REG3']);
    expect(body.refused).toMatchObject([{ registrationId: 'REG2', code: 'no-quorum' }]);
    // Whoever has the conflict neither sees nor decides it.
    expect((await as('readCase', members[2]!, { params: { registrationId: 'REG2' } })).status).toBe(403);
    expect((await confirm(members[2]!, 2, 'REG2')).body.refused).toMatchObject([{ code: 'case-conflict' }]);
    await close(members[0]!, 2);
    expect((await open(members[0]!, members)).body).toEqual({ meeting: 3 });
    const overruled = await as('confirmOutcomes', members[0]!, {
      params: { roundId },
      body: {
        meeting: 3,
        decisions: [
          {
            registrationId: 'REG2',
            outcome: 'AWARDED_LOWER',
            level: 'PSQM',
            reason: 'The panel reads the impact as beginning, not as sustained',
          },
        ],
      },
    });
    expect(overruled.body.confirmed).toEqual(['REG2']);
    const detail = (await as('readCase', members[0]!, { params: { registrationId: 'REG2' } })).body;
    expect(detail.decision).toMatchObject({
      meeting: 3,
      keptOut: [{ personId: members[2]!.personId, because: 'CONFLICT' }],
    });
    expect(detail.decision.decidedBy).toHaveLength(2);
  });

  it('keeps minutes with reasons, as CSV and PDF, without the cases that the reader may not see', async () => {
    const minutes = (who: Identity, meeting: number) =>
      as('readMinutes', who, { params: { roundId, meeting: String(meeting) } });
    const first = (await minutes(outsider, 1)).body;
    expect(first).toMatchObject({ rows: [], note: 'Two members were ill.', withheld: 0 });
    expect(first.postponed.map(({ school }: { school: string }) => school)).toEqual([
      'Sample School 1',
      'Sample School 4',
    ]);
    const third = (await minutes(outsider, 3)).body;
    expect(third.rows).toMatchObject([
      {
        school: 'Sample School 2',
        changed: true,
        proposed: { outcome: 'AWARDED', level: 'GILT' },
        decided: { outcome: 'AWARDED_LOWER', level: 'PSQM' },
        keptOut: [{ name: 'Sample panel3', because: 'CONFLICT' }],
      },
    ]);
    expect(third.csv.text).toContain('The panel reads the impact as beginning');
    const conflicted = (await minutes(members[2]!, 3)).body;
    expect(conflicted).toMatchObject({ rows: [], withheld: 1 });
    expect(JSON.stringify(conflicted)).not.toContain('Sample School 2');
    const params = { roundId, meeting: '3' };
    const file = await callRoute(papers, papersContract.minutesFile, outsider, { params });
    const bytes = Buffer.from(await (await fetch(file.body.url)).arrayBuffer());
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    expect(bytes.toString('latin1')).toContain('/MarkInfo');
  });

  it('ends with its day, and the next one closes it', async () => {
    const { openMeeting } = await import('../../../functions/moderation/meetings.ts');
    const { readMeeting } = await import('../../../functions/moderation/store.ts');
    const tomorrow = new Date(Date.now() + 24 * 3_600_000);
    const next = await openMeeting(round, [members[0]!.personId], members[0]!.personId, tomorrow);
    expect(next.number).toBe(4);
    expect(await readMeeting(roundId, 3)).toMatchObject({
      status: 'CLOSED',
      note: 'Closed with its day; nobody closed it',
    });
  });

  it('leaves a store in which nobody decided what they judged and every decision had its quorum', async () => {
    expect(nobodyDecidesOwn(new Table((await snapshotOfStore()).items))).toEqual([]);
  });

  it('calls panel and admins once a day while outcomes are unconfirmed', async () => {
    const { callPanel } = await import('../../../functions/moderation/call-panel.ts');
    await callPanel(roundId, new Date());
    await callPanel(roundId, new Date());
    const mails = cloud.services.ses.inbox() as unknown as { to: string[]; subject: string; text: string }[];
    const called = mails.filter(({ subject }) => subject.startsWith('PSQM panel: 1 outcomes'));
    expect(called.map(({ to }) => to[0]).toSorted()).toEqual([
      'panel1@psqm.example',
      'panel2@psqm.example',
      'panel3@psqm.example',
    ]);
  });
});
