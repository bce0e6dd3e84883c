import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ProblemFile,
  problemFile,
  solveProblemFile,
} from '../../../functions/assessment/allocation/problem-file.ts';

type Assessor = ProblemFile['assessors'][number];
type Submission = ProblemFile['submissions'][number];
const assessor = (id: string, change: Partial<Assessor> = {}): Assessor => ({
  id,
  capacity: 2,
  hub: 'North',
  employers: [],
  levels: ['PSQM'],
  languages: ['en'],
  conflicts: [],
  ...change,
});
const submission = (id: string, change: Partial<Submission> = {}): Submission => ({
  id,
  hub: 'South',
  school: `School ${id}`,
  trust: null,
  level: 'PSQM',
  language: 'en',
  previousAssessor: null,
  ...change,
});
const problem = (change: Partial<ProblemFile>): ProblemFile => ({
  assessors: [],
  submissions: [],
  weights: { previousAssessor: 3, hubSpread: 1 },
  current: [],
  ...change,
});

const pick = <T>(values: readonly T[]) => fc.constantFrom(...values);
const ids = pick(['a', 'b', 'á', '😀', '__proto__', 'constructor']);
const randomProblem = fc
  .record({
    assessors: fc.uniqueArray(
      fc.record({
        id: ids,
        capacity: fc.integer({ min: 0, max: 2 }),
        hub: pick(['N', 'S']),
        employers: fc.subarray(['Trust', 'School 0']),
        levels: fc.subarray(['P', 'G']),
        languages: fc.subarray(['en', 'cy'], { minLength: 1 }),
        conflicts: fc.subarray(['0', '1', 'elsewhere']),
      }),
      { selector: ({ id }) => id, maxLength: 4 },
    ),
    submissions: fc.array(
      fc.record({
        hub: pick(['N', 'S', 'E']),
        trust: pick(['Trust', null]),
        level: pick(['P', 'G']),
        language: pick(['en', 'cy']),
        previousAssessor: fc.option(ids),
      }),
      { maxLength: 5 },
    ),
    holders: fc.array(fc.record({ at: fc.nat(3), accepted: fc.boolean() }), { maxLength: 4 }),
  })
  .map(({ assessors, submissions, holders }): ProblemFile => {
    const works = submissions.map((one, at) => ({ ...one, id: `${at}`, school: `School ${at}` }));
    return problem({
      assessors,
      submissions: works,
      current: holders.flatMap(({ at, accepted }, index) => {
        const [work, holder] = [works[index], assessors[at]];
        return work && holder ? [{ submission: work.id, assessor: holder.id, accepted }] : [];
      }),
    });
  });

const isBarred = (reader: Assessor, work: Submission): boolean =>
  reader.hub === work.hub ||
  [work.school, work.trust].some((name) => name !== null && reader.employers.includes(name)) ||
  reader.conflicts.includes(work.id) ||
  !reader.levels.includes(work.level) ||
  !reader.languages.includes(work.language);

describe('a given allocation problem', () => {
  it('is solved within the rules, whatever its order, and the shortage it tells is one', {
    timeout: 60_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(randomProblem, async (given) => {
        const report = await solveProblemFile(problemFile.parse(given));
        const turned = await solveProblemFile({
          ...given,
          assessors: [...given.assessors].reverse(),
          submissions: [...given.submissions].reverse(),
          current: [...given.current].reverse(),
        });
        expect({ ...turned, seconds: 0, warnings: [...turned.warnings].sort() }).toEqual({
          ...report,
          seconds: 0,
          warnings: [...report.warnings].sort(),
        });
        const works = new Map(given.submissions.map((one) => [one.id, one]));
        const readers = new Map(given.assessors.map((one) => [one.id, one]));
        const accepted = given.current.filter((one) => one.accepted);
        const holder = new Map(report.assignments.map((one) => [one.submission, one.assessor]));
        for (const one of accepted) expect(holder.get(one.submission)).toBe(one.assessor);
        for (const [work, reader] of holder) {
          if (accepted.some((one) => one.submission === work)) continue;
          expect(isBarred(readers.get(reader)!, works.get(work)!)).toBe(false);
        }
        expect(report.warnings.length).toBe(
          accepted.filter((one) => isBarred(readers.get(one.assessor)!, works.get(one.submission)!)).length,
        );
        expect([...holder.keys(), ...report.unplaced.map((one) => one.submission)].sort()).toEqual(
          [...works.keys()].sort(),
        );
        for (const { reason } of report.unplaced) expect(reason).not.toBe('');
        expect(report.shortage === null).toBe(report.unplaced.length === 0);
        let missing = 0;
        for (const one of report.shortage?.shortages ?? []) {
          missing += one.unplaced;
          expect(one.submissions.length - one.room).toBe(one.unplaced);
          // Nobody outside the shortage may read them, and those inside are full.
          for (const id of one.submissions) {
            for (const reader of given.assessors) {
              if (!isBarred(reader, works.get(id)!)) expect(one.assessors).toContain(reader.id);
            }
          }
          for (const id of one.assessors) {
            const load = report.assignments.filter((each) => each.assessor === id).length;
            expect(load).toBeGreaterThanOrEqual(readers.get(id)!.capacity);
          }
        }
        expect(missing).toBe(report.unplaced.length);
      }),
      { numRuns: 200 },
    );
  });

  it('is told the one change that places the most, and that change does', async () => {
    const given = problem({
      assessors: [assessor('full', { capacity: 1 }), assessor('welsh', { languages: ['cy'], capacity: 9 })],
      submissions: ['1', '2', '3'].map((id) => submission(id)),
    });
    const { shortage, unplaced } = await solveProblemFile(given);
    expect(unplaced).toHaveLength(2);
    expect(shortage?.shortages).toEqual([
      { submissions: ['1', '2', '3'], assessors: ['full'], room: 1, unplaced: 2 },
    ]);
    expect(shortage?.change?.places).toBe(2);
    const [first, ...others] = given.assessors;
    const approved = await solveProblemFile({ ...given, assessors: [{ ...first!, capacity: 3 }, ...others] });
    expect(shortage?.change).toEqual({ kind: 'CAPACITY', assessor: 'full', by: 2, places: 2 });
    expect(approved.unplaced).toEqual([]);
  });

  it('names the approval where only that helps, and nothing where no single change does', async () => {
    const work = [submission('1', { level: 'GILT' })];
    const helped = await solveProblemFile(problem({ assessors: [assessor('a')], submissions: work }));
    expect(helped.shortage?.change).toEqual({ kind: 'LEVEL', assessor: 'a', value: 'GILT', places: 1 });
    expect(helped.unplaced).toEqual([{ submission: '1', reason: '1 level' }]);
    const hopeless = await solveProblemFile(
      problem({ assessors: [assessor('a', { hub: 'South', capacity: 0 })], submissions: work }),
    );
    expect(hopeless.shortage?.change).toBeNull();
  });

  it.each([
    ['assessors.0.capacity', problem({ assessors: [assessor('a', { capacity: -1 })] })],
    ['assessors.0.capacity', problem({ assessors: [assessor('a', { capacity: 1.5 })] })],
    ['assessors.1.id', problem({ assessors: [assessor('a'), assessor('a')] })],
    ['submissions.1.id', problem({ submissions: [submission('s'), submission('s')] })],
    ['weights.hubSpread', problem({ weights: { previousAssessor: 0, hubSpread: -1 } })],
    [
      'current.0.submission',
      problem({ assessors: [assessor('a')], current: [{ submission: 's', assessor: 'a', accepted: true }] }),
    ],
    [
      'current.0.assessor',
      problem({
        submissions: [submission('s')],
        current: [{ submission: 's', assessor: 'a', accepted: false }],
      }),
    ],
    [
      'current.1.submission',
      problem({
        assessors: [assessor('a')],
        submissions: [submission('s')],
        current: [true, false].map((accepted) => ({ submission: 's', assessor: 'a', accepted })),
      }),
    ],
  ])('is refused at %s', (path, given) => {
    const parsed = problemFile.safeParse(given);
    expect(parsed.error?.issues[0]?.path.join('.')).toBe(path);
  });
});
