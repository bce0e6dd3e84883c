import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AllocationFacts,
  approvalsOf,
  describeBarred,
  eligibilityOf,
  explain,
  problemOf,
} from '../../../functions/assessment/allocation/problem.ts';
import { cutShortages } from '../../../functions/assessment/allocation/shortage-report.ts';
import { solveAllocation } from '../../../functions/assessment/allocation/solve.ts';
import { nextAllocationStep } from '../../../functions/assessment/allocation/steps.ts';
import { barredBy } from '../../../functions/assessment/rules.ts';
import { sampleReader } from '../../support/assessing.ts';
import { sampleRegistration, sampleRound } from '../../support/school-year.ts';

const round = sampleRound();
const levels = ['PSQM', 'GILT', 'OUTREACH'] as const;
const pick = <T>(values: readonly T[]) => fc.constantFrom(...values);

/** A round of random people and schools with ties of every kind between them. */
const randomRound = fc
  .record({
    assessors: fc.array(
      fc.record({
        hub: pick(['HUB1', 'HUB2', 'HUB3', '']),
        leads: pick(['HUB1', 'HUB2', '', '']),
        employer: pick(['Trust One', 'Sampleshire', 'School 1', 'Elsewhere']),
        levels: fc.subarray([...levels], { minLength: 1 }),
        languages: pick([['en'], ['en', 'cy']] as const),
        capacity: fc.option(fc.integer({ min: 0, max: 3 })),
        conflict: pick(['S0', 'S1', '', '', '']),
        declared: fc.boolean(),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    schools: fc.array(
      fc.record({
        hub: pick(['HUB1', 'HUB2', 'HUB3']),
        trust: pick(['Trust One', null]),
        authority: pick(['Sampleshire', 'Othershire']),
        level: pick(levels),
        language: pick(['en', 'en', 'cy'] as const),
        barred: pick(['A0', 'A1', '']),
        holder: pick(['A0', 'A1', '', '', '']),
      }),
      { minLength: 1, maxLength: 8 },
    ),
  })
  .map(({ assessors, schools }): AllocationFacts => {
    const registrations = schools.map((one, at) => ({
      ...sampleRegistration({
        registrationId: `R${at}`,
        schoolId: `S${at}`,
        hubId: one.hub,
        targetLevel: one.level,
        language: one.language,
        school: {
          ...sampleRegistration().school,
          name: `School ${at}`,
          trust: one.trust,
          localAuthority: one.authority,
        },
      }),
      previousAssessor: null,
    }));
    const holders = new Map<string, string>(
      schools.flatMap(({ holder }, at) =>
        holder === '' || Number(holder.slice(1)) >= assessors.length ? [] : [[`R${at}`, holder] as const],
      ),
    );
    return {
      round,
      assessors: assessors.map((one, at) =>
        sampleReader(
          `A${at}`,
          {
            employer: one.employer,
            hubIds: one.hub === '' ? [] : [one.hub],
            levels: one.levels,
            languages: [...one.languages],
            capacity: one.capacity,
            conflicts: one.conflict === '' ? [] : [{ schoolId: one.conflict, reason: 'Declared' }],
            conflictsDeclaredFor: one.declared ? [round.roundId] : [],
          },
          { hubIds: one.leads === '' ? [] : [one.leads] },
        ),
      ),
      open: registrations.filter(({ registrationId }) => !holders.has(registrationId)),
      held: registrations.filter(({ registrationId }) => holders.has(registrationId)),
      places: new Map(
        [...holders].map(([registrationId, assessorId]) => [
          registrationId,
          { registrationId, assessorId, assignmentId: `${registrationId}.1`, offers: 1 },
        ]),
      ),
      barred: new Map(
        schools.flatMap(({ barred }, at) => (barred === '' ? [] : [[`R${at}`, new Set([barred])] as const])),
      ),
    };
  });

async function allocate(facts: AllocationFacts) {
  const none = new Set<string>();
  const eligibility = new Map(
    [...facts.open, ...facts.held].map((one) => [
      one.registrationId,
      eligibilityOf(one, facts.assessors, facts.barred.get(one.registrationId) ?? none),
    ]),
  );
  const result = await solveAllocation(problemOf(facts, eligibility));
  return { result, ...explain(facts, eligibility, result) };
}

describe('allocating a round', () => {
  it('never breaks a hard rule, never moves held work, and says why something stays unplaced', async () => {
    await fc.assert(
      fc.asyncProperty(randomRound, async (facts) => {
        const { pairs, unplaced, result } = await allocate(facts);
        const people = new Map(facts.assessors.map((one) => [one.personId, one]));
        for (const { registrationId, assessorId, assignmentId, explanation } of pairs) {
          const submission = facts.open.find((one) => one.registrationId === registrationId)!;
          const before = facts.barred.get(registrationId) ?? new Set<string>();
          expect(barredBy(people.get(assessorId)!, submission, before)).toBeUndefined();
          expect(assignmentId).toBe(`${registrationId}.1`);
          const barred = Object.values(explanation.barred).reduce((sum, count) => sum + count, 0);
          expect(explanation.eligible + barred).toBe(facts.assessors.length);
          expect(explanation.load).toBeLessThanOrEqual(explanation.maximumLoad);
        }
        const held = new Map(
          facts.held.map(({ registrationId }) => [registrationId, facts.places.get(registrationId)]),
        );
        for (const { submission, assessor } of result.assignments) {
          const place = held.get(submission);
          if (place !== undefined) expect(assessor).toBe(place.assessorId);
        }
        for (const { assessorId } of pairs) {
          const person = people.get(assessorId)!;
          const all = result.assignments.filter(({ assessor }) => assessor === assessorId).length;
          expect(all).toBeLessThanOrEqual(
            person.assessor?.capacity ?? round.policies.assessment.capacityPerRound,
          );
        }
        expect(pairs.length + unplaced.length).toBe(facts.open.length);
        for (const { code, reason } of unplaced) {
          expect(reason).not.toBe('');
          if (code === 'NO_CAPACITY') expect(reason).toContain('have as many as they take');
        }
      }),
      { numRuns: 200 },
    );
  });

  it('lists which rules bar how many', () => {
    expect(describeBarred({ OWN_HUB: 2, LANGUAGE: 57, LEVEL: 1 })).toBe('57 language, 2 own hub, 1 level');
    expect(describeBarred({})).toBe('');
  });
});

describe('what would place more in a round', () => {
  const facts = (levels: ('PSQM' | 'GILT')[], languages: ('en' | 'cy')[]): AllocationFacts => ({
    round,
    assessors: [sampleReader('A1', { levels, languages })],
    open: [
      {
        ...sampleRegistration({ registrationId: 'R1', targetLevel: 'GILT', language: 'cy' }),
        previousAssessor: null,
      },
    ],
    held: [],
    places: new Map(),
    barred: new Map(),
  });
  const ask = (levels: ('PSQM' | 'GILT')[], languages: ('en' | 'cy')[]) =>
    approvalsOf(facts(levels, languages), new Set(['R1']), new Set(['A1']));

  it('is an approval that alone opens a submission', () => {
    const opens = { assessor: 'A1', submissions: ['R1'] };
    expect(ask(['PSQM'], ['cy'])).toEqual([{ ...opens, rule: 'LEVEL', value: 'GILT' }]);
    expect(ask(['GILT'], ['en'])).toEqual([{ ...opens, rule: 'LANGUAGE', value: 'cy' }]);
    expect(ask(['PSQM'], ['en'])).toEqual([]);
    expect(ask(['GILT'], ['cy'])).toEqual([]);
  });

  it('is recorded as far as a record can hold it, the greatest shortage first', () => {
    const shortage = (size: number) => ({
      submissions: Array.from({ length: size }, (_, at) => `R${at}`),
      assessors: [],
      room: 0,
      unplaced: size,
    });
    const cut = cutShortages({ shortages: [shortage(1), shortage(9), shortage(3)], change: null }, 10);
    expect(cut.shortages.map(({ unplaced }) => unplaced)).toEqual([9]);
    expect(cut.omitted).toBe(2);
  });
});

describe('the next step of an allocation', () => {
  const solve = { pass: 1, pages: 2, pagesDone: 0 } as const;
  const none = new Set<string>();
  it('ends at once where there is nothing to allocate', () => {
    expect(nextAllocationStep({ latest: undefined, open: [], knownUnplaced: none })).toMatchObject({
      do: 'ENDED',
    });
  });
  it('solves, offers page by page, writes, and ends', () => {
    const open = ['R1'];
    expect(nextAllocationStep({ latest: undefined, open, knownUnplaced: none })).toEqual({
      do: 'SOLVE',
      pass: 1,
    });
    const solved = { ...solve, status: 'SOLVED' } as const;
    expect(nextAllocationStep({ latest: solved, open, knownUnplaced: none })).toEqual({
      do: 'OFFER',
      pass: 1,
      page: 1,
    });
    const one = { ...solved, pagesDone: 1 };
    expect(nextAllocationStep({ latest: one, open, knownUnplaced: none })).toEqual({
      do: 'OFFER',
      pass: 1,
      page: 2,
    });
    const offered = { ...solve, pagesDone: 2, status: 'OFFERED' } as const;
    expect(nextAllocationStep({ latest: offered, open: [], knownUnplaced: none })).toMatchObject({
      do: 'WRITE_TO_ASSESSORS',
    });
    const done = { ...offered, status: 'COMPLETED' } as const;
    expect(nextAllocationStep({ latest: done, open: [], knownUnplaced: none })).toEqual({
      do: 'ENDED',
      result: 'all placed',
    });
  });
  it('solves again for what was declined meanwhile, not for what it knows that nobody can read', () => {
    const done = { ...solve, pagesDone: 2, status: 'COMPLETED' } as const;
    const known = new Set(['R1']);
    expect(nextAllocationStep({ latest: done, open: ['R1'], knownUnplaced: known })).toEqual({
      do: 'ENDED',
      result: '1 unplaced',
    });
    expect(nextAllocationStep({ latest: done, open: ['R1', 'R2'], knownUnplaced: known })).toEqual({
      do: 'SOLVE',
      pass: 2,
    });
    expect(
      nextAllocationStep({ latest: { ...done, pass: 50 }, open: ['R2'], knownUnplaced: known }),
    ).toMatchObject({
      do: 'ENDED',
    });
  });
  it('writes even where the solve placed nothing, so that it is completed', () => {
    const empty = { pass: 1, pages: 0, pagesDone: 0, status: 'SOLVED' } as const;
    expect(nextAllocationStep({ latest: empty, open: [], knownUnplaced: none })).toMatchObject({
      do: 'WRITE_TO_ASSESSORS',
    });
  });
});
