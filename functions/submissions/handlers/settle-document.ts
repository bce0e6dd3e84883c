import * as z from 'zod';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { scanResultEvent, settleByScan } from '../settle.ts';

/** Settles an uploaded file when its malware scan has a result. Safe to repeat. */
export const handler = taskHandler(
  scanResultEvent,
  z.object({ settlement: z.enum(['ACCEPTED', 'REFUSED', 'NOT_OURS', 'SETTLED_BEFORE', 'SUPERSEDED']) }),
  async (event, { now }) => ({ settlement: await settleByScan(event, now) }),
);
