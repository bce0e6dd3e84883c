import * as z from 'zod';
import { readRound } from '../../programme/store.ts';
import { moveRegistration } from '../../registration/lifecycle.ts';
import { readRegistration } from '../../registration/store.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import type { Actor } from '../../shared/table/change.ts';
import { registrationPk } from '../../shared/table/keys.ts';
import { endStage } from '../../shared/waits/waits.ts';
import { shortfall } from '../model.ts';
import { shortfallsOf } from '../rules.ts';
import { changeTraining } from '../store.ts';

const actor: Actor = { kind: 'system', id: 'complete-training' };

/** Ends a school's training: what it lacks is written down, the registration READY_TO_SUBMIT. Safe to repeat. */
export const handler = taskHandler(
  z.object({ registrationId: z.string().min(1) }),
  z.object({ shortfalls: z.array(shortfall) }),
  async ({ registrationId }, { now }) => {
    const registration = await readRegistration(registrationId);
    const round = await readRound(registration.roundId);
    const { shortfalls } = await changeTraining(registrationId, now, (current) =>
      current.completedAt !== null
        ? undefined
        : {
            set: {
              completedAt: now.toISOString(),
              shortfalls: shortfallsOf(round, registration, current, now),
            },
            action: 'training.complete',
            actor,
            events: [],
          },
    );
    await moveRegistration(registrationId, now, {
      from: ['IN_TRAINING'],
      to: 'READY_TO_SUBMIT',
      action: 'training.completed',
      actor,
      events: [{ name: 'TrainingCompleted', detail: { registrationId, roundId: registration.roundId } }],
    });
    await endStage(
      registrationPk(registrationId),
      'training',
      shortfalls.length === 0 ? 'COMPLETED' : `COMPLETED without ${shortfalls.join(', ')}`,
      now,
    );
    return { shortfalls };
  },
);
