import * as z from 'zod';
import { readRound } from '../../programme/store.ts';
import { readRegistration } from '../../registration/store.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { queryCollection, readExisting } from '../../shared/table/change.ts';
import { registrationPk } from '../../shared/table/keys.ts';
import { beginDecision } from '../../shared/waits/waits.ts';
import { caseStep, nextCaseStep } from '../case-steps.ts';
import { moderationCase } from '../model.ts';
import { caseKey, findOutcome, listReadings } from '../store.ts';

const input = z.object({ registrationId: z.string(), correlationId: z.string() });

/** Decides what the machine of a moderation case does next. */
export const handler = taskHandler(input, caseStep, async ({ registrationId }, { now }) => {
  const pk = registrationPk(registrationId);
  await beginDecision(pk, 'moderation-case', now);
  const registration = await readRegistration(registrationId);
  const [round, opened, readings, outcome, emails] = await Promise.all([
    readRound(registration.roundId),
    readExisting(moderationCase, caseKey(registrationId)),
    listReadings(registrationId),
    findOutcome(registrationId),
    queryCollection(pk, 'EMAIL#reading-reminder-'),
  ]);
  const sent = new Set(emails.filter(({ status }) => status === 'SENT').map(({ cause }) => String(cause)));
  return nextCaseStep({ round, registration, moderationCase: opened, readings, outcome, sent }, now);
});
