import * as z from 'zod';
import sourcesFile from '../../programme/payments/income-sources.json' with { type: 'json' };
import { calendarDay } from '../programme/model.ts';
import { pence } from '../shared/money/pence.ts';

const source = z.object({
  id: z.string().regex(/^[A-Z_]+$/),
  name: z.object({ en: z.string(), cy: z.string() }),
});

/** What money that is no fee can be (programme/payments/income-sources.json): of income, and of what leaves. */
export const otherSources = z
  .object({ income: z.array(source).min(1), costs: z.array(source).min(1) })
  .parse(sourcesFile);

/** Money of a bank line that is no fee: a grant that came, a bank charge that left. Reversed, never deleted. */
export const otherEntry = z.object({
  entryId: z.string().min(1),
  lineId: z.string().min(1),
  kind: z.enum(['INCOME', 'COST']),
  source: z.string().min(1),
  pence: pence.positive(),
  payerName: z.string(),
  bookedOn: calendarDay,
  by: z.string().min(1),
  reason: z.string().min(1),
  at: z.iso.datetime(),
  reversed: z.object({ by: z.string(), reason: z.string(), at: z.iso.datetime() }).nullable(),
  roundKey: z.string().optional(),
  roundSort: z.string().optional(),
});
export type OtherEntry = z.output<typeof otherEntry>;
