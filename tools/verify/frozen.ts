import * as z from 'zod';
import type { Snapshot } from './snapshot.ts';
import type { Table } from './table.ts';
import { Findings, type Violation } from './violation.ts';

const file = z.object({ documentId: z.string(), key: z.string(), sha256: z.string() });
const version = z.object({
  number: z.number().int(),
  manifestKey: z.string(),
  manifestSha256: z.string(),
  reflectionsKey: z.string(),
  reflectionsSha256: z.string(),
  files: z.array(file),
});
/** What a reader was given the address of, with its hash at that time; `frozenVersion` where it was a frozen file. */
const access = file.extend({ at: z.string(), frozenVersion: z.number().int().optional() });
const document = z.object({ releasedKey: z.string().nullable(), sha256: z.string().nullable() });

/** Objects that are read at once. */
const AT_ONCE = 8;

/** What was frozen is what is stored, and what was served is what was frozen (or, before, what was accepted). */
export async function frozenHashes(table: Table, snapshot: Snapshot, bucket: string): Promise<Violation[]> {
  const found = new Findings('frozen-hash-equals-stored');
  const versions = table.kind(version, 'REG', 'VERSION');
  const objects = versions.flatMap((each) =>
    [
      { key: each.manifestKey, sha256: each.manifestSha256 },
      { key: each.reflectionsKey, sha256: each.reflectionsSha256 },
      ...each.files,
    ].map(({ key, sha256 }) => ({ key, sha256, where: `${each.pk} version ${each.number}` })),
  );
  for (let from = 0; from < objects.length; from += AT_ONCE) {
    const stored = await Promise.all(
      objects.slice(from, from + AT_ONCE).map(async (object) => ({
        ...object,
        stored: await snapshot.hashOf(bucket, object.key),
      })),
    );
    for (const object of stored) {
      if (object.stored === undefined) found.add(object.where, `${object.key} is not stored`);
      else if (object.stored !== object.sha256)
        found.add(object.where, `${object.key} is not what was frozen`);
    }
  }
  const frozen = new Map(
    versions.flatMap((each) =>
      each.files.map((one) => [`${each.pk} ${each.number} ${one.documentId}`, one] as const),
    ),
  );
  for (const each of table.kind(access, 'REG', 'ACCESS')) {
    const where = `${each.pk} ${each.documentId} at ${each.at}`;
    if (each.frozenVersion === undefined) {
      const accepted = table.get(document, each.pk, `DOC#${each.documentId}`);
      if (accepted?.sha256 !== each.sha256 || accepted.releasedKey !== each.key)
        found.add(where, 'what was served is not what was accepted');
      continue;
    }
    const one = frozen.get(`${each.pk} ${each.frozenVersion} ${each.documentId}`);
    if (one?.sha256 !== each.sha256 || one.key !== each.key)
      found.add(where, `what was served is not what version ${each.frozenVersion} froze`);
  }
  return found.list;
}
