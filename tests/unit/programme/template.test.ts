import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calendarProblems } from '../../../functions/programme/calendar-problems.ts';
import { checkRound, moveDeadline } from '../../../functions/programme/rounds.ts';
import { buildRound, defaultTemplate } from '../../../functions/programme/template.ts';
import { RefusedError } from '../../../functions/shared/runtime/errors.ts';
import { addDays } from '../../../functions/shared/time/london.ts';

const label = { en: 'Round 30 - Autumn 2027', cy: 'Rownd 30 - Hydref 2027' };

describe('the default programme', () => {
  const template = defaultTemplate();

  it('has 13 criteria in four areas for every level, and one more for Outreach', () => {
    const of = (level: 'PSQM' | 'GILT' | 'OUTREACH') =>
      template.criteria.criteria.filter(({ levels }) => levels.includes(level));
    expect(template.criteria.areas).toHaveLength(4);
    expect(of('PSQM')).toHaveLength(13);
    expect(of('GILT')).toHaveLength(13);
    expect(of('OUTREACH')).toHaveLength(14);
  });

  it('asks for the seven core documents at every level, 25 MB a file at most', () => {
    const core = template.checklist.documents.filter(({ requiredFor }) => requiredFor.length === 3);
    expect(core).toHaveLength(7);
    expect(new Set(template.checklist.documents.map(({ maximumBytes }) => maximumBytes))).toEqual(
      new Set([25 * 1024 * 1024]),
    );
  });

  it('says that its wording is a placeholder', () => {
    expect(template.criteria.version).toMatch(/^placeholder/);
  });
});

describe('a new round', () => {
  it('has its dates in order and on working days, whatever day it starts on', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3000 }), (days) => {
        const start = addDays('2026-01-01', days);
        const round = buildRound({ roundId: 'R30-AUTUMN', label, start });
        expect(calendarProblems(round.calendar)).toEqual([]);
        expect(() => checkRound(round)).not.toThrow();
        expect(round.calendar.trainingStarts).toBe(start);
        expect([0, 6]).not.toContain(new Date(`${round.calendar.submissionDue}T12:00:00Z`).getUTCDay());
        expect(round.calendar.sessions).toHaveLength(6);
      }),
    );
  });

  it('takes a date that is given, and computes from it', () => {
    const round = buildRound({
      roundId: 'R30-AUTUMN',
      label,
      start: '2027-09-13',
      calendar: { submissionDue: '2028-06-30' },
    });
    expect(round.calendar).toMatchObject({
      submissionDue: '2028-06-30',
      levelChangeCutOff: '2028-05-30',
      signOffDue: '2028-06-20',
    });
  });
});

describe('a moved deadline', () => {
  const { calendar } = buildRound({ roundId: 'R30-AUTUMN', label, start: '2027-09-13' });
  const now = new Date('2027-10-01T12:00:00.000Z');
  const refusal = (act: () => unknown): string => {
    try {
      act();
    } catch (error) {
      if (error instanceof RefusedError) return error.code;
      throw error;
    }
    return 'allowed';
  };

  it('moves the allocation with the submission deadline', () => {
    const moved = moveDeadline(calendar, 'submissionDue', addDays(calendar.submissionDue, 14), now);
    expect(moved.submissionDue).toBe(addDays(calendar.submissionDue, 14));
    expect(moved.allocation).toBe(addDays(calendar.allocation, 14));
    expect(moved.results).toBe(calendar.results);
  });

  it('cannot lie in the past, nor beyond what follows it', () => {
    expect(refusal(() => moveDeadline(calendar, 'paymentDue', '2027-09-30', now))).toBe('deadline-in-past');
    expect(refusal(() => moveDeadline(calendar, 'paymentDue', '2027-10-01', now))).toBe('allowed');
    expect(refusal(() => moveDeadline(calendar, 'signOffDue', addDays(calendar.submissionDue, 1), now))).toBe(
      'calendar-out-of-order',
    );
    expect(refusal(() => moveDeadline(calendar, 'submissionDue', addDays(calendar.results, 1), now))).toBe(
      'calendar-out-of-order',
    );
  });
});
