import * as z from 'zod';
import { listPeople } from '../../people/store.ts';
import { readRound } from '../../programme/store.ts';
import { readRegistration } from '../../registration/store.ts';
import { sendMail } from '../../shared/mail/send-mail.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { readExisting } from '../../shared/table/change.ts';
import { appealKey, countEscalation } from '../appeals/appeals.ts';
import { appealLetter } from '../appeals/letters.ts';
import { appeal } from '../appeals/model.ts';

const input = z.object({
  registrationId: z.string(),
  number: z.number().int().positive(),
  correlationId: z.string(),
});

/** Tells panel and admins that an appeal is overdue, once for each time, and counts it. Safe to repeat. */
export const handler = taskHandler(
  input,
  z.object({ written: z.number().int() }),
  async ({ registrationId, number }, { now }) => {
    const [registration, current, panel, admins] = await Promise.all([
      readRegistration(registrationId),
      readExisting(appeal, appealKey(registrationId)),
      listPeople('panel'),
      listPeople('admin'),
    ]);
    if (current.status !== 'LODGED' || current.escalations >= number) return { written: 0 };
    const round = await readRound(registration.roundId);
    const people = new Map([...panel, ...admins].map((one) => [one.personId, one]));
    for (const person of people.values()) {
      const to = { ...person, id: person.personId, from: now.toISOString() };
      await sendMail(appealLetter(to, 'overdue', round, registration, current), now);
    }
    await countEscalation(registrationId, number, now);
    return { written: people.size };
  },
);
