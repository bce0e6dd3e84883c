import * as z from 'zod';
import { panelPage } from '../../assessment/pages.ts';
import { listPeople } from '../../people/store.ts';
import { readRound } from '../../programme/store.ts';
import type { Registration } from '../../registration/model.ts';
import { readRegistration } from '../../registration/store.ts';
import { sendMail } from '../../shared/mail/send-mail.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { registrationPk, roundPk } from '../../shared/table/keys.ts';
import { londonDate } from '../../shared/time/london.ts';
import { escalateCase, giveReading } from '../cases.ts';
import { writeToReader } from '../mail.ts';
import { findCase } from '../store.ts';
import { texts } from '../texts.ts';

const input = z.object({
  registrationId: z.string(),
  about: z.enum(['READER', 'PANEL']),
  correlationId: z.string(),
});
const output = z.object({ escalations: z.number().int() });

/**
 * Counts an escalation. Where nobody could read the case, it looks again (a profile may have changed) and writes to the
 * admins; what the panel has not confirmed stands in its queue, the longest overdue first, and panel and admins are told.
 */
export const handler = taskHandler(input, output, async ({ registrationId, about }, { now }) => {
  const registration = await readRegistration(registrationId);
  const before = await findCase(registrationId);
  if (about === 'READER' && before !== undefined) {
    const kind = before.status === 'ADJUDICATION' ? 'ADJUDICATION' : 'SECOND_READING';
    const reading = await giveReading(registration, await readRound(registration.roundId), kind, now);
    if (reading !== undefined) {
      await writeToReader(reading, 'reading', `reading-${reading.readingId}`, now);
      return { escalations: before.escalations };
    }
    for (const admin of await listPeople('admin')) {
      const values = {
        name: admin.name,
        school: registration.school.name,
        reference: registration.reference,
        page: panelPage(registrationId),
      };
      await sendMail(
        {
          collection: registrationPk(registrationId),
          cause: `no-reader-${before.escalations + 1}-${admin.personId}`,
          to: admin.email,
          language: admin.language,
          subject: texts.text(admin.language, 'emails.no-reader.subject', values),
          text: texts.text(admin.language, 'emails.no-reader.text', values),
        },
        now,
      );
    }
  }
  if (about === 'PANEL') await writeToPanel(registration, now);
  const { escalations } = await escalateCase(registrationId, about, now);
  return { escalations };
});

/** Tells the panel and the admins that outcomes wait past their day: each person once a day, however many wait. */
async function writeToPanel(registration: Registration, now: Date): Promise<void> {
  const people = [...(await listPeople('panel')), ...(await listPeople('admin'))];
  for (const person of new Map(people.map((one) => [one.personId, one])).values()) {
    const values = {
      name: person.name,
      school: registration.school.name,
      reference: registration.reference,
      page: panelPage(registration.registrationId),
    };
    await sendMail(
      {
        collection: roundPk(registration.roundId),
        cause: `not-confirmed-${londonDate(now)}-${person.personId}`,
        to: person.email,
        language: person.language,
        subject: texts.text(person.language, 'emails.not-confirmed.subject', values),
        text: texts.text(person.language, 'emails.not-confirmed.text', values),
      },
      now,
    );
  }
}
