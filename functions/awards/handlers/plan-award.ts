import * as z from 'zod';
import { decision } from '../../moderation/model.ts';
import { decisionKey } from '../../moderation/store.ts';
import { isSettled } from '../../payments/store.ts';
import { readRound } from '../../programme/store.ts';
import { readRegistration } from '../../registration/store.ts';
import { causeTo } from '../../shared/mail/duties.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { queryCollection, readExisting } from '../../shared/table/change.ts';
import { registrationPk } from '../../shared/table/keys.ts';
import { beginDecision } from '../../shared/waits/waits.ts';
import { schoolTeam } from '../../training/recipients.ts';
import { LETTER, letterOf } from '../letters.ts';
import { awardStep, nextAwardStep } from '../steps.ts';
import { escalationPrefix, findCertificate, findHold } from '../store.ts';

const input = z.object({ registrationId: z.string(), correlationId: z.string() });

/** Decides what the machine of a decision does next. */
export const handler = taskHandler(input, awardStep, async ({ registrationId }, { now }) => {
  const pk = registrationPk(registrationId);
  await beginDecision(pk, 'award', now);
  const registration = await readRegistration(registrationId);
  const [round, decided, hold, certificate, settled, escalations, emails] = await Promise.all([
    readRound(registration.roundId),
    readExisting(decision, decisionKey(registrationId)),
    findHold(registrationId),
    findCertificate(registrationId),
    isSettled(registrationId),
    queryCollection(pk, escalationPrefix),
    queryCollection(pk, `EMAIL#${LETTER}`),
  ]);
  const sent = new Set(emails.filter(({ status }) => status === 'SENT').map(({ cause }) => String(cause)));
  return nextAwardStep(
    {
      round,
      registration,
      decision: decided,
      hold,
      certificate,
      settled,
      escalated: new Set(escalations.map(({ sk }) => String(sk).slice(escalationPrefix.length))),
      lettersOwed: schoolTeam(registration).filter((to) => !sent.has(causeTo(letterOf(decided), to))).length,
    },
    now,
  );
});
