import { deadlineFor } from '../programme/deadlines.ts';
import type { Round } from '../programme/model.ts';
import type { Registration } from '../registration/model.ts';
import type { Language } from '../shared/access/identity.ts';
import { RefusedError, WrongStateError } from '../shared/runtime/errors.ts';
import type { Stored } from '../shared/table/change.ts';
import { formatDate } from '../shared/time/london.ts';
import { actorOf, type Person } from '../training/store.ts';
import { contentDigest, criteriaOf, missingOf, sha256Of } from './checklist.ts';
import { expireScans } from './expire-scans.ts';
import { type Exchange, editableStatuses, type Submission } from './model.ts';
import { changeSubmission, listDocuments, listReflections } from './store.ts';
import { texts } from './texts.ts';

/** Who acts on whose submission, in which round. */
export interface Acting {
  readonly round: Round;
  readonly registration: Registration;
  readonly by: Person;
  readonly now: Date;
}

const said = (kind: Exchange['kind'], { by, now }: Acting, comments: string): Exchange => ({
  kind,
  at: now.toISOString(),
  by: by.personId,
  byName: by.name,
  comments,
});

const ids = ({ registration: { registrationId, roundId } }: Acting) => ({ registrationId, roundId });

/** Nothing of a submission moves after its deadline, nor before or after the registration's time for it. */
function checkOpen({ round, registration, now }: Acting): void {
  if (registration.status !== 'READY_TO_SUBMIT')
    throw new WrongStateError(`registration ${registration.reference}`, registration.status);
  if (now > deadlineFor(round, registration, 'submissionDue')) throw new RefusedError('submission-too-late');
}

function contentsOf(registrationId: string) {
  return Promise.all([listDocuments(registrationId), listReflections(registrationId)]);
}

/** The school asks for sign-off; refused while something is missing (the page lists what). The same again changes nothing. */
export async function requestSignOff(acting: Acting, message: string): Promise<Stored<Submission>> {
  checkOpen(acting);
  const { round, registration, now, by } = acting;
  await expireScans(registration.registrationId, round, now);
  return changeSubmission(registration.registrationId, now, async (current) => {
    if (current.status === 'SIGN_OFF_REQUESTED') return undefined;
    if (!editableStatuses.includes(current.status)) throw new WrongStateError('submission', current.status);
    const [documents, reflections] = await contentsOf(registration.registrationId);
    const missing = missingOf(round, registration.targetLevel, documents, reflections, now);
    if (missing.length > 0)
      throw new RefusedError('submission-incomplete', { values: { count: missing.length } });
    return {
      set: {
        status: 'SIGN_OFF_REQUESTED',
        signOff: null,
        exchanges: [...current.exchanges, said('SIGN_OFF_REQUESTED', acting, message)],
      },
      audit: { action: 'submission.request-sign-off', actor: actorOf(by) },
      events: [{ name: 'SignOffRequested', detail: ids(acting) }],
    };
  });
}

/** The hub leader returns the submission with comments: the school can change it again. */
export function returnSubmission(acting: Acting, comments: string): Promise<Stored<Submission>> {
  checkOpen(acting);
  return changeSubmission(acting.registration.registrationId, acting.now, (current) => {
    if (current.status === 'RETURNED') return undefined;
    if (current.status !== 'SIGN_OFF_REQUESTED' && current.status !== 'SIGNED_OFF')
      throw new WrongStateError('submission', current.status);
    return {
      set: {
        status: 'RETURNED',
        signOff: null,
        exchanges: [...current.exchanges, said('RETURNED', acting, comments)],
      },
      audit: { action: 'submission.return', actor: actorOf(acting.by), reason: comments },
      events: [{ name: 'SubmissionReturnedByHub', detail: ids(acting) }],
    };
  });
}

/** The hub leader signs off what stands there now; the level must have been confirmed before. */
export function signOff(acting: Acting, comments: string): Promise<Stored<Submission>> {
  checkOpen(acting);
  const { round, registration, by, now } = acting;
  if (!registration.targetLevelConfirmed) throw new RefusedError('level-not-confirmed');
  return changeSubmission(registration.registrationId, now, async (current) => {
    if (current.status === 'SIGNED_OFF') return undefined;
    if (current.status !== 'SIGN_OFF_REQUESTED') throw new WrongStateError('submission', current.status);
    const [documents, reflections] = await contentsOf(registration.registrationId);
    if (missingOf(round, registration.targetLevel, documents, reflections, now).length > 0)
      throw new RefusedError('sign-off-incomplete');
    const digest = contentDigest(round, registration.targetLevel, documents, reflections);
    return {
      set: {
        status: 'SIGNED_OFF',
        signOff: { by: by.personId, byName: by.name, at: now.toISOString(), contentDigest: digest },
        exchanges: [...current.exchanges, said('SIGNED_OFF', acting, comments)],
      },
      audit: { action: 'submission.sign-off', actor: actorOf(by) },
      events: [{ name: 'SubmissionSignedOff', detail: ids(acting) }],
    };
  });
}

/** The school takes its submission back to change it; it must be signed off again. */
export function reopenSubmission(acting: Acting, reason: string): Promise<Stored<Submission>> {
  checkOpen(acting);
  return changeSubmission(acting.registration.registrationId, acting.now, (current) => {
    if (editableStatuses.includes(current.status)) return undefined;
    if (current.status !== 'SIGN_OFF_REQUESTED' && current.status !== 'SIGNED_OFF')
      throw new WrongStateError('submission', current.status);
    return {
      set: {
        status: 'OPEN',
        signOff: null,
        exchanges: [...current.exchanges, said('REOPENED', acting, reason)],
      },
      audit: { action: 'submission.reopen', actor: actorOf(acting.by), reason },
      events: [{ name: 'SubmissionReopened', detail: ids(acting) }],
    };
  });
}

/** The text that a head declares about these contents, in a language, with its hash. */
export interface DeclarationText {
  readonly text: string;
  readonly sha256: string;
  readonly contentDigest: string;
  readonly documentIds: readonly string[];
}

/**
 * The declaration of what stands there now: school, level, round, who signed off, how many files and reflections, and
 * the digest of the contents, so that its hash changes with any of them.
 */
export async function declarationText(
  round: Round,
  registration: Registration,
  submission: Submission,
  language: Language,
): Promise<DeclarationText> {
  const [documents, reflections] = await contentsOf(registration.registrationId);
  const accepted = documents.filter((file) => file.status === 'ACCEPTED');
  const digest = contentDigest(round, registration.targetLevel, documents, reflections);
  const text = texts.text(language, 'declaration', {
    school: registration.school.name,
    level: texts.text(language, `levels.${registration.targetLevel}`),
    round: round.label[language],
    files: accepted.length,
    reflections: criteriaOf(round, registration.targetLevel).length,
    hubLeader: submission.signOff?.byName ?? '',
    signedOff: submission.signOff === null ? '' : formatDate(new Date(submission.signOff.at), language),
    digest: digest.slice(0, 16),
  });
  return {
    text,
    sha256: sha256Of(text),
    contentDigest: digest,
    documentIds: accepted.map((file) => file.documentId),
  };
}

/**
 * The head declares the text that they read (`sha256`), after the hub leader has signed off and before the deadline.
 * Refused where text or contents are not those that were read and signed off.
 */
export function declare(
  acting: Acting,
  read: { readonly sha256: string; readonly language: Language },
): Promise<Stored<Submission>> {
  const { round, registration, by, now } = acting;
  return changeSubmission(registration.registrationId, now, async (current) => {
    if (current.status === 'DECLARED' || current.status === 'FROZEN') return undefined;
    checkOpen(acting);
    if (current.status !== 'SIGNED_OFF' || current.signOff === null) throw new RefusedError('not-signed-off');
    const declared = await declarationText(round, registration, current, read.language);
    if (declared.contentDigest !== current.signOff.contentDigest)
      throw new RefusedError('changed-since-sign-off');
    if (declared.sha256 !== read.sha256) throw new RefusedError('declaration-changed', { field: 'sha256' });
    return {
      set: {
        status: 'DECLARED',
        declaration: {
          by: by.personId,
          byName: by.name,
          at: now.toISOString(),
          language: read.language,
          text: declared.text,
          sha256: declared.sha256,
          contentDigest: declared.contentDigest,
          version: current.frozenVersion + 1,
          level: registration.targetLevel,
          documentIds: [...declared.documentIds],
        },
        exchanges: [...current.exchanges, said('DECLARED', acting, '')],
      },
      audit: { action: 'submission.declare', actor: actorOf(by) },
      events: [{ name: 'SubmissionDeclared', detail: ids(acting) }],
    };
  });
}
