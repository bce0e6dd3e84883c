import type { Phase } from './form.ts';

/** Primary education ends with year 6, whose children turn 11: who begins at 11 is of secondary age. */
const SECONDARY_FROM = 11;
/** Middle schools keep children longest of the schools with primary-age children alone: to year 8, at 13. */
const OLDEST_BEFORE_UPPER = 13;
const mixedPhases: readonly Phase[] = ['SPECIAL', 'ALL_THROUGH', 'SECONDARY'];

/**
 * What is wrong with ages for a phase: `ages-not-primary` where no child is of primary age, which no phase mends;
 * `ages-to-confirm` where the oldest are above what schools of the phase have. Pages ask it before the form is sent.
 */
export function agesProblem(
  phase: Phase,
  ageFrom: number,
  ageTo: number,
): 'ages-not-primary' | 'ages-to-confirm' | undefined {
  if (ageTo <= ageFrom || phase === 'SECONDARY') return undefined;
  if (ageFrom >= SECONDARY_FROM) return 'ages-not-primary';
  return ageTo > OLDEST_BEFORE_UPPER && !mixedPhases.includes(phase) ? 'ages-to-confirm' : undefined;
}
