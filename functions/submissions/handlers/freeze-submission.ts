import * as z from 'zod';
import { readRound } from '../../programme/store.ts';
import { readRegistration } from '../../registration/store.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { registrationPk } from '../../shared/table/keys.ts';
import { endStage } from '../../shared/waits/waits.ts';
import { freezeSubmission } from '../freeze.ts';
import { findSubmission } from '../store.ts';

/** Freezes what the head declared and ends the stage. Safe to repeat. */
export const handler = taskHandler(
  z.object({ registrationId: z.string().min(1) }),
  z.object({ version: z.number().int() }),
  async ({ registrationId }, { now }) => {
    const registration = await readRegistration(registrationId);
    await freezeSubmission(await readRound(registration.roundId), registration, now);
    const version = (await findSubmission(registrationId))?.frozenVersion ?? 0;
    await endStage(registrationPk(registrationId), 'submission', `FROZEN version ${version}`, now);
    return { version };
  },
);
