import type { ProblemFile } from '../../functions/assessment/allocation/problem-file.ts';

export interface AllocationSize {
  readonly submissions: number;
  readonly assessors: number;
  /** Assessors whom no rule bars from a submission. */
  readonly candidates: number;
  /** What all assessors can take, as a share of the submissions. */
  readonly capacity: number;
  /** Every other submission has an assessor now, a third of these accepted. */
  readonly again: boolean;
}

/** A problem of a size, invented by a seed: the same size and seed give the same problem. */
export function inventProblem(size: AllocationSize, seed: number): ProblemFile {
  const random = randomNumbers(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const each = (size.submissions * size.capacity) / size.assessors;
  const hubs = Math.max(2, Math.round(size.submissions / 40));
  const levels: string[][] = Array.from({ length: size.assessors }, () => []);
  const submissions: ProblemFile['submissions'] = [];
  const current: ProblemFile['current'] = [];
  for (let index = 0; index < size.submissions; index++) {
    const id = `S${index}`;
    const chosen = new Set<number>();
    while (chosen.size < Math.min(size.candidates, size.assessors)) chosen.add(below(size.assessors));
    // A level of its own for each submission makes any candidates possible within the format.
    for (const assessor of chosen) levels[assessor]?.push(id);
    const [first, second] = chosen;
    submissions.push({
      id,
      hub: `H${below(hubs)}`,
      school: `School ${index}`,
      trust: null,
      level: id,
      language: 'en',
      previousAssessor: random() < 0.4 ? `A${first}` : null,
    });
    if (size.again && index % 2 === 0) {
      current.push({ submission: id, assessor: `A${second ?? first}`, accepted: index % 6 === 0 });
    }
  }
  return {
    assessors: levels.map((own, index) => ({
      id: `A${index}`,
      capacity: Math.floor(each * (index + 1)) - Math.floor(each * index),
      hub: `None ${index}`,
      employers: [],
      levels: own,
      languages: ['en'],
      conflicts: [],
    })),
    submissions,
    weights: { previousAssessor: 3, hubSpread: 1 },
    current,
  };
}

/** Random numbers from 0 to 1 by a seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
