import type { Round } from '../../programme/model.ts';
import { lotOf } from '../lots.ts';
import type { BarRule, Unplaced } from '../model.ts';
import { barredBy, capacityOf, type ReadableSubmission, type Reader } from '../rules.ts';
import type { Place, SolvedPair } from './records.ts';
import type { Approval } from './shortage.ts';
import type { Pair, SolverProblem, SolverResult, SolverSubmission } from './solve.ts';

/** All that an allocation rests on, as gathered. */
export interface AllocationFacts {
  readonly round: Round;
  readonly assessors: readonly Reader[];
  /** Frozen submissions that have no assessor. */
  readonly open: readonly (ReadableSubmission & { readonly previousAssessor: string | null })[];
  /** Submissions that have one, with what the soft rules ask about them. */
  readonly held: readonly (ReadableSubmission & { readonly previousAssessor: string | null })[];
  readonly places: ReadonlyMap<string, Place>;
  readonly barred: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Of one submission: who may read it, and how many each rule bars. */
export interface Eligibility {
  readonly candidates: readonly string[];
  readonly barred: Partial<Record<BarRule, number>>;
}

/** Who may read a submission: the first rule that applies to each of the others counts. */
export function eligibilityOf(
  submission: ReadableSubmission,
  assessors: readonly Reader[],
  barredBefore: ReadonlySet<string>,
): Eligibility {
  const candidates: string[] = [];
  const barred: Partial<Record<BarRule, number>> = {};
  for (const reader of assessors) {
    const rule = barredBy(reader, submission, barredBefore);
    if (rule === undefined) candidates.push(reader.personId);
    else barred[rule] = (barred[rule] ?? 0) + 1;
  }
  return { candidates, barred };
}

/** The problem for the solver. What is offered or accepted stays: nobody's work moves because of somebody else. */
export function problemOf(
  facts: AllocationFacts,
  eligibility: ReadonlyMap<string, Eligibility>,
): SolverProblem {
  const { round, places } = facts;
  const shaped = (one: AllocationFacts['open'][number]): SolverSubmission => ({
    id: one.registrationId,
    lot: lotOf(round.roundId, one.schoolId),
    candidates: eligibility.get(one.registrationId)?.candidates ?? [],
    hub: one.hubId ?? 'none',
    level: one.targetLevel,
    previousAssessor: one.previousAssessor,
  });
  const fixed: Pair[] = facts.held.flatMap(({ registrationId }) => {
    const assessor = places.get(registrationId)?.assessorId;
    return assessor === undefined ? [] : [{ submission: registrationId, assessor }];
  });
  return {
    assessors: facts.assessors.map((reader) => ({
      id: reader.personId,
      lot: lotOf(round.roundId, reader.email),
      capacity: capacityOf(reader, round),
    })),
    submissions: [...facts.open, ...facts.held].map(shaped),
    weights: round.policies.assessment.weights,
    fixed,
  };
}

/**
 * Approvals of a level or a language that the given assessors lack and that alone would open some of the contested
 * submissions to them.
 */
export function approvalsOf(
  facts: AllocationFacts,
  contested: ReadonlySet<string>,
  assessors: ReadonlySet<string>,
): Approval[] {
  const none: ReadonlySet<string> = new Set();
  const works = facts.open.filter(({ registrationId }) => contested.has(registrationId));
  return facts.assessors
    .filter(({ personId }) => assessors.has(personId))
    .flatMap((reader) => {
      const barred = (work: ReadableSubmission, before: Reader): BarRule | undefined =>
        barredBy(before, work, facts.barred.get(work.registrationId) ?? none);
      const opened = new Map<string, Approval & { submissions: string[] }>();
      for (const work of works) {
        const rule = barred(work, reader);
        if (reader.assessor === null || (rule !== 'LEVEL' && rule !== 'LANGUAGE')) continue;
        const { levels, languages } = reader.assessor;
        const profile =
          rule === 'LEVEL'
            ? { ...reader.assessor, levels: [...levels, work.targetLevel] }
            : { ...reader.assessor, languages: [...languages, work.language] };
        if (barred(work, { ...reader, assessor: profile }) !== undefined) continue;
        const value = rule === 'LEVEL' ? work.targetLevel : work.language;
        const key = `${rule} ${value}`;
        const known = opened.get(key) ?? { assessor: reader.personId, rule, value, submissions: [] };
        known.submissions.push(work.registrationId);
        opened.set(key, known);
      }
      return [...opened.values()];
    });
}

/** What was solved as pairs with their explanations, and what stays unplaced with its reason. */
export function explain(
  facts: AllocationFacts,
  eligibility: ReadonlyMap<string, Eligibility>,
  result: SolverResult,
): { pairs: SolvedPair[]; unplaced: Unplaced[] } {
  const open = new Map(facts.open.map((one) => [one.registrationId, one]));
  const hubs = new Map([...facts.open, ...facts.held].map((one) => [one.registrationId, one.hubId]));
  const loads = new Map<string, number>();
  const sameHub = new Map<string, number>();
  const cell = ({ submission, assessor }: Pair): string => `${hubs.get(submission) ?? 'none'}#${assessor}`;
  for (const pair of result.assignments) {
    loads.set(pair.assessor, (loads.get(pair.assessor) ?? 0) + 1);
    sameHub.set(cell(pair), (sameHub.get(cell(pair)) ?? 0) + 1);
  }
  const pairs = result.assignments.flatMap((pair): SolvedPair[] => {
    const submission = open.get(pair.submission);
    if (submission === undefined) return [];
    const found = eligibility.get(pair.submission) ?? { candidates: [], barred: {} };
    const number = (facts.places.get(pair.submission)?.offers ?? 0) + 1;
    return [
      {
        registrationId: pair.submission,
        assignmentId: `${pair.submission}.${number}`,
        assessorId: pair.assessor,
        explanation: {
          eligible: found.candidates.length,
          barred: found.barred,
          load: loads.get(pair.assessor) ?? 0,
          maximumLoad: result.maximumLoad,
          previousAssessor: submission.previousAssessor === pair.assessor,
          sameHub: sameHub.get(cell(pair)) ?? 0,
        },
      },
    ];
  });
  const unplaced = result.unplaced.map((registrationId): Unplaced => {
    const { candidates, barred } = eligibility.get(registrationId) ?? { candidates: [], barred: {} };
    return { registrationId, ...describeUnplaced(candidates.length, barred), barred };
  });
  return { pairs, unplaced };
}

/** Why nobody can be given a submission: of how many candidates, and how many each rule bars. */
export function describeUnplaced(
  candidates: number,
  barred: Partial<Record<BarRule, number>>,
): Pick<Unplaced, 'code' | 'reason'> {
  const rules = describeBarred(barred);
  if (candidates === 0) return { code: 'NO_ASSESSOR', reason: rules === '' ? 'no assessors' : rules };
  const who = candidates === 1 ? 'the only assessor' : `all ${candidates} assessors`;
  const full = `${who} whom no rule bars have as many as they take`;
  return { code: 'NO_CAPACITY', reason: rules === '' ? full : `${full}; ${rules}` };
}

const ruleWords: Readonly<Record<BarRule, string>> = {
  NOT_DECLARED: 'conflicts not declared for the round',
  OWN_HUB: 'own hub',
  OWN_SCHOOL: 'own school',
  EMPLOYER: 'employer',
  CONFLICT: 'declared conflict',
  BARRED_BEFORE: 'declined, silent or given back before',
  LEVEL: 'level',
  LANGUAGE: 'language',
};

/** "31 own hub, 57 language": assessors that each rule bars, the most first. */
export function describeBarred(barred: Partial<Record<BarRule, number>>): string {
  return Object.entries(ruleWords)
    .flatMap(([rule, words]) => {
      const count = Object.entries(barred).find(([name]) => name === rule)?.[1] ?? 0;
      return count === 0 ? [] : [{ words, count }];
    })
    .sort((a, b) => b.count - a.count)
    .map(({ words, count }) => `${count} ${words}`)
    .join(', ');
}
