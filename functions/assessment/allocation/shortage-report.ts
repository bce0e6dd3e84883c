import * as z from 'zod';

/** Submissions that together can go to no others than these assessors, and more of them than these can take. */
export const shortage = z.object({
  submissions: z.array(z.string()),
  assessors: z.array(z.string()),
  /** What the assessors can take of them. */
  room: z.number().int().nonnegative(),
  /** How many more the submissions are than the room. */
  unplaced: z.number().int().positive(),
});
export type Shortage = z.output<typeof shortage>;

/** One change that would place `places` submissions more. */
export const placingChange = z.discriminatedUnion('kind', [
  /** The assessor takes `by` more. */
  z.object({
    kind: z.literal('CAPACITY'),
    assessor: z.string(),
    by: z.number().int().positive(),
    places: z.number().int().positive(),
  }),
  /** The assessor is approved for the level, or reads the language, `value`. */
  z.object({
    kind: z.enum(['LEVEL', 'LANGUAGE']),
    assessor: z.string(),
    value: z.string(),
    places: z.number().int().positive(),
  }),
]);
export type PlacingChange = z.output<typeof placingChange>;

export const shortageReport = z.object({
  shortages: z.array(shortage),
  /** The single change that places the most, null where none places any. */
  change: placingChange.nullable(),
});
export type ShortageReport = z.output<typeof shortageReport>;

/** A shortage report as a record holds it; `omitted` shortages had no room. */
export const recordedShortage = shortageReport.extend({ omitted: z.number().int().nonnegative() });
export type RecordedShortage = z.output<typeof recordedShortage>;

/**
 * A shortage report as far as a record can hold it: the greatest shortages first, up to `ids` ids in all; `omitted`
 * tells how many shortages it leaves out.
 */
export function cutShortages({ shortages, change }: ShortageReport, ids: number): RecordedShortage {
  let left = ids;
  const kept = [...shortages]
    .sort((a, b) => b.unplaced - a.unplaced)
    .filter(({ submissions, assessors }) => {
      left -= submissions.length + assessors.length;
      return left >= 0;
    });
  return { shortages: kept, change, omitted: shortages.length - kept.length };
}
