import * as z from 'zod';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { mailAbout, schoolReaders } from '../mails.ts';
import { decideFunding, readRegistration } from '../store.ts';

/** Nobody found a funder's place in time: the school is told that it is billed itself. */
export const handler = taskHandler(
  z.object({ registrationId: z.string().min(1) }),
  z.object({ registrationId: z.string() }),
  async ({ registrationId }, { now }) => {
    const registration = await readRegistration(registrationId);
    await decideFunding(
      registrationId,
      'BILL_SCHOOL',
      { kind: 'system', id: 'bill-the-school' },
      'No place of the funder was found in time',
      now,
    );
    await mailAbout(
      registration,
      'billed-instead',
      'billed-instead',
      schoolReaders(registration),
      { funder: registration.payer.name },
      now,
    );
    return { registrationId };
  },
);
