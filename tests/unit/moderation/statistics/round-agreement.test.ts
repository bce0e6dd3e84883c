import { describe, expect, it } from 'vitest';
import {
  agreementOf,
  type CaseReadTwice,
} from '../../../../functions/moderation/statistics/round-agreement.ts';
import { sampleRound } from '../../../support/school-year.ts';

const round = sampleRound();
const [best = '', next = '', third = ''] = round.criteria.judgements.map(({ id }) => id);

const reviewOf = (judgements: readonly string[], level: 'PSQM' | null = 'PSQM'): CaseReadTwice['first'] => ({
  judgements: judgements.map((judgement, at) => ({
    criterionId: `C${at}`,
    judgement,
    strengths: '',
    nextSteps: '',
  })),
  recommendation: level === null ? { outcome: 'NOT_AWARDED', level: null } : { outcome: 'AWARDED', level },
});
const readTwice = (
  at: number,
  first: CaseReadTwice['first'],
  second: CaseReadTwice['first'],
): CaseReadTwice => ({
  registrationId: `R${at}`,
  assessorId: `A${at % 4}`,
  targetLevel: 'PSQM',
  first,
  second,
});

describe('the agreement of a round', () => {
  it('counts criteria that both judged, and says what it cannot tell', () => {
    const { severity, ...figures } = agreementOf(round, [
      readTwice(0, reviewOf([best, next, third]), reviewOf([best, third])),
      readTwice(1, reviewOf([next], null), reviewOf([next])),
    ]);
    expect(severity).toBeNull();
    expect(figures).toMatchObject({
      cases: 2,
      judgements: 3,
      isThin: true,
      sameJudgement: { value: 2 / 3, interval: null },
      sameRecommendation: { value: 0.5, interval: null },
    });
    expect(agreementOf(round, [])).toMatchObject({ cases: 0, kappa: { value: null, interval: null } });
  });

  it('calls severe who judges below the second reader', () => {
    const cases = Array.from({ length: 40 }, (_, at) => {
      const hard = at % 4 === 0;
      const places = [best, next, best, next, best];
      return readTwice(
        at,
        reviewOf(hard ? places.map((place) => (place === best ? next : third)) : places),
        reviewOf(at % 3 === 0 ? places.with(0, next) : places),
      );
    });
    const { severity, isThin, kappa } = agreementOf(round, cases);
    expect(isThin).toBe(false);
    expect(kappa.interval?.lower).toBeLessThan(kappa.value ?? 0);
    const hardest = [...(severity ?? [])].sort((a, b) => b.steps - a.steps)[0];
    expect(hardest).toMatchObject({ assessorId: 'A0', cases: 10 });
    expect(hardest?.steps).toBeGreaterThan(0.4);
  });
});
