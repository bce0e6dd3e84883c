import * as z from 'zod';
import { decision } from '../../moderation/model.ts';
import { decisionKey } from '../../moderation/store.ts';
import { decidedOutcomes } from '../../programme/model.ts';
import { readRound } from '../../programme/store.ts';
import { readRegistration } from '../../registration/store.ts';
import { sendMail } from '../../shared/mail/send-mail.ts';
import { WrongStateError } from '../../shared/runtime/errors.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { readExisting } from '../../shared/table/change.ts';
import { schoolTeam } from '../../training/recipients.ts';
import { loadCertificate } from '../certificate-files.ts';
import { outcomeLetter } from '../letters.ts';
import { bringsAward } from '../rules.ts';
import { findCertificate } from '../store.ts';

const input = z.object({ registrationId: z.string(), correlationId: z.string() });
const output = z.object({ letters: z.number().int() });
const released: readonly string[] = decidedOutcomes;

/** Writes the released result to head and subject leaders, once each. Refuses before the release. */
export const handler = taskHandler(input, output, async ({ registrationId }, { now }) => {
  const registration = await readRegistration(registrationId);
  if (!released.includes(registration.status)) throw new WrongStateError(registrationId, registration.status);
  const [round, decided, certificate] = await Promise.all([
    readRound(registration.roundId),
    readExisting(decision, decisionKey(registrationId)),
    findCertificate(registrationId),
  ]);
  const key = bringsAward(decided) ? certificate?.key : undefined;
  const bytes = key === undefined || key === null ? undefined : await loadCertificate(key);
  const attached = certificate === undefined || bytes === undefined ? undefined : { ...certificate, bytes };
  const recipients = schoolTeam(registration);
  for (const to of recipients) await sendMail(outcomeLetter(to, round, registration, decided, attached), now);
  return { letters: recipients.length };
});
