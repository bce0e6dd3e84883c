import * as z from 'zod';
import { deadlineFor } from '../../programme/deadlines.ts';
import { readRound } from '../../programme/store.ts';
import { readRegistration } from '../../registration/store.ts';
import { schoolPage } from '../../shared/mail/links.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { create } from '../../shared/table/change.ts';
import { formatDateTime } from '../../shared/time/london.ts';
import { sendLetter } from '../../training/letters.ts';
import { schoolTeam } from '../../training/recipients.ts';
import { letterTexts } from '../letter-texts.ts';
import { type Submission, submissionKey } from '../model.ts';
import { findSubmission } from '../store.ts';
import { texts } from '../texts.ts';

/** Opens a school's submission and tells head and subject leaders. Safe to repeat. */
export const handler = taskHandler(
  z.object({ registrationId: z.string().min(1) }),
  z.object({ told: z.number().int() }),
  async ({ registrationId }, { now }) => {
    const registration = await readRegistration(registrationId);
    const { roundId } = registration;
    const round = await readRound(roundId);
    if ((await findSubmission(registrationId)) === undefined) {
      await create<Submission>(
        submissionKey(registrationId),
        {
          next: {
            registrationId,
            roundId,
            status: 'OPEN',
            openedAt: now.toISOString(),
            exchanges: [],
            signOff: null,
            declaration: null,
            frozenVersion: 0,
          },
          audit: { action: 'submission.open', actor: { kind: 'system', id: 'open-submission' } },
          events: [{ name: 'SubmissionOpened', detail: { registrationId, roundId } }],
        },
        now,
      );
    }
    const told = await sendLetter(
      registrationId,
      {
        texts: letterTexts,
        template: 'open',
        cause: 'submission-open',
        recipients: schoolTeam(registration),
        values: (language) => ({
          school: registration.school.name,
          level: texts.text(language, `levels.${registration.targetLevel}`),
          signOffDue: formatDateTime(deadlineFor(round, registration, 'signOffDue'), language),
          submissionDue: formatDateTime(deadlineFor(round, registration, 'submissionDue'), language),
          page: schoolPage(registrationId),
        }),
      },
      now,
    );
    return { told };
  },
);
