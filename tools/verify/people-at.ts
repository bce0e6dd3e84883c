import * as z from 'zod';
import type { Table } from './table.ts';

const profile = z.object({
  employer: z.string(),
  hubIds: z.array(z.string()),
  conflicts: z.array(z.object({ schoolId: z.string() })),
});
const person = z.object({
  personId: z.string(),
  hubIds: z.array(z.string()),
  assessor: profile.nullable(),
});
export type PersonThen = z.output<typeof person>;

const audit = z.object({
  record: z.string(),
  recordVersion: z.number().int(),
  at: z.string(),
  after: z.string(),
});
const changed = z.object({ hubIds: z.array(z.string()).optional(), assessor: profile.nullish() });

/**
 * A person as they were at an instant, by their audit entries; as they are now without one. A conflict declared for a
 * later round says nothing of what they read before.
 */
export function personAt(table: Table, personId: string, at: string | undefined): PersonThen | undefined {
  const now = table.get(person, `PERSON#${personId}`, 'PERSON');
  if (now === undefined || at === undefined) return now;
  const then = { personId, hubIds: now.hubIds, assessor: now.assessor };
  const entries = table
    .in(audit, now.pk, 'AUDIT')
    .filter((entry) => entry.record === 'PERSON' && entry.at <= at)
    .sort((a, b) => a.recordVersion - b.recordVersion)
    .map((entry) => changed.parse(JSON.parse(entry.after)));
  for (const { hubIds, assessor } of entries) {
    if (hubIds !== undefined) then.hubIds = hubIds;
    if (assessor !== undefined) then.assessor = assessor;
  }
  return then;
}
