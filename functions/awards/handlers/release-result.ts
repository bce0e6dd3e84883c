import * as z from 'zod';
import { type Decision, decision } from '../../moderation/model.ts';
import { decisionKey } from '../../moderation/store.ts';
import { isSettled } from '../../payments/store.ts';
import { readRound } from '../../programme/store.ts';
import { moveRegistration } from '../../registration/lifecycle.ts';
import { readRegistration } from '../../registration/store.ts';
import { WrongStateError } from '../../shared/runtime/errors.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { alsoCreate, readExisting } from '../../shared/table/change.ts';
import type { Award } from '../model.ts';
import { bringsAward, releaseAt } from '../rules.ts';
import { awardKey, findCertificate, findHold, registerIndex } from '../store.ts';

/** Why an outcome was proposed, where the panel confirmed it without a word of its own. */
const BASIS: Readonly<Record<Decision['proposed']['basis'], string>> = {
  FIRST_READING: 'The assessor recommended it, and the panel confirmed it',
  AGREEMENT: 'Both readings recommended it, and the panel confirmed it',
  ADJUDICATION: 'The adjudicator decided it, and the panel confirmed it',
};

const input = z.object({ registrationId: z.string(), correlationId: z.string() });
const output = z.object({ released: z.boolean() });

/**
 * Releases a result in one moment: status, register entry, events. It looks once more at the day, the money and the
 * hold; where one of them stands in the way now, nothing happens and the machine decides again. Safe to repeat.
 */
export const handler = taskHandler(input, output, async ({ registrationId }, { now }) => {
  const registration = await readRegistration(registrationId);
  const [round, decided, hold, certificate, settled] = await Promise.all([
    readRound(registration.roundId),
    readExisting(decision, decisionKey(registrationId)),
    findHold(registrationId),
    findCertificate(registrationId),
    isSettled(registrationId),
  ]);
  if (registration.status === decided.outcome) return { released: true };
  if (now < releaseAt(round, registration) || hold?.status === 'HELD' || !settled) return { released: false };
  const actor = { kind: 'system', id: 'award' } as const;
  const about = { registrationId, roundId: registration.roundId };
  const { level, outcome } = decided;
  const released = { name: 'ResultReleased', detail: { ...about, outcome } } as const;
  const reason = decided.reason ?? BASIS[decided.proposed.basis];
  const move = { from: ['DECIDED'], to: outcome, action: 'release-result', actor, reason } as const;
  if (!bringsAward(decided)) {
    await moveRegistration(registrationId, now, { ...move, events: [released] });
    return { released: true };
  }
  if (level === null || certificate === undefined)
    throw new WrongStateError(`certificate of ${registrationId}`, 'missing');
  const { certificateNumber } = certificate;
  const entry: Award = {
    certificateNumber,
    schoolId: registration.schoolId,
    schoolName: registration.school.name,
    town: registration.school.town,
    urn: registration.school.urn,
    level,
    roundId: registration.roundId,
    roundLabel: round.label,
    language: registration.language,
    awardedOn: certificate.awardedOn,
    expiresOn: certificate.expiresOn,
    status: 'CURRENT',
    revoked: null,
    registrationId,
    certificateKey: certificate.key,
    ...registerIndex(certificateNumber),
  };
  await moveRegistration(registrationId, now, {
    ...move,
    set: { awardedLevel: level },
    events: [released, { name: 'AwardIssued', detail: { ...about, certificateNumber } }],
    also: alsoCreate(
      awardKey(registration.schoolId, certificateNumber),
      entry,
      { action: 'issue-award', actor },
      now,
    ),
  });
  return { released: true };
});
