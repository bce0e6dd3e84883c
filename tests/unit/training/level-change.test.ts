import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deadlineFor } from '../../../functions/programme/deadlines.ts';
import { levels } from '../../../functions/programme/model.ts';
import { RefusedError } from '../../../functions/shared/runtime/errors.ts';
import { allowedLevels, checkLevelChange } from '../../../functions/training/level-change.ts';
import { sampleRegistration, sampleRound } from '../../support/school-year.ts';

const round = sampleRound();
const cutOff = deadlineFor(round, { movedDeadlines: {} }, 'levelChangeCutOff');
const before = new Date(cutOff.getTime() - 1000);
const codeOf = (run: () => void): string | undefined => {
  try {
    run();
    return undefined;
  } catch (error) {
    return error instanceof RefusedError ? error.code : String(error);
  }
};

describe('changes of the target level', () => {
  it('allows Outreach to Gilt five weeks before the deadline and refuses Gilt to Outreach ten days before', () => {
    const due = deadlineFor(round, { movedDeadlines: {} }, 'submissionDue').getTime();
    const day = 24 * 3600 * 1000;
    const outreach = sampleRegistration({ targetLevel: 'OUTREACH', targetLevelConfirmed: true });
    expect(codeOf(() => checkLevelChange(round, outreach, 'GILT', new Date(due - 36 * day)))).toBeUndefined();
    const gilt = sampleRegistration({ targetLevel: 'GILT', targetLevelConfirmed: true });
    expect(codeOf(() => checkLevelChange(round, gilt, 'OUTREACH', new Date(due - 10 * day)))).toBe(
      'level-change-too-late',
    );
  });

  it('never reaches the top level by a change once a level is confirmed', () => {
    for (const targetLevel of ['PSQM', 'GILT'] as const) {
      const registration = sampleRegistration({ targetLevel, targetLevelConfirmed: true });
      expect(codeOf(() => checkLevelChange(round, registration, 'OUTREACH', before))).toBe(
        'level-change-not-allowed',
      );
    }
  });

  it('leaves every other level open until one is confirmed', () => {
    const registration = sampleRegistration({ targetLevel: 'PSQM', targetLevelConfirmed: false });
    expect(allowedLevels(round, registration, before)).toEqual(['GILT', 'OUTREACH']);
  });

  it("closes at the last millisecond of the cut-off day, the school's own where it was moved", () => {
    const registration = sampleRegistration({ targetLevel: 'PSQM' });
    expect(allowedLevels(round, registration, cutOff)).not.toEqual([]);
    expect(allowedLevels(round, registration, new Date(cutOff.getTime() + 1))).toEqual([]);
    const moved = sampleRegistration({
      targetLevel: 'PSQM',
      movedDeadlines: { levelChangeCutOff: '2028-01-01' },
    });
    expect(allowedLevels(round, moved, new Date(cutOff.getTime() + 1))).not.toEqual([]);
  });

  it('refuses exactly what the list does not offer', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...levels),
        fc.constantFrom(...levels),
        fc.boolean(),
        fc.integer({ min: -1e10, max: 1e10 }),
        (from, to, confirmed, shift) => {
          const registration = sampleRegistration({ targetLevel: from, targetLevelConfirmed: confirmed });
          const now = new Date(cutOff.getTime() + shift);
          expect(codeOf(() => checkLevelChange(round, registration, to, now)) === undefined).toBe(
            allowedLevels(round, registration, now).includes(to),
          );
        },
      ),
    );
  });
});
