import * as z from 'zod';

const pence = z.number().int();

/** What the command writes: each file, each line of the files that were taken, and the sums. */
export const reconcileReport = z.object({
  files: z.array(
    z.object({
      file: z.string(),
      /** As told by the content; null where it could not be told. */
      format: z.string().nullable(),
      status: z.enum(['taken', 'refused']),
      /** Of the file, where a refusal has a place there. */
      line: z.number().int().positive().nullable(),
      reason: z.string().nullable(),
      accounts: z.array(
        z.object({
          account: z.string(),
          currency: z.string(),
          /** Null where the layout has no balances. */
          openingPence: pence.nullable(),
          closingPence: pence.nullable(),
          /** Ntry, :61: or 16 records, or rows; debits included. */
          entries: z.number().int().nonnegative(),
        }),
      ),
    }),
  ),
  lines: z.array(
    z.object({
      file: z.string(),
      /** Position among the file's payments, from 0. */
      index: z.number().int().nonnegative(),
      date: z.iso.date(),
      amountPence: pence.nonnegative(),
      creditDebit: z.enum(['CRDT', 'DBIT']),
      reference: z.string(),
      result: z.enum(['confirmed', 'suggested', 'unmatched', 'duplicate', 'ignored']),
      rule: z.string().nullable(),
      allocations: z.array(z.object({ invoice: z.string(), amountPence: pence.positive() })),
      candidates: z.array(z.object({ invoice: z.string(), reason: z.string() })),
      reason: z.string().nullable(),
    }),
  ),
  /** Credits of the lines above that are neither duplicates nor ignored; of them on invoices; the rest. */
  totals: z.object({ linesPence: pence, allocatedPence: pence, suspensePence: pence }),
});
export type ReconcileReport = z.output<typeof reconcileReport>;
export type ReportFile = ReconcileReport['files'][number];
export type ReportLine = ReconcileReport['lines'][number];

/** Sums of lines. Pure. */
export function totalsOf(lines: readonly ReportLine[]): ReconcileReport['totals'] {
  const posted = lines.filter(
    ({ creditDebit, result }) => creditDebit === 'CRDT' && result !== 'duplicate' && result !== 'ignored',
  );
  const linesPence = posted.reduce((sum, { amountPence }) => sum + amountPence, 0);
  const allocatedPence = posted
    .flatMap(({ allocations }) => allocations)
    .reduce((sum, { amountPence }) => sum + amountPence, 0);
  return { linesPence, allocatedPence, suspensePence: linesPence - allocatedPence };
}
