import { deadlineFor } from '../programme/deadlines.ts';
import { type Level, levels, type Round } from '../programme/model.ts';
import type { Registration } from '../registration/model.ts';
import { RefusedError } from '../shared/runtime/errors.ts';

type LevelRound = Pick<Round, 'calendar' | 'policies'>;
type LevelRegistration = Pick<Registration, 'movedDeadlines' | 'targetLevel' | 'targetLevelConfirmed'>;

/**
 * The levels to which the target can be changed at `now` (domain.md 1.1, notice of October 2015): until the cut-off,
 * one month before the deadline, any other level before the hub leader has confirmed one, afterwards only the pairs of
 * the round's policy, which leave out the step up to the top level.
 */
export function allowedLevels(round: LevelRound, registration: LevelRegistration, now: Date): Level[] {
  if (now > deadlineFor(round, registration, 'levelChangeCutOff')) return [];
  const from = registration.targetLevel;
  return levels.filter(
    (to) =>
      to !== from &&
      (!registration.targetLevelConfirmed ||
        round.policies.levelChanges.some((pair) => pair.from === from && pair.to === to)),
  );
}

/** Throws `RefusedError` saying why the target cannot become `to` at `now`. */
export function checkLevelChange(
  round: LevelRound,
  registration: LevelRegistration,
  to: Level,
  now: Date,
): void {
  if (to === registration.targetLevel) throw new RefusedError('level-is-the-same', { field: 'level' });
  if (now > deadlineFor(round, registration, 'levelChangeCutOff'))
    throw new RefusedError('level-change-too-late', { field: 'level' });
  if (!allowedLevels(round, registration, now).includes(to)) {
    throw new RefusedError('level-change-not-allowed', {
      field: 'level',
      values: { from: registration.targetLevel, to },
    });
  }
}
