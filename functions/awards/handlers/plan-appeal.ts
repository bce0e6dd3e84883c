import * as z from 'zod';
import { readRegistration } from '../../registration/store.ts';
import { causeTo } from '../../shared/mail/duties.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { queryCollection, readExisting } from '../../shared/table/change.ts';
import { registrationPk } from '../../shared/table/keys.ts';
import { beginDecision } from '../../shared/waits/waits.ts';
import { schoolTeam } from '../../training/recipients.ts';
import { appealKey } from '../appeals/appeals.ts';
import { APPEAL_CAUSE } from '../appeals/letters.ts';
import { appeal } from '../appeals/model.ts';
import { appealStep, nextAppealStep } from '../appeals/rules.ts';

const input = z.object({ registrationId: z.string(), correlationId: z.string() });

/** Decides what the machine of an appeal does next. */
export const handler = taskHandler(input, appealStep, async ({ registrationId }, { now }) => {
  const pk = registrationPk(registrationId);
  await beginDecision(pk, 'appeal', now);
  const [registration, current, emails] = await Promise.all([
    readRegistration(registrationId),
    readExisting(appeal, appealKey(registrationId)),
    queryCollection(pk, `EMAIL#${APPEAL_CAUSE}`),
  ]);
  const sent = new Set(emails.filter(({ status }) => status === 'SENT').map(({ cause }) => String(cause)));
  const owes = (what: string): boolean =>
    schoolTeam(registration).some((to) => !sent.has(causeTo(`${APPEAL_CAUSE}${what}`, to)));
  return nextAppealStep(current, { lodged: owes('lodged'), decided: owes('decided') }, now);
});
