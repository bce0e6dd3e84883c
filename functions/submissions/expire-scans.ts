import type { Round } from '../programme/model.ts';
import type { Stored } from '../shared/table/change.ts';
import { quarantined } from './files.ts';
import { type Document, scanLimits } from './model.ts';
import { refuse, scanner } from './refuse-document.ts';
import { changeDocument, listDocuments } from './store.ts';

/**
 * Gives up every check of a registration that is over its time: a file that lies there without a verdict is refused
 * with a request to send it again (an admin hears of it), one that never arrived is abandoned. Returns how many.
 */
export async function expireScans(
  registrationId: string,
  round: Round,
  now: Date,
): Promise<{ refused: number; abandoned: number }> {
  const documents = await listDocuments(registrationId);
  const over = scanLimits(documents, round.policies.submission.scanTimeoutMinutes).filter(
    (limit) => limit.at <= now,
  );
  const outcome = { refused: 0, abandoned: 0 };
  for (const { documentId } of over) {
    const file = documents.find((entry) => entry.documentId === documentId);
    if (file === undefined) continue;
    if (file.status === 'UPLOADING' && (await quarantined(file.quarantineKey)) === undefined) {
      await abandon(file, now);
      outcome.abandoned++;
    } else {
      await refuse(file, 'scan-timeout', now);
      outcome.refused++;
    }
  }
  return outcome;
}

function abandon(file: Document, now: Date): Promise<Stored<Document>> {
  const { registrationId, roundId, documentId } = file;
  return changeDocument(registrationId, documentId, now, (current) =>
    current.status !== 'UPLOADING'
      ? undefined
      : {
          set: { status: 'ABANDONED', settledAt: now.toISOString() },
          audit: { action: 'document.abandon', actor: scanner },
          events: [{ name: 'DocumentAbandoned', detail: { registrationId, roundId, documentId } }],
        },
  );
}
