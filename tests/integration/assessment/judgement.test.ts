import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assessorContract } from '../../../functions/http/assessor/contract.ts';
import { awardsContract } from '../../../functions/http/awards/contract.ts';
import { moderatorContract } from '../../../functions/http/moderator/contract.ts';
import { panelContract } from '../../../functions/http/panel/contract.ts';
import { papersContract } from '../../../functions/http/panel-papers/contract.ts';
import type { Identity } from '../../../functions/shared/access/identity.ts';
import type { LocalCloud } from '../../../local/cloud.ts';
import { changesHaveAuditAndEvent } from '../../../tools/verify/changes.ts';
import { frozenHashes } from '../../../tools/verify/frozen.ts';
import {
  noAssessorOnConflict,
  noAwardWithoutConfirmation,
  nobodyDecidesOwn,
} from '../../../tools/verify/judging.ts';
import { Table } from '../../../tools/verify/table.ts';
import { completeDraft } from '../../support/assessing.ts';
import { type Answer, callRoute, type HttpFunction } from '../../support/http-call.ts';
import {
  claimAllocation,
  judgingRound,
  machines,
  storeFrozen,
  storePerson,
  storeRound,
} from '../../support/judging-year.ts';
import { startProgrammeCloud } from '../../support/programme-cloud.ts';
import { kindsOf, snapshotOfStore } from '../../support/stored.ts';

const round = judgingRound();
const { roundId } = round;
const SCHOOLS = 20;
const numbers = Array.from({ length: SCHOOLS }, (_, at) => at + 1);
const registrationIds = numbers.map((number) => `REG${number}`);
/** The school whose fee is open. */
const UNPAID = 'REG20';
const system = { kind: 'system', id: 'test' } as const;

let cloud: LocalCloud;
let assessors: Identity[];
let moderators: Identity[];
let panel: Identity[];
let admin: Identity;
let both: Identity;
const functions: Record<string, HttpFunction> = {};

type Input = Parameters<typeof callRoute>[3];
const asAssessor = (
  route: keyof typeof assessorContract,
  who: Identity,
  input: Input = {},
): Promise<Answer> => callRoute(functions.assessor!, assessorContract[route], who, input);
const asModerator = (
  route: keyof typeof moderatorContract,
  who: Identity,
  input: Input = {},
): Promise<Answer> => callRoute(functions.moderator!, moderatorContract[route], who, input);
const asPanel = (route: keyof typeof panelContract, who: Identity, input: Input = {}): Promise<Answer> =>
  callRoute(functions.panel!, panelContract[route], who, input);
const asPapers = async (
  route: keyof typeof papersContract,
  who: Identity,
  input: Input = {},
): Promise<Answer> => {
  const { handler } = await import('../../../functions/http/panel-papers/handler.ts');
  return callRoute(handler, papersContract[route], who, input);
};
const asAnyone = (route: keyof typeof awardsContract, input: Input = {}): Promise<Answer> =>
  callRoute(functions.awards!, awardsContract[route], undefined, input);
const allocation = async () => (await asPanel('readAllocation', admin, { params: { roundId } })).body;
const holderOf = async (registrationId: string): Promise<{ assignmentId: string; who: Identity }> => {
  const { assignments } = await allocation();
  const live = assignments.find(
    (one: { registrationId: string; status: string }) =>
      one.registrationId === registrationId &&
      ['OFFERED', 'ACCEPTED', 'IN_REVIEW', 'RETURNED'].includes(one.status),
  );
  return {
    assignmentId: live.assignmentId,
    who: assessors.find(({ personId }) => personId === live.assessor.personId)!,
  };
};
/** What was written, by recipient; the second part of the subject tells what about. */
const inbox = () =>
  cloud.services.ses.inbox() as unknown as { to: string[]; subject: string; text: string }[];

beforeAll(async () => {
  cloud = await startProgrammeCloud();
  await storeRound(round);
  assessors = [];
  for (const number of [1, 2, 3, 4, 5, 6]) {
    assessors.push(
      await storePerson(`assessor${number}`, 'assessor', {
        hubIds: number <= 3 ? ['HUB1'] : ['HUB2'],
        employer: `University ${number}`,
        conflictsDeclaredFor: [],
        capacity: 8,
        isNew: number === 1,
      }),
    );
  }
  moderators = [];
  for (const number of [1, 2, 3, 4]) moderators.push(await storePerson(`moderator${number}`, 'moderator'));
  panel = [await storePerson('panel1', 'panel'), await storePerson('panel2', 'panel')];
  admin = await storePerson('admin', 'admin');
  await storePerson('finance', 'finance');
  // Somebody who moderates and sits on the panel.
  await storePerson('moderator1', 'panel');
  both = { ...moderators[0]!, roles: ['moderator', 'panel'] };
  for (const number of numbers) {
    await storeFrozen(round, number, {
      hubId: number <= 10 ? 'HUB1' : 'HUB2',
      targetLevel: number % 5 === 0 ? 'OUTREACH' : 'GILT',
      ...(number === SCHOOLS ? { funderId: null } : {}),
    });
  }
  for (const audience of ['assessor', 'moderator', 'panel', 'awards']) {
    functions[audience] = (await import(`../../../functions/http/${audience}/handler.ts`)).handler;
  }
});
afterAll(() => cloud.stop());

describe('a round from its frozen submissions to released results', () => {
  it('places nothing before assessors have declared their conflicts, and says so', async () => {
    const { requestAllocation } = await import('../../../functions/assessment/allocation/request.ts');
    expect(await requestAllocation(roundId, system, 'test', new Date())).toBe(1);
    // Asked twice before it begins: one attempt.
    expect(await requestAllocation(roundId, system, 'test', new Date())).toBe(1);
    await claimAllocation(roundId, 1);
    expect(await machines.allocation(roundId, 1)).toMatchObject({ do: 'ENDED', result: '20 unplaced' });
    const { unplaced, attempts } = await allocation();
    expect(unplaced).toHaveLength(SCHOOLS);
    expect(unplaced[0]).toMatchObject({
      code: 'NO_ASSESSOR',
      reason: '6 conflicts not declared for the round',
    });
    expect(attempts).toMatchObject([{ attempt: 1, pass: 1, placed: 0 }]);
  });

  it('takes declarations, then gives every submission to somebody whom no rule bars', async () => {
    for (const [index, who] of assessors.entries()) {
      const conflicts = index === 3 ? [{ schoolId: 'URN-200001', reason: 'My child goes there' }] : [];
      const declared = await asAssessor('declareConflicts', who, {
        params: { roundId },
        body: { conflicts },
      });
      expect(declared).toMatchObject({ status: 200, body: { declared: true } });
    }
    const asked = await asPanel('requestAllocation', admin, {
      params: { roundId },
      body: { reason: 'Everybody has declared now' },
    });
    expect(asked.body).toEqual({ attempt: 2 });
    await claimAllocation(roundId, 2);
    expect(await machines.allocation(roundId, 2)).toMatchObject({ result: 'all placed' });
    const { assignments, attempts, unplaced } = await allocation();
    expect(unplaced).toEqual([]);
    expect(assignments).toHaveLength(SCHOOLS);
    const { stages } = attempts.at(-1);
    expect(stages.map(({ name }: { name: string }) => name)).toEqual(['placed', 'maximumLoad', 'softCost']);
    for (const { objective, bound } of stages) expect(objective).toBe(bound);
    for (const { registrationId, assessor } of assignments) {
      const number = Number(registrationId.slice(3));
      const ownHub = assessors.findIndex(({ personId }) => personId === assessor.personId) < 3;
      expect(ownHub).toBe(number > 10);
      if (registrationId === 'REG1') expect(assessor.personId).not.toBe(assessors[3]!.personId);
    }
    const offers = inbox().filter(({ subject }) => subject.startsWith('PSQM submissions offered'));
    expect(offers).toHaveLength(6);
    expect(await machines.assessment('REG1.1')).toMatchObject({ do: 'WAIT', deadline: 'answerBy' });
  });

  it('gives a declined submission to another, without moving anything or asking the same person again', async () => {
    const before = await holderOf('REG2');
    const body = { code: 'CONFLICT', reason: 'I advised this school last year' };
    const params = { assignmentId: before.assignmentId };
    const declined = await asAssessor('declineAssignment', before.who, { params, body });
    expect(declined).toMatchObject({ status: 200, body: { status: 'DECLINED' } });
    expect(await asAssessor('declineAssignment', before.who, { params, body })).toMatchObject({
      status: 200,
    });
    const profile = await asAssessor('readProfile', before.who);
    expect(profile.body.conflicts).toContainEqual({ schoolId: 'URN-200002', reason: body.reason });
    expect(await machines.assessment(before.assignmentId)).toMatchObject({ do: 'ENDED', result: 'DECLINED' });
    const others = (await allocation()).assignments.filter(
      ({ status }: { status: string }) => status === 'OFFERED',
    );
    await claimAllocation(roundId, 3);
    await machines.allocation(roundId, 3);
    const after = await holderOf('REG2');
    expect(after.who.personId).not.toBe(before.who.personId);
    expect(after.assignmentId).toBe('REG2.2');
    const { assignments } = await allocation();
    for (const one of others)
      expect(assignments).toContainEqual(
        expect.objectContaining({
          assignmentId: one.assignmentId,
          assessor: one.assessor,
          status: 'OFFERED',
        }),
      );
  });

  it('tells a running allocation to look again instead of starting another', async () => {
    const { requestAllocation, endAllocation } = await import(
      '../../../functions/assessment/allocation/request.ts'
    );
    await claimAllocation(roundId, 3);
    expect(await requestAllocation(roundId, system, 'declined', new Date())).toBe(3);
    expect(await requestAllocation(roundId, system, 'declined too', new Date())).toBe(3);
    expect(await endAllocation(roundId, 3, 'done', new Date())).toBe(false);
    await machines.allocation(roundId, 3);
    expect(await requestAllocation(roundId, system, 'declined later', new Date())).toBe(4);
    await claimAllocation(roundId, 4);
    await machines.allocation(roundId, 4);
  });

  it('keeps an assignment to its assessor, and its documents closed until it is accepted', async () => {
    const { assignmentId, who } = await holderOf('REG3');
    const stranger = assessors.find(({ personId }) => personId !== who.personId)!;
    const params = { assignmentId };
    for (const route of ['readAssignment', 'acceptAssignment'] as const) {
      expect(await asAssessor(route, stranger, { params })).toMatchObject({ status: 404 });
    }
    const closed = await asAssessor('readAssignment', who, { params });
    expect(closed.body).toMatchObject({ open: false, material: null, criteria: null });
    const document = { params: { ...params, documentId: 'DOC1' } };
    expect(await asAssessor('openDocument', who, document)).toMatchObject({
      status: 422,
      body: { error: { code: 'not-open' } },
    });
    const accepted = await asAssessor('acceptAssignment', who, { params });
    expect(accepted).toMatchObject({ status: 200, body: { status: 'ACCEPTED' } });
    const link = await asAssessor('openDocument', who, document);
    expect(await (await fetch(link.body.url)).text()).toBe('portfolio');
    const open = await asAssessor('readAssignment', who, { params });
    expect(open.body).toMatchObject({ status: 'IN_REVIEW', open: true });
    expect(open.body.material.files).toHaveLength(1);
    expect(open.body.criteria.criteria.length).toBeGreaterThan(10);
    const { queryCollection } = await import('../../../functions/shared/table/change.ts');
    expect(await queryCollection('REG#REG3', 'ACCESS#')).toMatchObject([
      { as: 'assessor', by: { id: who.personId } },
    ]);
  });

  it('gives withdrawn and reassigned work to others', async () => {
    const first = await holderOf('REG3');
    await asAssessor('withdrawAssignment', first.who, {
      params: { assignmentId: first.assignmentId },
      body: { code: 'ILLNESS', reason: 'I am ill' },
    });
    const second = await holderOf('REG4');
    const refused = await asPanel('reassign', panel[0]!, {
      params: { assignmentId: second.assignmentId },
      body: { reason: 'Only an admin may do this' },
    });
    expect(refused.status).toBe(403);
    await asPanel('reassign', admin, {
      params: { assignmentId: second.assignmentId },
      body: { reason: 'The assessor is away until autumn' },
    });
    for (const { assignmentId } of [first, second]) await machines.assessment(assignmentId);
    await claimAllocation(roundId, 5);
    await machines.allocation(roundId, 5);
    for (const [registrationId, before] of [
      ['REG3', first],
      ['REG4', second],
    ] as const) {
      expect((await holderOf(registrationId)).who.personId).not.toBe(before.who.personId);
    }
  });

  it('takes complete reviews alone, asks for a reason where they contradict themselves, and closes on return', async () => {
    for (const registrationId of registrationIds) {
      const { assignmentId, who } = await holderOf(registrationId);
      const params = { assignmentId };
      const accepted = await asAssessor('acceptAssignment', who, { params });
      expect(accepted.status).toBe(200);
      const { body } = await asAssessor('readAssignment', who, { params });
      const draft = completeDraft(round, body.targetLevel);
      if (registrationId === 'REG5') {
        expect(await asAssessor('returnReview', who, { params, body: {} })).toMatchObject({
          status: 422,
          body: { error: { code: 'review-incomplete' } },
        });
        const foreign = { ...draft, judgements: [{ ...draft.judgements[0]!, criterionId: 'X9' }] };
        expect(await asAssessor('saveDraft', who, { params, body: foreign })).toMatchObject({ status: 422 });
      }
      const recommendation =
        registrationId === 'REG6' ? { outcome: 'NOT_AWARDED', level: null } : draft.recommendation;
      const saved = await asAssessor('saveDraft', who, {
        params,
        body: { ...draft, feedback: `${draft.feedback} First reading of ${registrationId}.`, recommendation },
      });
      expect(saved.status).toBe(200);
      if (registrationId === 'REG6') {
        expect(saved.body.check.inconsistencies).toEqual(['not-awarded-with-all-met']);
        expect(await asAssessor('returnReview', who, { params, body: {} })).toMatchObject({
          status: 422,
          body: { error: { code: 'review-inconsistent' } },
        });
      }
      const inconsistencyReason = 'The evidence is of one class only.';
      const returned = await asAssessor('returnReview', who, { params, body: { inconsistencyReason } });
      expect(returned).toMatchObject({ status: 200, body: { status: 'RETURNED' } });
      expect((await asAssessor('saveDraft', who, { params, body: draft })).status).toBe(422);
      const document = { params: { ...params, documentId: 'DOC1' } };
      expect((await asAssessor('openDocument', who, document)).status).toBe(422);
      expect(await machines.assessment(assignmentId)).toMatchObject({ do: 'ENDED', result: 'RETURNED' });
    }
  });

  it('draws a sample that everybody can repeat, and proposes the others as they are', async () => {
    const { requestModeration } = await import('../../../functions/programme/rounds.ts');
    await requestModeration(roundId, system, 'test', new Date());
    await machines.moderation(roundId, 1);
    const { body } = await asPanel('readModeration', panel[0]!, { params: { roundId } });
    const [draw] = body.draws;
    expect(draw).toMatchObject({ attempt: 1, cohort: SCHOOLS });
    expect(draw.selected.length).toBeGreaterThanOrEqual(15);
    const reasonsOf = new Map(
      draw.selected.map((one: { registrationId: string; reasons: string[] }) => [
        one.registrationId,
        one.reasons,
      ]),
    );
    for (const registrationId of ['REG5', 'REG10', 'REG15', 'REG20'])
      expect(reasonsOf.get(registrationId)).toContain('LEVEL');
    expect(reasonsOf.get('REG6')).toContain('BELOW_TARGET');
    const { gatherReviews } = await import('../../../functions/moderation/gather.ts');
    const { seedOf, selectSample } = await import('../../../functions/moderation/select.ts');
    const reviews = (await gatherReviews(round)).map((one) => ({ ...one, decided: null }));
    expect(seedOf(roundId, 1, reviews)).toBe(draw.seed);
    const again = selectSample(reviews, round.policies.moderation, draw.seed).filter(
      ({ reasons }) => reasons.length > 0,
    );
    expect(again.map(({ registrationId }) => registrationId).sort()).toEqual([...reasonsOf.keys()].sort());
    const repeated = await asPapers('repeatDraws', panel[0]!, { params: { roundId } });
    expect(repeated.body.draws).toEqual([{ attempt: 1, seedAgrees: true, selectionAgrees: true }]);
    const { outcomes } = (await asPanel('listOutcomes', panel[0]!, { params: { roundId } })).body;
    const stages = outcomes.map(({ stage }: { stage: string }) => stage);
    expect(stages.filter((stage: string) => stage === 'PROPOSED')).toHaveLength(SCHOOLS - reasonsOf.size);
    expect(stages.filter((stage: string) => stage === 'MODERATION')).toHaveLength(reasonsOf.size);
    expect(
      inbox().filter(({ subject }) => subject.startsWith('PSQM second readings')).length,
    ).toBeLessThanOrEqual(4);
    // Nothing is left for another run of the same day.
    expect(await machines.moderation(roundId, 2)).toMatchObject({ result: 'nothing to moderate' });
  });

  it('reads a second time without a word of the first, and adjudicates where the readings differ', async () => {
    const cases = (await asPanel('readModeration', admin, { params: { roundId } })).body.cases;
    for (const { registrationId } of cases) {
      expect(await machines.moderationCase(registrationId)).toMatchObject({ do: 'WAIT' });
    }
    const seen = (await asPanel('readModeration', both, { params: { roundId } })).body.cases;
    for (const { registrationId } of cases) {
      const params = { registrationId };
      const detail = await asPanel('readCase', both, { params });
      expect(detail.body).toMatchObject({ blind: true, reviews: [], feedback: null });
      expect(detail.body.moderation).toMatchObject({ reasons: [], comparison: null });
      expect(JSON.stringify(detail.body)).not.toContain('First reading of');
      expect(await asPapers('makeDefenceFile', both, { params })).toMatchObject({
        status: 422,
        body: { error: { code: 'reading-blind' } },
      });
      expect(seen).toContainEqual(expect.objectContaining({ registrationId, reasons: [] }));
      const open = (await asPanel('readCase', panel[0]!, { params })).body;
      expect(open).toMatchObject({ blind: false, reviews: [{ kind: 'FIRST' }] });
    }
    let adjudicated = 0;
    for (let turn = 0; turn < 3; turn++) {
      for (const who of moderators) {
        const { readings } = (await asModerator('listReadings', who)).body;
        for (const one of readings.filter(({ status }: { status: string }) => status === 'OPEN')) {
          const params = { readingId: one.readingId };
          const view = await asModerator('readReading', who, { params });
          const stranger = moderators.find(({ personId }) => personId !== who.personId)!;
          expect((await asModerator('readReading', stranger, { params })).status).toBe(404);
          if (one.kind === 'SECOND_READING') {
            expect(JSON.stringify(view.body)).not.toContain('First reading of');
            expect(view.body.reviews).toBeNull();
            const draft = completeDraft(round, one.targetLevel);
            await asModerator('saveDraft', who, { params, body: draft });
            expect(await asModerator('returnReading', who, { params, body: {} })).toMatchObject({
              status: 200,
            });
          } else {
            adjudicated++;
            expect(one.registrationId).toBe('REG6');
            expect(view.body.reviews.map(({ reader }: { reader: string }) => reader)).toEqual([
              'FIRST',
              'SECOND',
            ]);
            const decided = await asModerator('adjudicate', who, {
              params,
              body: {
                outcome: 'AWARDED_LOWER',
                level: 'PSQM',
                reason:
                  'The evidence shows beginning impact in one class, which is what the first level asks.',
                feedback: 'FIRST',
              },
            });
            expect(decided).toMatchObject({ status: 200, body: { status: 'RETURNED' } });
          }
          await machines.moderationCase(one.registrationId);
        }
      }
    }
    expect(adjudicated).toBe(1);
    const agreement = (await asPapers('readAgreement', panel[0]!, { params: { roundId } })).body;
    expect(agreement).toMatchObject({ cases: cases.length, isThin: true });
    expect(agreement.judgements).toBeGreaterThan(cases.length);
    // REG6 alone is judged differently.
    expect(agreement.sameRecommendation.value).toBeCloseTo(1 - 1 / cases.length, 9);
    expect((await asPapers('readAgreement', moderators[0]!, { params: { roundId } })).status).toBe(403);
    const { outcomes } = (await asPanel('listOutcomes', panel[0]!, { params: { roundId } })).body;
    expect(outcomes.every(({ stage }: { stage: string }) => stage === 'PROPOSED')).toBe(true);
    const detail = (await asPanel('readCase', panel[0]!, { params: { registrationId: 'REG6' } })).body;
    expect(detail).toMatchObject({
      roundId,
      proposed: { outcome: 'AWARDED_LOWER', level: 'PSQM', basis: 'ADJUDICATION' },
      blind: false,
      moderation: {
        status: 'ADJUDICATED',
        comparison: { sameRecommendation: false, apart: [], within: false },
      },
    });
    const people = new Set([
      ...detail.reviews.map(({ reader }: { reader: { personId: string } }) => reader.personId),
      detail.moderation.adjudication.adjudicator.personId,
    ]);
    expect(people.size).toBe(3);
  });

  it('lets nobody confirm what they judged, nor change it without a reason', async () => {
    const { outcomes } = (await asPanel('listOutcomes', both, { params: { roundId } })).body;
    const own = outcomes.filter(({ blocked }: { blocked: string | null }) => blocked === 'JUDGED');
    expect(own.length).toBeGreaterThan(0);
    const present = [both, ...panel].map(({ personId }) => personId);
    const { meeting } = (await asPanel('openMeeting', panel[0]!, { params: { roundId }, body: { present } }))
      .body;
    const decide = (who: Identity, decisions: unknown[]) =>
      asPanel('confirmOutcomes', who, { params: { roundId }, body: { meeting, decisions } });
    const asked = own.map(
      ({
        registrationId,
        proposed,
      }: {
        registrationId: string;
        proposed: { outcome: string; level: string };
      }) => ({
        registrationId,
        outcome: proposed.outcome,
        level: proposed.level,
      }),
    );
    const refused = (await decide(both, asked)).body;
    expect(refused.confirmed).toEqual([]);
    expect(new Set(refused.refused.map(({ code }: { code: string }) => code))).toEqual(
      new Set(['judged-yourself']),
    );
    const changed = [{ registrationId: 'REG7', outcome: 'WORKING_TOWARDS', level: null }];
    expect((await decide(panel[0]!, changed)).body.refused).toMatchObject([{ code: 'change-needs-reason' }]);
    expect((await decide(admin, changed)).status).toBe(403);
    const reason = 'The panel reads the evidence of impact as not yet sufficient';
    expect((await decide(panel[0]!, [{ ...changed[0], reason }])).body.confirmed).toEqual(['REG7']);
    const rest = outcomes
      .filter(({ registrationId }: { registrationId: string }) => registrationId !== 'REG7')
      .map(
        ({
          registrationId,
          proposed,
        }: {
          registrationId: string;
          proposed: { outcome: string; level: string };
        }) => ({
          registrationId,
          outcome: proposed.outcome,
          level: proposed.level,
        }),
      );
    expect((await decide(panel[1]!, rest)).body.confirmed).toHaveLength(SCHOOLS - 1);
    expect((await decide(panel[1]!, rest.slice(0, 1))).body.refused).toMatchObject([
      { code: 'not-proposed' },
    ]);
    for (const { registrationId } of (await asPanel('readModeration', admin, { params: { roundId } })).body
      .cases) {
      expect(await machines.moderationCase(registrationId)).toMatchObject({
        do: 'ENDED',
        result: 'CONFIRMED',
      });
    }
  });

  it('releases results with certificate, register entry and letters; not without the fee, not while held', async () => {
    await asPanel('holdResult', panel[0]!, {
      params: { registrationId: 'REG8' },
      body: { reason: 'A complaint is being looked at' },
    });
    for (const registrationId of registrationIds) {
      const step = await machines.award(registrationId);
      if (registrationId === UNPAID)
        expect(step).toMatchObject({ do: 'WAIT', waitingFor: 'the fee to be settled or covered' });
      else if (registrationId === 'REG8')
        expect(step).toMatchObject({ do: 'WAIT', waitingFor: 'the panel to lift the hold' });
      else expect(step).toMatchObject({ do: 'ENDED' });
    }
    const { readRegistration } = await import('../../../functions/registration/store.ts');
    expect(await readRegistration('REG1')).toMatchObject({ status: 'AWARDED', awardedLevel: 'GILT' });
    expect(await readRegistration('REG6')).toMatchObject({ status: 'AWARDED_LOWER', awardedLevel: 'PSQM' });
    expect(await readRegistration('REG7')).toMatchObject({ status: 'WORKING_TOWARDS', awardedLevel: null });
    expect(await readRegistration(UNPAID)).toMatchObject({ status: 'DECIDED' });
    expect(await readRegistration('REG8')).toMatchObject({ status: 'DECIDED' });
    const letters = inbox().filter(({ to }) => to.some((address) => address.endsWith('@school-1.example')));
    expect(letters.map(({ to }) => to[0]).sort()).toEqual([
      'head@school-1.example',
      'leader@school-1.example',
    ]);
    const asked = inbox().filter(
      ({ to, subject }) => to[0] === 'head@school-20.example' && subject.includes('fee'),
    );
    expect(asked).toHaveLength(1);
    await asPanel('liftHold', panel[1]!, {
      params: { registrationId: 'REG8' },
      body: { reason: 'The complaint was withdrawn' },
    });
    expect(await machines.award('REG8')).toMatchObject({ do: 'ENDED', result: 'AWARDED' });
  });

  it('makes the defence file of a school, as PDF and JSON, and notes who asked', async () => {
    const make = (who: Identity, registrationId = 'REG6') =>
      asPapers('makeDefenceFile', who, { params: { registrationId } });
    expect((await make(assessors[0]!)).status).toBe(403);
    const made = await make(admin);
    expect(made).toMatchObject({ status: 200, body: { differences: 0 } });
    const json = await (await fetch(made.body.json.url)).json();
    expect(json).toMatchObject({
      reference: 'PSQM-T6',
      rules: { criteria: round.criteria.version, checklist: round.checklist.version },
      decision: { outcome: 'AWARDED_LOWER', level: 'PSQM', meeting: 1 },
      moderation: { status: 'ADJUDICATED' },
      meeting: { number: 1, quorum: round.policies.panel.quorum },
    });
    expect(json.readings.map(({ kind }: { kind: string }) => kind)).toEqual(['FIRST', 'SECOND']);
    expect(json.draw.reasons).toContain('BELOW_TARGET');
    expect(json.submission[0].objects.every(({ agrees }: { agrees: boolean }) => agrees)).toBe(true);
    expect(json.assignments[0].explanation.eligible).toBeGreaterThan(0);
    expect(json.letters.length).toBeGreaterThan(0);
    const actions = json.timeline.flatMap((entry: { kind: string; action?: string }) =>
      entry.kind === 'CHANGE' ? [entry.action] : [],
    );
    for (const action of ['begin-moderation', 'settle-case', 'confirm-outcome', 'release-result'])
      expect(actions).toContain(action);
    const pdf = Buffer.from(await (await fetch(made.body.pdf.url)).arrayBuffer());
    expect(pdf.toString('latin1')).toContain('/MarkInfo');
    const list = (who: Identity) => asPapers('listDefenceFiles', who, { params: { registrationId: 'REG6' } });
    expect((await list(panel[0]!)).body.files).toMatchObject([{ madeBy: 'Sample admin', differences: 0 }]);
    // What is stored is not what was frozen: the file says so.
    const { PutObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
    const put = (body: string) =>
      new S3Client({}).send(
        new PutObjectCommand({ Bucket: 'submissions', Key: 'frozen/REG7/v1/DOC1.pdf', Body: body }),
      );
    await put('another');
    expect((await make(admin, 'REG7')).body.differences).toBe(1);
    await put('portfolio');
    expect((await make(admin, 'REG7')).body.differences).toBe(0);
  });

  it('verifies what was released, and nothing else', async () => {
    const { findCertificate } = await import('../../../functions/awards/store.ts');
    const certificate = await findCertificate('REG1');
    const number = certificate!.certificateNumber;
    const verify = (text: string) => asAnyone('verifyCertificate', { params: { number: text } });
    expect((await verify(number.toLowerCase().replaceAll('-', ' '))).body).toMatchObject({
      result: 'VALID',
      award: { schoolName: 'Sample School 1', level: 'GILT', standing: 'VALID' },
    });
    expect((await verify(`${number.slice(0, -1)}${number.endsWith('Z') ? 'Y' : 'Z'}`)).body.result).toBe(
      'MISTYPED',
    );
    const { certificateNumberOf } = await import('../../../functions/awards/numbers.ts');
    expect((await verify(certificateNumberOf('nobody', '2027', 0))).body.result).toBe('UNKNOWN');
    const found = await asAnyone('searchRegister', { query: { search: 'sample school 1' } });
    expect(found.body.awards.length).toBe(found.body.total);
    expect(found.body.awards).toContainEqual(
      expect.objectContaining({ certificateNumber: number, level: 'GILT' }),
    );
    const all = (await asAnyone('searchRegister')).body;
    expect(all.total).toBe(SCHOOLS - 2);
    expect(
      all.awards.some(({ schoolName }: { schoolName: string }) => schoolName === 'Sample School 20'),
    ).toBe(false);
    const { loadCertificate } = await import('../../../functions/awards/certificate-files.ts');
    const { createHash } = await import('node:crypto');
    const bytes = await loadCertificate(certificate!.key!);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(certificate!.sha256);
  });
});

it('leaves judgements that hold when they are recomputed', async () => {
  const snapshot = await snapshotOfStore();
  for (const kind of ['ASG ASSIGNMENT', 'REG READING', 'REG DECISION', 'SCHOOL AWARD', 'REG ACCESS'])
    expect(kindsOf(snapshot.items)).toContain(kind);
  const table = new Table(snapshot.items);
  expect(noAssessorOnConflict(table)).toEqual([]);
  expect(nobodyDecidesOwn(table)).toEqual([]);
  expect(noAwardWithoutConfirmation(table)).toEqual([]);
  expect(await frozenHashes(table, snapshot, 'submissions')).toEqual([]);
  // What the test itself put there has no events.
  const ofJudging = / (CASE|OUTCOME|DECISION|CERTIFICATE|HOLD|ASSIGNMENT|READING#\d+|AWARD#\S+)$/;
  const untold = changesHaveAuditAndEvent(table, new Date()).filter(({ where }) => ofJudging.test(where));
  expect(untold).toEqual([]);
});
