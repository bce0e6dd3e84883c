import * as z from 'zod';
import { deadlineFor } from '../../programme/deadlines.ts';
import { readRound } from '../../programme/store.ts';
import { moveRegistration } from '../../registration/lifecycle.ts';
import { readRegistration } from '../../registration/store.ts';
import { schoolPage } from '../../shared/mail/links.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import type { Actor } from '../../shared/table/change.ts';
import { formatDate } from '../../shared/time/london.ts';
import { letterTexts } from '../letter-texts.ts';
import { hubOf, sendLetter, sessionLines } from '../letters.ts';
import { schoolTeam } from '../recipients.ts';
import { beginTraining } from '../store.ts';

const actor: Actor = { kind: 'system', id: 'invite-school' };

/** Begins a school's training: its record with the hub's sessions, the registration IN_TRAINING, the invitation. Safe to repeat. */
export const handler = taskHandler(
  z.object({ registrationId: z.string().min(1) }),
  z.object({ invited: z.number().int() }),
  async ({ registrationId }, { now }) => {
    const registration = await readRegistration(registrationId);
    const round = await readRound(registration.roundId);
    const training = await beginTraining(registration, round, actor, now);
    await moveRegistration(registrationId, now, {
      from: ['PAID', 'COVERED'],
      to: 'IN_TRAINING',
      action: 'training.start',
      actor,
      events: [
        {
          name: 'TrainingStarted',
          detail: { registrationId, roundId: registration.roundId, hubId: training.hubId },
        },
      ],
    });
    const hub = await hubOf(registration);
    const invited = await sendLetter(
      registrationId,
      {
        texts: letterTexts,
        template: 'invite',
        cause: 'training-invite',
        recipients: schoolTeam(registration),
        values: (language) => ({
          school: registration.school.name,
          reference: registration.reference,
          round: round.label[language],
          hub: hub.name,
          leaders: hub.leaders(language),
          sessions: sessionLines(training.sessions, language),
          actionPlanDue: formatDate(deadlineFor(round, registration, 'actionPlanDue'), language),
          page: schoolPage(registrationId),
        }),
      },
      now,
    );
    return { invited };
  },
);
