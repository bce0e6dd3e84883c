import { changesHaveAuditAndEvent, countInterruptedEmails, emailsOnce, eventsPublished } from './changes.ts';
import { frozenHashes } from './frozen.ts';
import {
  noAssessorOnConflict,
  noAwardWithoutConfirmation,
  nobodyDecidesOwn,
  oneActiveRegistration,
} from './judging.ts';
import { moneyBalances } from './money.ts';
import { executionsEndedOrWait, stagesClaimedOnce } from './runs.ts';
import type { Item, Snapshot } from './snapshot.ts';
import { Table } from './table.ts';
import type { InvariantName, Violation } from './violation.ts';

export { type InvariantName, invariantNames, type Violation } from './violation.ts';

export interface VerifyOptions {
  readonly submissionsBucket: string;
  readonly now: Date;
}

/** Recomputes every invariant; an empty list is a clean store. */
export async function verify(snapshot: Snapshot, options: VerifyOptions): Promise<Violation[]> {
  const table = new Table(snapshot.items);
  const { now, submissionsBucket } = options;
  return [
    ...moneyBalances(table),
    ...oneActiveRegistration(table),
    ...noAssessorOnConflict(table),
    ...(await frozenHashes(table, snapshot, submissionsBucket)),
    ...nobodyDecidesOwn(table),
    ...noAwardWithoutConfirmation(table),
    ...changesHaveAuditAndEvent(table, now),
    ...executionsEndedOrWait(table, snapshot, now),
    ...(await stagesClaimedOnce(table, snapshot)),
    ...eventsPublished(table, now),
    ...emailsOnce(table),
  ];
}

/** Emails whose sending was interrupted, counted apart from violations. */
export function interruptedEmails(items: readonly Item[]): number {
  return countInterruptedEmails(new Table(items));
}

/** Violations by invariant, zeros included: what the report shows. */
export function countViolations(violations: readonly Violation[]): Record<InvariantName, number> {
  const counts = {
    'money-balances': 0,
    'one-active-registration-per-school': 0,
    'no-assessor-on-a-conflict': 0,
    'frozen-hash-equals-stored': 0,
    'nobody-decides-their-own-review': 0,
    'no-award-without-confirmation-and-money': 0,
    'every-change-has-audit-and-event': 0,
    'every-execution-ended-or-waits': 0,
    'no-stage-claimed-twice': 0,
    'every-event-published': 0,
    'no-email-twice': 0,
  } satisfies Record<InvariantName, number>;
  for (const { invariant } of violations) counts[invariant]++;
  return counts;
}
