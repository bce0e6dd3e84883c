import * as z from 'zod';
import { moderatorPage } from '../../assessment/pages.ts';
import { findPerson } from '../../people/store.ts';
import type { Round } from '../../programme/model.ts';
import { readRound } from '../../programme/store.ts';
import { readRegistration } from '../../registration/store.ts';
import { sendMail } from '../../shared/mail/send-mail.ts';
import { inParallel } from '../../shared/runtime/in-parallel.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { change } from '../../shared/table/change.ts';
import { personPk } from '../../shared/table/keys.ts';
import { formatDate } from '../../shared/time/london.ts';
import { type Draw, type DrawnReview, draw } from '../model.ts';
import { drawKey, listDrawn, listReadings } from '../store.ts';
import { texts } from '../texts.ts';

const input = z.object({
  roundId: z.string(),
  attempt: z.number().int().positive(),
  correlationId: z.string(),
});
const output = z.object({ moderators: z.number().int() });
const PARALLEL = 4;

/** One email to each moderator for all that a draw gives them; the same draw again sends nothing twice. */
export const handler = taskHandler(input, output, async ({ roundId, attempt }, { now }) => {
  const round = await readRound(roundId);
  const drawn = (await listDrawn(roundId)).filter((one) => one.attempt === attempt);
  const batches = [...Map.groupBy(drawn, ({ readerId }) => readerId)];
  await inParallel(batches, PARALLEL, async ([readerId, batch]) => {
    if (readerId !== null) await write(readerId, batch, round, attempt, now);
  });
  await change(draw, drawKey(roundId, attempt), now, (current) => {
    if (current.status === 'COMPLETED') return undefined;
    const { pk: _pk, sk: _sk, version: _version, ...rest } = current;
    const next: Draw = { ...rest, status: 'COMPLETED' };
    return {
      next,
      audit: { action: 'write-to-moderators', actor: { kind: 'system', id: 'moderation' } },
      events: [{ name: 'ModeratorsWritten', detail: { roundId, attempt } }],
    };
  });
  return { moderators: batches.filter(([readerId]) => readerId !== null).length };
});

async function write(
  readerId: string,
  batch: readonly DrawnReview[],
  round: Round,
  attempt: number,
  now: Date,
): Promise<void> {
  const person = await findPerson(readerId);
  if (person === undefined) return;
  const { language } = person;
  const given = await Promise.all(
    batch.map(async ({ registrationId }) => ({
      registration: await readRegistration(registrationId),
      reading: (await listReadings(registrationId)).find((one) => one.readerId === readerId),
    })),
  );
  const made = given.filter(({ reading }) => reading !== undefined);
  const due = made.map(({ reading }) => reading?.dueOn ?? '').sort()[0];
  if (due === undefined) return;
  const lines = made.map(({ registration: { school, targetLevel } }) =>
    texts.text(language, 'emails.readings.line', {
      school: school.name,
      town: school.town,
      level: texts.text(language, `levels.${targetLevel}`),
    }),
  );
  const values = {
    name: person.name,
    round: round.label[language],
    count: made.length,
    list: lines.join('\n'),
    due: formatDate(due, language),
    page: moderatorPage(),
  };
  await sendMail(
    {
      collection: personPk(readerId),
      cause: `readings-${round.roundId}-${attempt}`,
      to: person.email,
      language,
      subject: texts.text(language, 'emails.readings.subject', values),
      text: texts.text(language, 'emails.readings.text', values),
    },
    now,
  );
}
