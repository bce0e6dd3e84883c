import type { Actor } from '../shared/table/change.ts';
import { dropQuarantined } from './files.ts';
import type { Document, RefusalCode } from './model.ts';
import { changeDocument } from './store.ts';

/** Who settles files: the machine that waits for their scan. */
export const scanner: Actor = { kind: 'system', id: 'settle-document' };

/** Refuses a file whose check is not over, and removes it from quarantine. Safe to repeat. */
export async function refuse(file: Document, refusal: RefusalCode, now: Date): Promise<void> {
  const { registrationId, roundId, documentId } = file;
  await changeDocument(registrationId, documentId, now, (current) => {
    if (current.status !== 'UPLOADING' && current.status !== 'SCANNING') return undefined;
    return {
      set: { status: 'REFUSED', refusal, settledAt: now.toISOString() },
      audit: { action: 'document.refuse', actor: scanner, reason: refusal },
      events: [{ name: 'DocumentRefused', detail: { registrationId, roundId, documentId } }],
    };
  });
  await dropQuarantined(file.quarantineKey);
}
