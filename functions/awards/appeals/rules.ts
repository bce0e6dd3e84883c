import * as z from 'zod';
import type { Recommendation } from '../../assessment/model.ts';
import { conflictOf, fitsTarget, type ReadableSubmission, type Reader } from '../../assessment/rules.ts';
import { deadlineDay } from '../../programme/deadlines.ts';
import { decidedOutcome, levels, type Round } from '../../programme/model.ts';
import type { Registration } from '../../registration/model.ts';
import { addDays, addWorkingDays, endOfLondonDay } from '../../shared/time/london.ts';
import { waitStep, waitUntil } from '../../shared/waits/waits.ts';
import type { Appeal } from './model.ts';
import { appealPolicyOf } from './policy.ts';

/** Outcomes from the worst to the best for a school. */
const order = [
  'NOT_AWARDED',
  'WORKING_TOWARDS',
  'DEFERRED_FURTHER_EVIDENCE',
  'AWARDED_LOWER',
  'AWARDED',
] as const;

/** How good a result is for the school; of two awards the higher level is better. */
export function rankOf({ outcome, level }: Recommendation): number {
  return order.indexOf(outcome) * 10 + (level === null ? 0 : levels.indexOf(level) + 1);
}

/** Last day on which a school may appeal: the policy's working days after its results day. */
export function appealUntil(
  round: Pick<Round, 'calendar' | 'policies'>,
  registration: Pick<Registration, 'movedDeadlines'>,
): string {
  return addWorkingDays(deadlineDay(round, registration, 'results'), appealPolicyOf(round).windowWorkingDays);
}

export type AppealRefusal =
  | 'no-result'
  | 'full-award'
  | 'appeal-too-late'
  | 'appealed-already'
  | 'no-such-ground';

/** Why a school cannot appeal now, or undefined; `ground` undefined asks whether it could at all. */
export function refusalOfAppeal(
  round: Pick<Round, 'calendar' | 'policies'>,
  registration: Pick<Registration, 'status' | 'movedDeadlines'>,
  existing: Appeal | undefined,
  ground: string | undefined,
  now: Date,
): AppealRefusal | undefined {
  if (existing !== undefined) return 'appealed-already';
  if (!decidedOutcome.safeParse(registration.status).success) return 'no-result';
  if (registration.status === 'AWARDED') return 'full-award';
  if (now > endOfLondonDay(appealUntil(round, registration))) return 'appeal-too-late';
  if (ground !== undefined && !appealPolicyOf(round).grounds.some(({ id }) => id === ground))
    return 'no-such-ground';
  return undefined;
}

export type AppealDecisionRefusal =
  | 'appeal-not-open'
  | 'asker-not-present'
  | 'involved'
  | 'appeal-quorum'
  | 'may-not-lower'
  | 'upheld-needs-better'
  | 'level-does-not-fit';

/**
 * Why those present cannot decide an appeal so, or undefined: everybody of them had no part in the case and has no
 * conflict, they are as many as the policy asks, and the result may not be lowered (domain.md 2.3).
 */
export function refusalOfAppealDecision(
  round: Pick<Round, 'policies'>,
  submission: ReadableSubmission,
  appeal: Pick<Appeal, 'status' | 'against'>,
  involved: ReadonlySet<string>,
  asked: Recommendation & { readonly upheld: boolean; readonly present: readonly Reader[] },
  askerId: string,
): AppealDecisionRefusal | undefined {
  if (appeal.status !== 'LODGED') return 'appeal-not-open';
  if (!asked.present.some(({ personId }) => personId === askerId)) return 'asker-not-present';
  if (
    asked.present.some(
      (member) => involved.has(member.personId) || conflictOf(member, submission) !== undefined,
    )
  )
    return 'involved';
  if (asked.present.length < appealPolicyOf(round).quorum) return 'appeal-quorum';
  if (!fitsTarget(asked, submission.targetLevel)) return 'level-does-not-fit';
  const change = rankOf(asked) - rankOf(appeal.against);
  if (change < 0) return 'may-not-lower';
  if (asked.upheld !== change > 0) return 'upheld-needs-better';
  return undefined;
}

/** What the machine of an appeal does next. */
export const appealStep = z.discriminatedUnion('do', [
  waitStep,
  z.object({ do: z.literal('WRITE'), what: z.enum(['lodged', 'decided']) }),
  z.object({ do: z.literal('ESCALATE'), number: z.number().int().positive() }),
  z.object({ do: z.literal('ENDED'), result: z.string() }),
]);
export type AppealStep = z.output<typeof appealStep>;

/** Days after which panel and admins are told again that an appeal is overdue. */
const TELL_AGAIN_DAYS = 7;

/** The next step of an appeal at `now`: letters that are owed, then the decision by its day, told of weekly after it. */
export function nextAppealStep(
  appeal: Appeal,
  owed: { readonly lodged: boolean; readonly decided: boolean },
  now: Date,
): AppealStep {
  if (owed.lodged) return { do: 'WRITE', what: 'lodged' };
  if (appeal.status !== 'LODGED')
    return owed.decided ? { do: 'WRITE', what: 'decided' } : { do: 'ENDED', result: appeal.status };
  const until = endOfLondonDay(addDays(appeal.decideBy, TELL_AGAIN_DAYS * appeal.escalations));
  if (now > until) return { do: 'ESCALATE', number: appeal.escalations + 1 };
  return waitUntil(
    new Date(until.getTime() + 1),
    'the appeal panel to decide',
    appeal.escalations === 0 ? 'appeal decision due' : 'told of again',
    now,
  );
}
