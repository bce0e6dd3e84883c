import * as z from 'zod';
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
import { listVersions } from '../../submissions/store.ts';
import { type Allocation, allocation, allocationKey, type SolvedPair } from '../allocation/records.ts';
import { assessorPage } from '../pages.ts';
import { listAllocationPages, readAssignment } from '../store.ts';
import { texts } from '../texts.ts';

const input = z.object({
  roundId: z.string(),
  attempt: z.number().int().positive(),
  pass: z.number().int().positive(),
  correlationId: z.string(),
});
const output = z.object({ assessors: z.number().int() });
const PARALLEL = 4;

/** One email to each assessor for all that one solve offers them; the same solve again sends nothing twice. */
export const handler = taskHandler(input, output, async ({ roundId, attempt, pass }, { now }) => {
  const [round, pages] = await Promise.all([readRound(roundId), listAllocationPages(roundId)]);
  const pairs = pages
    .filter((page) => page.attempt === attempt && page.pass === pass)
    .flatMap((page) => page.pairs);
  const batches = [...Map.groupBy(pairs, ({ assessorId }) => assessorId)];
  await inParallel(batches, PARALLEL, ([assessorId, batch]) =>
    write(assessorId, batch, round, `${attempt}.${pass}`, now),
  );
  await change(allocation, allocationKey(roundId, attempt, pass), now, (current) => {
    if (current.status === 'COMPLETED') return undefined;
    const { pk: _pk, sk: _sk, version: _version, ...rest } = current;
    const next: Allocation = { ...rest, status: 'COMPLETED' };
    return {
      next,
      audit: { action: 'write-to-assessors', actor: { kind: 'system', id: 'allocation' } },
      events: [{ name: 'AllocationCompleted', detail: { roundId } }],
    };
  });
  return { assessors: batches.length };
});

async function write(
  assessorId: string,
  batch: readonly SolvedPair[],
  round: Round,
  solve: string,
  now: Date,
): Promise<void> {
  const person = await findPerson(assessorId);
  if (person === undefined) return;
  const { language } = person;
  const offers = await Promise.all(
    batch.map(async ({ assignmentId, registrationId }) => {
      const [registration, assignment, versions] = await Promise.all([
        readRegistration(registrationId),
        readAssignment(assignmentId).catch(() => undefined),
        listVersions(registrationId),
      ]);
      const files = versions.at(-1)?.files ?? [];
      return { registration, assignment, files };
    }),
  );
  const made = offers.flatMap((one) =>
    one.assignment?.assessorId === assessorId ? [{ ...one, assignment: one.assignment }] : [],
  );
  const first = made[0];
  if (first === undefined) return;
  const lines = made.map(({ registration, files }) =>
    texts.text(language, 'emails.offers.line', {
      school: registration.school.name,
      town: registration.school.town,
      level: texts.text(language, `levels.${registration.targetLevel}`),
      language: texts.text(language, `languages.${registration.language}`),
      files: files.length,
      // A small submission is not nothing.
      size: Math.max(0.1, files.reduce((sum, file) => sum + file.bytes, 0) / 1_000_000).toFixed(1),
    }),
  );
  const values = {
    name: person.name,
    round: round.label[language],
    count: made.length,
    list: lines.join('\n'),
    answerBy: formatDate(new Date(first.assignment.answerBy), language),
    days: round.policies.assessment.completeDays,
    due: formatDate(round.calendar.assessmentDue, language),
    page: assessorPage(),
  };
  await sendMail(
    {
      collection: personPk(assessorId),
      cause: `offers-${round.roundId}-${solve}`,
      to: person.email,
      language,
      subject: texts.text(language, 'emails.offers.subject', values),
      text: texts.text(language, 'emails.offers.text', values),
    },
    now,
  );
}
