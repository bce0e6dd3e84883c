import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chooseReader,
  isBlindTo,
  mayModerate,
  refusalOfConfirmation,
} from '../../../functions/moderation/rules.ts';
import { decidedOutcomes, levels } from '../../../functions/programme/model.ts';
import { sampleReader } from '../../support/assessing.ts';
import { sampleRegistration } from '../../support/school-year.ts';

const submission = sampleRegistration();
const proposed = { status: 'PROPOSED', outcome: 'AWARDED', level: 'GILT', judgedBy: ['A1', 'M1'] } as const;
const asked = { outcome: 'AWARDED', level: 'GILT' } as const;

describe('confirming a proposed outcome', () => {
  it('is for whoever has not judged it and has no conflict', () => {
    const member = sampleReader('P1', {}, { roles: ['panel'] });
    expect(
      refusalOfConfirmation(member, submission, { ...proposed, judgedBy: [...proposed.judgedBy] }, asked),
    ).toBeUndefined();
  });

  it('is never for somebody who judged it, whatever they ask', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('A1', 'M1', 'M2'),
        fc.constantFrom(...decidedOutcomes),
        fc.option(fc.constantFrom(...levels)),
        fc.string(),
        (personId, outcome, level, reason) => {
          const case_ = { ...proposed, judgedBy: ['A1', 'M1', 'M2'] };
          const member = sampleReader(personId, {}, { roles: ['panel', 'moderator', 'assessor'] });
          expect(refusalOfConfirmation(member, submission, case_, { outcome, level, reason })).toBe(
            'judged-yourself',
          );
        },
      ),
    );
  });

  it.each([
    ['leads the hub', sampleReader('P1', {}, { hubIds: ['HUB1'] })],
    ['works for the authority', sampleReader('P1', { employer: 'Sampleshire' })],
    ['declared a conflict', sampleReader('P1', { conflicts: [{ schoolId: 'URN-100001', reason: 'x' }] })],
  ])('is not for somebody who %s', (_, member) => {
    expect(refusalOfConfirmation(member, submission, { ...proposed, judgedBy: ['A1'] }, asked)).toBe(
      'case-conflict',
    );
  });

  it('needs a reason for a change, a level that fits, and a proposal', () => {
    const member = sampleReader('P1');
    const open = { ...proposed, judgedBy: ['A1'] };
    const lower = { outcome: 'AWARDED_LOWER', level: 'PSQM' } as const;
    expect(refusalOfConfirmation(member, submission, open, lower)).toBe('change-needs-reason');
    expect(
      refusalOfConfirmation(member, submission, open, { ...lower, reason: 'Only the base level is met' }),
    ).toBeUndefined();
    expect(refusalOfConfirmation(member, submission, open, { outcome: 'AWARDED', level: 'PSQM' })).toBe(
      'level-does-not-fit',
    );
    expect(refusalOfConfirmation(member, submission, undefined, asked)).toBe('not-proposed');
    expect(refusalOfConfirmation(member, submission, { ...open, status: 'CONFIRMED' }, asked)).toBe(
      'not-proposed',
    );
  });
});

describe('the moderator of a case', () => {
  it('is nobody who had to do with it, is barred by a tie, or is not approved', () => {
    expect(mayModerate(sampleReader('M1'), submission, new Set())).toBe(true);
    expect(mayModerate(sampleReader('M1', {}, { assessor: null }), submission, new Set())).toBe(true);
    expect(mayModerate(sampleReader('M1'), submission, new Set(['M1']))).toBe(false);
    expect(mayModerate(sampleReader('M1', { hubIds: ['HUB1'] }), submission, new Set())).toBe(false);
    expect(mayModerate(sampleReader('M1', { levels: ['PSQM'] }), submission, new Set())).toBe(false);
  });

  const school = (schoolId: string) => ({ roundId: 'R26', schoolId });
  const moderator = (personId: string) => ({ personId, email: `${personId}@example.org` });

  it('is the same whatever the ids', () => {
    const people = ['a', 'b', 'c'].map((name) => ({ personId: `${name}1`, email: `${name}@example.org` }));
    const others = [...people].reverse().map((one) => ({ ...one, personId: `x${one.personId}` }));
    const chosen = chooseReader(school('S1'), people, new Map());
    expect(chooseReader(school('S1'), others, new Map())).toBe(`x${chosen}`);
  });

  it('is the least loaded; among equals not always the same one', () => {
    expect(
      chooseReader(
        school('S1'),
        ['M1', 'M2'].map(moderator),
        new Map([
          ['M1', 2],
          ['M2', 1],
        ]),
      ),
    ).toBe('M2');
    expect(chooseReader(school('S1'), [], new Map())).toBeUndefined();
    const drawn = new Set(
      Array.from({ length: 40 }, (_, at) =>
        chooseReader(school(`S${at}`), ['M1', 'M2', 'M3'].map(moderator), new Map()),
      ),
    );
    expect(drawn.size).toBe(3);
  });
});

describe('who must see nothing of the first review', () => {
  const moderator = { personId: 'M1', roles: ['moderator', 'panel'] } as const;
  const member = { personId: 'P1', roles: ['panel', 'admin'] } as const;
  const reading = { readerId: 'M1', kind: 'SECOND_READING', status: 'OPEN' } as const;

  it('is every moderator until the second reading is back, and nobody of the panel alone', () => {
    for (const opened of [undefined, { status: 'READING' } as const]) {
      expect(isBlindTo(moderator, opened, [], undefined)).toBe(true);
      expect(isBlindTo(member, opened, [], undefined)).toBe(false);
    }
    expect(isBlindTo(moderator, { status: 'ADJUDICATION' }, [], undefined)).toBe(false);
    expect(isBlindTo(moderator, undefined, [], { status: 'PROPOSED' })).toBe(false);
  });

  it('is whoever has the second reading open, whatever their roles and the case are by now', () => {
    const former = { personId: 'M1', roles: ['panel'] } as const;
    expect(isBlindTo(former, { status: 'READING' }, [reading], undefined)).toBe(true);
    expect(isBlindTo(former, { status: 'CLOSED' }, [reading], { status: 'PROPOSED' })).toBe(true);
    expect(isBlindTo(former, { status: 'READING' }, [{ ...reading, status: 'RETURNED' }], undefined)).toBe(
      false,
    );
    expect(isBlindTo(former, { status: 'READING' }, [{ ...reading, kind: 'ADJUDICATION' }], undefined)).toBe(
      false,
    );
  });
});
