import type { Reader } from '../assessment/rules.ts';
import { moveRegistration } from '../registration/lifecycle.ts';
import type { Registration } from '../registration/model.ts';
import { ConcurrentChangeError, RefusedError, WrongStateError } from '../shared/runtime/errors.ts';
import { alsoChange, alsoCreate } from '../shared/table/change.ts';
import type { Decision } from './model.ts';
import { type Confirmation, refusalOfConfirmation } from './rules.ts';
import { decisionKey, findOutcome } from './store.ts';

/** What a panel member asks to confirm for one registration. */
export interface AskedConfirmation extends Confirmation {
  readonly feedback?: string | undefined;
}

/**
 * Confirms a proposed outcome, or another one with a reason: decision, proposed outcome and registration change in one
 * transaction, and the award's machine starts. Throws `RefusedError` with the rule that forbids it.
 */
export async function confirm(
  member: Reader,
  registration: Registration,
  asked: AskedConfirmation,
  now: Date,
): Promise<void> {
  const { registrationId, roundId } = registration;
  const proposed = await findOutcome(registrationId);
  const refusal = refusalOfConfirmation(member, registration, proposed, asked);
  if (refusal !== undefined) throw new RefusedError(refusal);
  if (proposed === undefined) throw new RefusedError('not-proposed');
  const actor = { kind: 'person', id: member.personId } as const;
  const decided: Decision = {
    registrationId,
    roundId,
    outcome: asked.outcome,
    level: asked.level,
    proposed: { outcome: proposed.outcome, level: proposed.level, basis: proposed.basis },
    judgedBy: proposed.judgedBy,
    confirmedBy: member.personId,
    at: now.toISOString(),
    reason: asked.reason ?? null,
    feedback: asked.feedback ?? proposed.feedback,
  };
  const { queueKey: _queue, queueSort: _due, ...kept } = proposed;
  const audit = {
    action: 'confirm-outcome',
    actor,
    ...(asked.reason === undefined ? {} : { reason: asked.reason }),
  };
  try {
    await moveRegistration(registrationId, now, {
      from: ['IN_MODERATION'],
      to: 'DECIDED',
      ...audit,
      events: [{ name: 'DecisionConfirmed', detail: { registrationId, roundId, outcome: asked.outcome } }],
      also: [
        ...alsoCreate(decisionKey(registrationId), decided, audit, now),
        ...alsoChange(proposed, { ...kept, status: 'CONFIRMED' as const }, audit, now),
      ],
    });
  } catch (error) {
    if (error instanceof WrongStateError) throw new RefusedError('not-proposed');
    if (error instanceof ConcurrentChangeError) throw new RefusedError('changed-meanwhile');
    throw error;
  }
}
