import type { Reader } from '../assessment/rules.ts';
import { moveRegistration } from '../registration/lifecycle.ts';
import type { Registration } from '../registration/model.ts';
import { ConcurrentChangeError, RefusedError, WrongStateError } from '../shared/runtime/errors.ts';
import { alsoChange, alsoCreate, type ExtraWrite } from '../shared/table/change.ts';
import { isSitting, type Sitting } from './meetings.ts';
import type { Decision } from './model.ts';
import { type Confirmation, decidersOf, refusalOfConfirmation } from './rules.ts';
import { decisionKey, findOutcome, meetingKey } from './store.ts';

/** What a panel member asks to confirm for one registration. */
export interface AskedConfirmation extends Confirmation {
  readonly feedback?: string | undefined;
}

/**
 * Confirms a proposed outcome in a meeting of the panel, or another one with a reason: decision, proposed outcome and
 * registration change in one transaction, and the award's machine starts. Of those present as many as the quorum must be
 * free to decide this very case. Throws `RefusedError` with the rule that forbids it.
 */
export async function confirm(
  member: Reader,
  registration: Registration,
  asked: AskedConfirmation,
  { meeting, present }: Sitting,
  now: Date,
): Promise<void> {
  const { registrationId, roundId } = registration;
  const proposed = await findOutcome(registrationId);
  const refusal = refusalOfConfirmation(member, registration, proposed, asked);
  if (refusal !== undefined) throw new RefusedError(refusal);
  if (proposed === undefined) throw new RefusedError('not-proposed');
  if (!isSitting(meeting, now)) throw new RefusedError('meeting-over');
  if (!meeting.present.includes(member.personId)) throw new RefusedError('not-present');
  const { decidedBy, keptOut } = decidersOf(present, registration, proposed);
  if (decidedBy.length < meeting.quorum) throw new RefusedError('no-quorum');
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
    meeting: meeting.number,
    decidedBy,
    keptOut,
    onAppeal: false,
  };
  const { queueKey: _queue, queueSort: _due, ...kept } = proposed;
  const audit = {
    action: 'confirm-outcome',
    actor,
    ...(asked.reason === undefined ? {} : { reason: asked.reason }),
  };
  const also: readonly ExtraWrite[] = [
    ...alsoCreate(decisionKey(registrationId), decided, audit, now),
    ...alsoChange(proposed, { ...kept, status: 'CONFIRMED' as const, meeting: meeting.number }, audit, now),
    {
      check: meetingKey(roundId, meeting.number),
      condition: {
        expression: '#status = :open',
        names: { '#status': 'status' },
        values: { ':open': 'OPEN' },
      },
    },
  ];
  try {
    await moveRegistration(registrationId, now, {
      from: ['IN_MODERATION'],
      to: 'DECIDED',
      ...audit,
      events: [{ name: 'DecisionConfirmed', detail: { registrationId, roundId, outcome: asked.outcome } }],
      also,
      refusals: { [also.length - 1]: () => new RefusedError('meeting-over') },
    });
  } catch (error) {
    if (error instanceof WrongStateError) throw new RefusedError('not-proposed');
    if (error instanceof ConcurrentChangeError) throw new RefusedError('changed-meanwhile');
    throw error;
  }
}
