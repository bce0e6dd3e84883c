import { ulid } from 'ulid';
import { deadlineFor } from '../programme/deadlines.ts';
import type { Round } from '../programme/model.ts';
import type { Registration } from '../registration/model.ts';
import type { WorkflowName } from '../shared/events/catalogue.ts';
import { NotFoundError, RefusedError, WrongStateError } from '../shared/runtime/errors.ts';
import { create, type ExtraWrite, type Stored } from '../shared/table/change.ts';
import { registrationPk, waitKey } from '../shared/table/keys.ts';
import { readItem } from '../shared/table/read-items.ts';
import { ACTION_PLAN } from '../training/model.ts';
import { actorOf, type Person } from '../training/store.ts';
import { type AnnouncedFile, checkAnnounced, safeName } from './checklist.ts';
import { dropQuarantined, dropReleased, presignUpload, quarantined, quarantineKey } from './files.ts';
import {
  type Document,
  documentKey,
  editableStatuses,
  type Submission,
  scanLimits,
  submissionKey,
  UPLOAD_VALIDITY_SECONDS,
} from './model.ts';
import { changeDocument, findDocument, findSubmission, listDocuments } from './store.ts';

/**
 * Refuses a change of the submission that is not the school's to make now. From the invitation on the action plan can be
 * sent; everything else while the submission is open or returned, until its deadline. An upload counts by the time at
 * which its presigned POST was issued, and must arrive within that POST's validity (15 minutes): one begun at 23:55 on
 * the last day may end at 00:05, one begun after midnight is refused here.
 */
export function checkChangeable(
  round: Round,
  registration: Registration,
  submission: Pick<Submission, 'status'> | undefined,
  documentType: string | undefined,
  now: Date,
): void {
  if (registration.status === 'IN_TRAINING' && documentType === ACTION_PLAN) return;
  if (registration.status !== 'READY_TO_SUBMIT' || submission === undefined) {
    throw registration.status === 'IN_TRAINING'
      ? new RefusedError('submission-not-open')
      : new WrongStateError(`registration ${registration.reference}`, registration.status);
  }
  if (!editableStatuses.includes(submission.status)) throw new RefusedError('submission-locked');
  if (now > deadlineFor(round, registration, 'submissionDue')) throw new RefusedError('submission-too-late');
}

/** Holds a transaction to the submission's being changeable still; nothing where it has not opened. */
function whileChangeable(submission: Submission | undefined, now: Date): ExtraWrite[] {
  if (submission === undefined) return [];
  return [
    {
      update: submissionKey(submission.registrationId),
      set: { touchedAt: now.toISOString() },
      condition: {
        expression: '#status IN (:open, :returned)',
        names: { '#status': 'status' },
        values: { ':open': 'OPEN', ':returned': 'RETURNED' },
      },
    },
  ];
}
const locked = (): Error => new RefusedError('submission-locked');

/**
 * Begins an upload: a record of the file and a form with which the browser sends it. Refused by the checklist, by the
 * state of the submission and by its deadline.
 */
export async function startUpload(
  round: Round,
  registration: Registration,
  file: AnnouncedFile,
  by: Person,
  now: Date,
): Promise<{
  documentId: string;
  upload: { url: string; fields: Record<string, string> };
  expiresAt: string;
}> {
  const { registrationId, roundId } = registration;
  const [submission, documents] = await Promise.all([
    findSubmission(registrationId),
    listDocuments(registrationId),
  ]);
  checkChangeable(round, registration, submission, file.documentType, now);
  const replaced =
    file.replaces === undefined ? undefined : documents.find((entry) => entry.documentId === file.replaces);
  if (file.replaces !== undefined && (replaced === undefined || replaced.documentType !== file.documentType))
    throw new NotFoundError(`document ${file.replaces}`);
  const type = checkAnnounced(round, documents, file, now);
  const documentId = ulid(now.getTime());
  const key = quarantineKey(registrationId, documentId, safeName(file.name));
  const upload = await presignUpload(key, file.mediaType, type.maximumBytes);
  const expiresAt = new Date(now.getTime() + UPLOAD_VALIDITY_SECONDS * 1000).toISOString();
  await create<Document>(
    documentKey(registrationId, documentId),
    {
      next: {
        documentId,
        registrationId,
        roundId,
        documentType: file.documentType,
        name: file.name,
        mediaType: file.mediaType,
        bytes: file.bytes,
        status: 'UPLOADING',
        quarantineKey: key,
        releasedKey: null,
        sha256: null,
        issuedAt: now.toISOString(),
        expiresAt,
        scanningSince: null,
        settledAt: null,
        refusal: null,
        uploadedBy: by.personId,
        uploadedByName: by.name,
        replaces: file.replaces ?? null,
        replacedBy: null,
      },
      audit: { action: 'document.upload', actor: actorOf(by) },
      events: [{ name: 'DocumentAnnounced', detail: { registrationId, roundId, documentId } }],
      also: whileChangeable(submission, now),
      refusals: { 0: locked },
    },
    now,
  );
  return { documentId, upload, expiresAt };
}

/**
 * The page says that the file was sent. Its check is under way from now on; the machine is woken where it would
 * otherwise sleep past the time at which the check is given up. Refused where nothing has arrived.
 */
export async function uploadDone(
  round: Round,
  registration: Registration,
  documentId: string,
  by: Person,
  now: Date,
): Promise<Stored<Document>> {
  const { registrationId, roundId } = registration;
  const known = await findDocument(registrationId, documentId);
  if (known === undefined) throw new NotFoundError(`document ${documentId}`);
  if (known.status !== 'UPLOADING') return known;
  const found = await quarantined(known.quarantineKey);
  if (found === undefined) {
    // The scan may have settled and removed it in the meantime.
    const again = await findDocument(registrationId, documentId);
    if (again !== undefined && again.status !== 'UPLOADING') return again;
    throw new RefusedError('document-not-arrived', { field: 'file' });
  }
  const scanning = await changeDocument(registrationId, documentId, now, (current) =>
    current.status !== 'UPLOADING'
      ? undefined
      : {
          set: { status: 'SCANNING', scanningSince: now.toISOString(), bytes: found.bytes },
          audit: { action: 'document.uploaded', actor: actorOf(by) },
          events: [{ name: 'DocumentUploaded', detail: { registrationId, roundId, documentId } }],
        },
  );
  if (scanning.status === 'SCANNING') await awaitScan(round, registration, scanning, now);
  return scanning;
}

/**
 * Wakes the machine that would sleep past the end of this file's check. Looked at after the file's record was written:
 * a machine that decides later sees the file, and one whose wait ends before then will look at it in time. So of twenty
 * files sent together one wakes the machine.
 */
async function awaitScan(round: Round, registration: Registration, file: Document, now: Date): Promise<void> {
  const { registrationId, roundId } = registration;
  const workflow: WorkflowName = registration.status === 'IN_TRAINING' ? 'training' : 'submission';
  const deadline = (await readItem(waitKey(registrationPk(registrationId), workflow)))?.deadline;
  const limit = scanLimits([file], round.policies.submission.scanTimeoutMinutes)[0]?.at.toISOString() ?? '';
  if (typeof deadline === 'string' && deadline <= limit) return;
  await changeDocument(registrationId, file.documentId, now, (current) =>
    current.status !== 'SCANNING'
      ? undefined
      : {
          set: {},
          audit: { action: 'document.await-scan', actor: { kind: 'system', id: 'uploads' } },
          events: [
            { name: 'DocumentScanAwaited', detail: { registrationId, roundId, documentId: file.documentId } },
          ],
        },
  );
}

/** Deletes a file of the school's while its submission can be changed: its record stays, its bytes go. Safe to repeat. */
export async function deleteDocument(
  round: Round,
  registration: Registration,
  documentId: string,
  by: Person,
  now: Date,
): Promise<void> {
  const { registrationId, roundId } = registration;
  const [submission, known] = await Promise.all([
    findSubmission(registrationId),
    findDocument(registrationId, documentId),
  ]);
  if (known === undefined) throw new NotFoundError(`document ${documentId}`);
  if (known.status !== 'DELETED') {
    checkChangeable(round, registration, submission, known.documentType, now);
    await changeDocument(registrationId, documentId, now, (current) =>
      current.status === 'DELETED'
        ? undefined
        : {
            set: { status: 'DELETED', settledAt: current.settledAt ?? now.toISOString() },
            audit: { action: 'document.delete', actor: actorOf(by) },
            events: [{ name: 'DocumentDeleted', detail: { registrationId, roundId, documentId } }],
            also: whileChangeable(submission, now),
            refusals: { 0: locked },
          },
    );
  }
  await dropQuarantined(known.quarantineKey);
  if (known.releasedKey !== null) await dropReleased(known.releasedKey);
}
