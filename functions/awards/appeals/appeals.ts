import * as z from 'zod';
import { listAssignments } from '../../assessment/store.ts';
import type { Decision } from '../../moderation/model.ts';
import { decision } from '../../moderation/model.ts';
import { decisionKey, listReadings } from '../../moderation/store.ts';
import type { Person } from '../../people/model.ts';
import { readPeople } from '../../people/store.ts';
import type { Round } from '../../programme/model.ts';
import { moveRegistration } from '../../registration/lifecycle.ts';
import type { Registration } from '../../registration/model.ts';
import { RefusedError } from '../../shared/runtime/errors.ts';
import {
  type Actor,
  alsoChange,
  change,
  create,
  type ExtraWrite,
  read,
  readExisting,
  type Stored,
} from '../../shared/table/change.ts';
import { type Key, queueIndex, registrationPk, stageKey } from '../../shared/table/keys.ts';
import { withoutStored } from '../../shared/table/without-stored.ts';
import { addWorkingDays, endOfLondonDay, londonDate } from '../../shared/time/london.ts';
import { awardsOfSchool, certificateKey } from '../store.ts';
import { type Appeal, appeal } from './model.ts';
import { appealPolicyOf } from './policy.ts';
import { refusalOfAppeal, refusalOfAppealDecision } from './rules.ts';

export const appealKey = (registrationId: string): Key => ({
  pk: registrationPk(registrationId),
  sk: 'APPEAL',
});

/** The appeal of a registration, or undefined. */
export function findAppeal(registrationId: string): Promise<Stored<Appeal> | undefined> {
  return read(appeal, appealKey(registrationId));
}

/** The register entry of a registration's result as it stands, or undefined. */
async function entryOf(of: Registration) {
  return (await awardsOfSchool(of.schoolId)).find(
    (one) => one.registrationId === of.registrationId && one.status === 'CURRENT',
  );
}

/**
 * Takes a school's appeal; its register entry is left out of the public list meanwhile where the policy says so. The
 * same again changes nothing. Throws `RefusedError` with the rule that forbids it.
 */
export async function lodgeAppeal(
  round: Round,
  registration: Registration,
  asked: { readonly ground: string; readonly statement: string },
  actor: Actor,
  now: Date,
): Promise<void> {
  const { registrationId, roundId } = registration;
  const existing = await findAppeal(registrationId);
  if (existing?.ground === asked.ground && existing.statement === asked.statement) return;
  const refusal = refusalOfAppeal(round, registration, existing, asked.ground, now);
  if (refusal !== undefined) throw new RefusedError(refusal);
  const { outcome, level } = await readExisting(decision, decisionKey(registrationId));
  const entry = appealPolicyOf(round).staysEntry ? await entryOf(registration) : undefined;
  const decideBy = addWorkingDays(londonDate(now), appealPolicyOf(round).decisionWorkingDays);
  const next: Appeal = {
    registrationId,
    roundId,
    status: 'LODGED',
    ...asked,
    lodgedBy: actor.id,
    lodgedAt: now.toISOString(),
    against: { outcome, level },
    decideBy,
    stayed: entry?.certificateNumber ?? null,
    escalations: 0,
    decision: null,
    ...queueIndex('APPEAL', endOfLondonDay(decideBy).toISOString()),
  };
  const audit = { action: 'lodge-appeal', actor, reason: asked.ground };
  await create(
    appealKey(registrationId),
    {
      next,
      audit,
      events: [{ name: 'AppealLodged', detail: { registrationId, roundId } }],
      also:
        entry === undefined ? [] : alsoChange(entry, { ...withoutStored(entry), stayed: true }, audit, now),
    },
    now,
    () => new RefusedError('appealed-already'),
  );
}

/** Everybody who has had to do with a case: assessors that were asked, readers, and who decided or confirmed it. */
export async function involvedInCase(registration: Registration): Promise<Set<string>> {
  const { registrationId, roundId } = registration;
  const [assignments, readings, decided] = await Promise.all([
    listAssignments(roundId),
    listReadings(registrationId),
    read(decision, decisionKey(registrationId)),
  ]);
  return new Set([
    ...assignments.filter((one) => one.registrationId === registrationId).map((one) => one.assessorId),
    ...readings.map(({ readerId }) => readerId),
    ...(decided === undefined
      ? []
      : [
          ...decided.judgedBy,
          ...decided.decidedBy,
          ...decided.keptOut.map(({ personId }) => personId),
          decided.confirmedBy,
        ]),
  ]);
}

const stageClaim = z.object({ attempt: z.number().int().default(0) });

/**
 * Decides an appeal. Dismissed: the result stands, a stayed entry comes back. Upheld: the better outcome becomes the
 * decision, an entry at a lower level is replaced, and the award's machine releases it as a new attempt. One
 * transaction. Throws `RefusedError` with the rule that forbids it.
 */
export async function decideAppeal(
  round: Round,
  registration: Registration,
  asker: Person,
  asked: {
    readonly upheld: boolean;
    readonly outcome: Decision['outcome'];
    readonly level: Decision['level'];
    readonly reason: string;
    readonly present: readonly string[];
  },
  now: Date,
): Promise<void> {
  const { registrationId, roundId } = registration;
  const [current, people, involved, decided, entry, claim] = await Promise.all([
    readExisting(appeal, appealKey(registrationId)),
    readPeople([...new Set(asked.present)]),
    involvedInCase(registration),
    readExisting(decision, decisionKey(registrationId)),
    entryOf(registration),
    read(stageClaim, stageKey(registrationPk(registrationId), 'award')),
  ]);
  const present = people.filter(({ roles }) => roles.includes('panel'));
  const refusal =
    present.length < new Set(asked.present).size
      ? 'not-of-panel'
      : refusalOfAppealDecision(
          round,
          registration,
          current,
          involved,
          { upheld: asked.upheld, outcome: asked.outcome, level: asked.level, present },
          asker.personId,
        );
  if (refusal !== undefined) throw new RefusedError(refusal);
  const actor: Actor = { kind: 'person', id: asker.personId };
  const { outcome, level, reason } = asked;
  const decidedBy = present.map(({ personId }) => personId).sort();
  const { queueKey: _queue, queueSort: _due, ...kept } = withoutStored(current);
  const next: Appeal = {
    ...kept,
    status: asked.upheld ? 'UPHELD' : 'DISMISSED',
    decision: { outcome, level, decidedBy, reason, at: now.toISOString() },
  };
  const audit = { action: 'decide-appeal', actor, reason };
  const told = { name: 'AppealDecided', detail: { registrationId, roundId } } as const;
  if (!asked.upheld) {
    const back: readonly ExtraWrite[] =
      entry === undefined || current.stayed === null
        ? []
        : alsoChange(entry, { ...withoutStored(entry), stayed: false }, audit, now);
    await change(appeal, appealKey(registrationId), now, (latest) =>
      latest.status === 'LODGED' ? { next, audit, events: [told], also: back } : undefined,
    );
    return;
  }
  const replaced: Decision = {
    ...withoutStored(decided),
    outcome,
    level,
    reason,
    confirmedBy: asker.personId,
    at: now.toISOString(),
    meeting: null,
    decidedBy,
    keptOut: [],
    onAppeal: true,
  };
  const revoked =
    entry === undefined
      ? []
      : alsoChange(
          entry,
          {
            ...withoutStored(entry),
            status: 'REVOKED' as const,
            stayed: false,
            revoked: { reason: 'Replaced by a higher award on appeal', on: londonDate(now) },
          },
          audit,
          now,
        );
  await moveRegistration(registrationId, now, {
    from: [registration.status],
    to: 'DECIDED',
    ...audit,
    set: { awardedLevel: null },
    events: [
      told,
      ...(entry === undefined
        ? []
        : [
            {
              name: 'AwardRevoked' as const,
              detail: { registrationId, roundId, certificateNumber: entry.certificateNumber },
            },
          ]),
      {
        name: 'DecisionConfirmed',
        detail: { registrationId, roundId, outcome, attempt: (claim?.attempt ?? 0) + 1 },
      },
    ],
    also: [
      ...alsoChange(current, next, audit, now),
      ...alsoChange(decided, replaced, audit, now),
      ...revoked,
      ...(entry === undefined ? [] : [{ delete: certificateKey(registrationId) }]),
    ],
  });
}

/** Counts that an appeal is overdue; the same number again changes nothing. */
export async function countEscalation(registrationId: string, number: number, now: Date): Promise<void> {
  await change(appeal, appealKey(registrationId), now, (current) =>
    current.escalations >= number
      ? undefined
      : {
          next: { ...withoutStored(current), escalations: number },
          audit: {
            action: 'escalate-appeal',
            actor: { kind: 'system', id: 'appeal' },
            reason: 'The appeal has not been decided in time',
          },
          events: [{ name: 'AppealEscalated', detail: { registrationId, roundId: current.roundId } }],
        },
  );
}
