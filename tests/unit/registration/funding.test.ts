import { describe, expect, it } from 'vitest';
import { everySchool } from '../../../functions/programme/model.ts';
import { fundingRefusal, inOrder } from '../../../functions/registration/funding.ts';
import { sampleIntake } from '../../support/registration-forms.ts';

const school = { phase: 'PRIMARY', localAuthority: 'Stoke-on-Trent', fsmPercent: 25 };

describe('an agreement of a funder', () => {
  it('that asks for nothing covers every school', () => {
    expect(fundingRefusal(everySchool, { ...school, fsmPercent: null }, true)).toBeUndefined();
  });

  it('covers schools by award, phase, area and free meals, and names what a school lacks', () => {
    const agreed = {
      neverAwarded: true,
      phases: ['PRIMARY'],
      localAuthorities: ['stoke-on-trent '],
      minimumFsmPercent: 25,
    };
    expect(fundingRefusal(agreed, school, false)).toBeUndefined();
    expect(fundingRefusal(agreed, school, true)).toBe('AWARDED_BEFORE');
    expect(fundingRefusal(agreed, { ...school, phase: 'INFANT' }, false)).toBe('PHASE');
    expect(fundingRefusal(agreed, { ...school, localAuthority: 'Leeds' }, false)).toBe('LOCAL_AUTHORITY');
    expect(fundingRefusal(agreed, { ...school, fsmPercent: 24.9 }, false)).toBe('FREE_MEALS');
    expect(fundingRefusal(agreed, { ...school, fsmPercent: null }, false)).toBe('FREE_MEALS');
  });

  it('is asked for in the order of asking', () => {
    const asked = (registrationId: string, waitingSince: string) =>
      sampleIntake({
        registrationId,
        funding: { state: 'WAITING', waitingSince, decideBy: null, decidedBy: null },
      });
    const [a, b, c] = [
      asked('A', '2026-06-03T09:00:00.002Z'),
      asked('B', '2026-06-03T09:00:00.001Z'),
      asked('C', '2026-06-03T09:00:00.001Z'),
    ];
    expect([a, c, b].sort(inOrder).map((one) => one.registrationId)).toEqual(['B', 'C', 'A']);
  });
});
