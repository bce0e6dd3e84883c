import * as z from 'zod';
import { busDetail } from './catalogue.ts';

/** An event of the programme as a rule of its bus hands it to a function. */
export const receivedEvent = z.object({
  source: z.literal('psqm'),
  'detail-type': z.string(),
  detail: busDetail,
});
export type ReceivedEvent = z.output<typeof receivedEvent>;
