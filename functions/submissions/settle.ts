import * as z from 'zod';
import type { Round } from '../programme/model.ts';
import { readRound } from '../programme/store.ts';
import type { Stored } from '../shared/table/change.ts';
import { ACTION_PLAN } from '../training/model.ts';
import { findTraining, receiveActionPlan } from '../training/store.ts';
import { safeName, sha256Of, totalBytes } from './checklist.ts';
import { contentRefusal } from './content-check.ts';
import {
  dropQuarantined,
  dropReleased,
  ofQuarantineKey,
  readQuarantined,
  release,
  releasedKey,
} from './files.ts';
import type { Document, RefusalCode } from './model.ts';
import { refuse, scanner } from './refuse-document.ts';
import { changeDocument, findDocument, listDocuments } from './store.ts';

/**
 * GuardDuty's event of a scanned object on the default bus, as AWS documents it ("GuardDuty Malware Protection Object
 * Scan Result"). Unknown values of the two statuses are kept apart from the known ones rather than failing the event.
 */
export const scanResultEvent = z.object({
  source: z.literal('aws.guardduty'),
  'detail-type': z.literal('GuardDuty Malware Protection Object Scan Result'),
  detail: z.object({
    scanStatus: z.string(),
    s3ObjectDetails: z.object({
      bucketName: z.string(),
      objectKey: z.string(),
      eTag: z.string().default(''),
      versionId: z.string().nullish(),
    }),
    scanResultDetails: z.object({ scanResultStatus: z.string().nullish() }).nullish(),
  }),
});
export type ScanResultEvent = z.output<typeof scanResultEvent>;

/** What a scan's result says of a file: clean, or why it is refused. Pure. */
export function verdictOf(detail: ScanResultEvent['detail']): 'clean' | RefusalCode {
  const status = detail.scanResultDetails?.scanResultStatus ?? undefined;
  if (status === 'THREATS_FOUND') return 'malware';
  if (status === 'UNSUPPORTED') return 'not-scannable';
  if (status === 'NO_THREATS_FOUND' && detail.scanStatus === 'COMPLETED') return 'clean';
  // ACCESS_DENIED, FAILED, SKIPPED without a reason, and whatever may come: the file was not checked, so it is not let in.
  return 'scan-failed';
}

export type Settlement = 'ACCEPTED' | 'REFUSED' | 'NOT_OURS' | 'SETTLED_BEFORE' | 'SUPERSEDED';

/**
 * Settles an uploaded file by its scan's result: content checked, released or refused, and removed from quarantine.
 * Safe to repeat. What was scanned is what is read and copied (its ETag is held), so that a second post with the same
 * form cannot slip by.
 */
export async function settleByScan(event: ScanResultEvent, now: Date): Promise<Settlement> {
  const { objectKey, eTag } = event.detail.s3ObjectDetails;
  const of = ofQuarantineKey(objectKey);
  const known = of === undefined ? undefined : await findDocument(of.registrationId, of.documentId);
  if (known === undefined || known.quarantineKey !== objectKey) return 'NOT_OURS';
  if (known.status !== 'UPLOADING' && known.status !== 'SCANNING') {
    if (known.status === 'ACCEPTED') await followUp(known, now);
    await dropQuarantined(objectKey);
    return 'SETTLED_BEFORE';
  }
  const verdict = verdictOf(event.detail);
  if (verdict !== 'clean') return refused(known, verdict, now);
  const bytes = await readQuarantined(objectKey, eTag);
  // Posted again since: the scan of the newer one decides.
  if (bytes === undefined) return 'SUPERSEDED';
  const round = await readRound(known.roundId);
  const refusal = await refusalOf(round, known, bytes, now);
  return refusal === undefined ? accept(known, bytes, eTag, now) : refused(known, refusal, now);
}

async function refusalOf(
  round: Round,
  file: Document,
  bytes: Uint8Array,
  now: Date,
): Promise<RefusalCode | undefined> {
  const type = round.checklist.documents.find((entry) => entry.id === file.documentType);
  if (type === undefined || !type.mediaTypes.includes(file.mediaType)) return 'wrong-type';
  const refusal = await contentRefusal(bytes, { mediaType: file.mediaType, maximumBytes: type.maximumBytes });
  if (refusal !== undefined) return refusal;
  const accepted = (await listDocuments(file.registrationId)).filter(
    (other) =>
      other.status === 'ACCEPTED' &&
      other.documentId !== file.replaces &&
      other.documentId !== file.documentId,
  );
  if (accepted.filter((other) => other.documentType === file.documentType).length >= type.maximumFiles)
    return 'too-many-files';
  return totalBytes(accepted, now) + bytes.byteLength > round.checklist.maximumSubmissionBytes
    ? 'submission-too-big'
    : undefined;
}

async function accept(
  file: Stored<Document>,
  bytes: Uint8Array,
  eTag: string,
  now: Date,
): Promise<Settlement> {
  const { registrationId, roundId, documentId } = file;
  const to = releasedKey(registrationId, documentId, safeName(file.name));
  if (!(await release(file.quarantineKey, eTag, to, file.mediaType))) return 'SUPERSEDED';
  const settled = await changeDocument(registrationId, documentId, now, (current) => {
    if (current.status !== 'UPLOADING' && current.status !== 'SCANNING') return undefined;
    return {
      set: {
        status: 'ACCEPTED',
        releasedKey: to,
        sha256: sha256Of(bytes),
        bytes: bytes.byteLength,
        settledAt: now.toISOString(),
      },
      audit: { action: 'document.accept', actor: scanner },
      events: [{ name: 'DocumentAccepted', detail: { registrationId, roundId, documentId } }],
    };
  });
  // Deleted by the school while its check ran: no copy stays.
  if (settled.status === 'ACCEPTED') await followUp(settled, now);
  else await dropReleased(to);
  await dropQuarantined(file.quarantineKey);
  return 'ACCEPTED';
}

/** What an accepted file brings with it; safe to repeat. */
async function followUp(file: Document, now: Date): Promise<void> {
  if (file.replaces !== null) await replace(file.registrationId, file.replaces, file.documentId, now);
  await noteActionPlan(file, now);
}

/** The file that was replaced stays with its history, its bytes too, but counts no longer. */
async function replace(registrationId: string, replaced: string, by: string, now: Date): Promise<void> {
  await changeDocument(registrationId, replaced, now, (current) =>
    current.replacedBy !== null || current.status === 'DELETED'
      ? undefined
      : {
          set: { status: current.status === 'ACCEPTED' ? 'REPLACED' : current.status, replacedBy: by },
          audit: { action: 'document.replace', actor: scanner },
          events: [
            {
              name: 'DocumentReplaced',
              detail: { registrationId, roundId: current.roundId, documentId: replaced },
            },
          ],
        },
  );
}

/** During training an accepted action plan is the action plan received. */
async function noteActionPlan(file: Document, now: Date): Promise<void> {
  if (file.documentType !== ACTION_PLAN) return;
  const current = await findTraining(file.registrationId);
  if (current === undefined || current.completedAt !== null) return;
  const plan = {
    kind: 'FILE',
    documentId: file.documentId,
    receivedAt: file.issuedAt,
    by: file.uploadedBy,
  } as const;
  await receiveActionPlan(file.registrationId, plan, { kind: 'person', id: file.uploadedBy }, now);
}

async function refused(file: Document, refusal: RefusalCode, now: Date): Promise<Settlement> {
  await refuse(file, refusal, now);
  return 'REFUSED';
}
