import * as z from 'zod';
import { calendarDay } from '../programme/model.ts';
import { language } from '../shared/access/identity.ts';
import { pence } from '../shared/money/pence.ts';
import type { Key } from '../shared/table/keys.ts';
import { payerPartition } from './keys.ts';

/** A statement of account that was sent to a payer: over which days, to whom, and who asked for it. */
export const sentStatement = z.object({
  requestId: z.string().min(1),
  from: calendarDay.nullable(),
  to: calendarDay,
  language,
  closingPence: pence,
  readers: z.array(z.object({ name: z.string(), email: z.email() })).min(1),
  by: z.string().min(1),
  at: z.iso.datetime(),
  /** In the documents bucket. */
  pdfKey: z.string().min(1),
});
export type SentStatement = z.output<typeof sentStatement>;

/** First part of the keys of statements that were sent. */
export const SENT = 'SENT_STATEMENT#';
/** Beside the payer's letters. */
export const sentStatementKey = (email: string, requestId: string): Key => ({
  pk: payerPartition(email),
  sk: `${SENT}${requestId}`,
});
