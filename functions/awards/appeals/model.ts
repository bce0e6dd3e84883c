import * as z from 'zod';
import { recommendation } from '../../assessment/model.ts';
import { calendarDay } from '../../programme/model.ts';

export const appealStatus = z.enum(['LODGED', 'DISMISSED', 'UPHELD']);

/** A school's appeal against its result: `REG#<id>/APPEAL`; one a registration. */
export const appeal = z.object({
  registrationId: z.string(),
  roundId: z.string(),
  status: appealStatus,
  /** An id of the policy's grounds. */
  ground: z.string(),
  statement: z.string(),
  lodgedBy: z.string(),
  lodgedAt: z.iso.datetime(),
  /** What it is against. */
  against: recommendation,
  decideBy: calendarDay,
  /** The register entry is left out of the public list until the appeal is decided. */
  stayed: z.string().nullable(),
  /** How often the panel and admins were told that it is overdue. */
  escalations: z.number().int().nonnegative(),
  decision: recommendation
    .extend({ decidedBy: z.array(z.string()).min(1), reason: z.string(), at: z.iso.datetime() })
    .nullable(),
  queueKey: z.string().optional(),
  queueSort: z.string().optional(),
});
export type Appeal = z.output<typeof appeal>;
