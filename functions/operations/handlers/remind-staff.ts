import * as z from 'zod';
import { listPeople } from '../../people/store.ts';
import { sendMail } from '../../shared/mail/send-mail.ts';
import { requireEnv } from '../../shared/runtime/env.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { personPk } from '../../shared/table/keys.ts';
import { formatDate, londonDate, nextWorkingDay } from '../../shared/time/london.ts';
import { readQueues } from '../queues.ts';
import { operationsTexts } from '../texts.ts';

/** On working days, one mail to each administrator with what has waited too long in which queue; none where nothing has. */
export const handler = taskHandler(
  z.object({ scheduledAt: z.string() }),
  z.object({ sent: z.number().int() }),
  async (_input, { now }) => {
    const today = londonDate(now);
    if (nextWorkingDay(today) !== today) return { sent: 0 };
    const overdue = (await readQueues(now)).filter((one) => one.overdue > 0);
    if (overdue.length === 0) return { sent: 0 };
    const count = overdue.reduce((sum, one) => sum + one.overdue, 0);
    const admins = await listPeople('admin');
    for (const { personId, name, email, language } of admins) {
      const text = (key: string, values: Record<string, string | number>): string =>
        operationsTexts.text(language, key, values);
      const list = overdue
        .map(({ queue, waiting, overdue: late }) =>
          text('emails.overdue.line', { queue: text(`queues.${queue}`, {}), overdue: late, waiting }),
        )
        .join('\n');
      await sendMail(
        {
          collection: personPk(personId),
          cause: `overdue-${today}`,
          to: email,
          language,
          subject: text('emails.overdue.subject', { count, day: formatDate(today, language) }),
          text: text('emails.overdue.text', {
            name,
            list,
            url: new URL('/admin/', requireEnv('SITE_URL')).href,
          }),
        },
        now,
      );
    }
    return { sent: admins.length };
  },
);
