import * as z from 'zod';
import { eventOf } from '../../shared/events/bus-event.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { runImport } from '../run-import.ts';

/** Imports an uploaded register of schools (RegisterUploaded). */
export const handler = taskHandler(
  eventOf('RegisterUploaded'),
  z.object({ schools: z.number(), refused: z.number() }),
  ({ detail }, { now }) => runImport(detail.data.importId, { kind: 'system', id: 'import-register' }, now),
);
