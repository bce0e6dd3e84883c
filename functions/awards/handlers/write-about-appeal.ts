import * as z from 'zod';
import { readRound } from '../../programme/store.ts';
import { readRegistration } from '../../registration/store.ts';
import { sendMail } from '../../shared/mail/send-mail.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { readExisting } from '../../shared/table/change.ts';
import { schoolTeam } from '../../training/recipients.ts';
import { appealKey } from '../appeals/appeals.ts';
import { appealLetter } from '../appeals/letters.ts';
import { appeal } from '../appeals/model.ts';

const input = z.object({
  registrationId: z.string(),
  what: z.enum(['lodged', 'decided']),
  correlationId: z.string(),
});

/** Writes to the school's team that its appeal was taken, or how it was decided; once each. */
export const handler = taskHandler(
  input,
  z.object({ letters: z.number().int() }),
  async ({ registrationId, what }, { now }) => {
    const [registration, current] = await Promise.all([
      readRegistration(registrationId),
      readExisting(appeal, appealKey(registrationId)),
    ]);
    const round = await readRound(registration.roundId);
    const team = schoolTeam(registration);
    for (const to of team) await sendMail(appealLetter(to, what, round, registration, current), now);
    return { letters: team.length };
  },
);
