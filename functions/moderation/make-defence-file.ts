import { createHash } from 'node:crypto';
import { monotonicFactory } from 'ulid';
import type { Person } from '../people/model.ts';
import type { Registration } from '../registration/model.ts';
import type { Language } from '../shared/access/identity.ts';
import { create } from '../shared/table/change.ts';
import { defenceFileOf, differencesIn } from './defence.ts';
import { defencePdf } from './defence-pdf.ts';
import type { DefenceRecord } from './model.ts';
import { keepPaper } from './paper-files.ts';
import { defenceKey } from './store.ts';

const ulid = monotonicFactory();
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Makes the defence file of a school, keeps PDF and JSON with their hashes, and notes who asked for it when. */
export async function makeDefenceFile(
  registration: Registration,
  asker: Person,
  language: Language,
  now: Date,
): Promise<DefenceRecord> {
  const { registrationId, roundId } = registration;
  const file = await defenceFileOf(registrationId, asker, now);
  const json = new TextEncoder().encode(JSON.stringify(file, null, 2));
  const pdf = await defencePdf(file, language, now);
  const id = ulid(now.getTime());
  const prefix = `panel/${roundId}/defence/${registrationId}/${id}`;
  const next: DefenceRecord = {
    registrationId,
    roundId,
    madeAt: now.toISOString(),
    madeBy: asker.personId,
    differences: differencesIn(file),
    pdfKey: `${prefix}.pdf`,
    pdfSha256: sha256(pdf),
    jsonKey: `${prefix}.json`,
    jsonSha256: sha256(json),
  };
  await keepPaper(next.pdfKey, pdf, 'application/pdf');
  await keepPaper(next.jsonKey, json, 'application/json');
  await create(
    defenceKey(registrationId, id),
    {
      next,
      audit: { action: 'make-defence-file', actor: { kind: 'person', id: asker.personId } },
      events: [{ name: 'DefenceFileMade', detail: { registrationId, roundId } }],
    },
    now,
  );
  return next;
}
