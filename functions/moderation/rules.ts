import { lotOf } from '../assessment/lots.ts';
import type { Recommendation } from '../assessment/model.ts';
import {
  conflictOf,
  fitsTarget,
  type ReadableSubmission,
  type Reader,
  sameRecommendation,
} from '../assessment/rules.ts';
import type { Role } from '../shared/access/identity.ts';
import type { KeptOut, ModerationCase, ProposedOutcome, Reading } from './model.ts';

/**
 * Whether a moderator may read a case: no conflict, nobody who judged it or was asked before, approved for its level and
 * language where the profile says so.
 */
export function mayModerate(
  reader: Reader,
  submission: ReadableSubmission,
  involved: ReadonlySet<string>,
): boolean {
  if (involved.has(reader.personId)) return false;
  if (conflictOf(reader, submission) !== undefined) return false;
  const { assessor } = reader;
  if (assessor === null) return true;
  return assessor.levels.includes(submission.targetLevel) && assessor.languages.includes(submission.language);
}

/**
 * Whether somebody must see nothing of the first review of a case: they have its second reading open, or they moderate
 * and could still be given it. A second reading that has seen the first is none (domain.md 2.2, NCFE: blind to the mark).
 */
export function isBlindTo(
  { personId, roles }: { readonly personId: string; readonly roles: readonly Role[] },
  opened: Pick<ModerationCase, 'status'> | undefined,
  readings: readonly Pick<Reading, 'readerId' | 'kind' | 'status'>[],
  proposed: Pick<ProposedOutcome, 'status'> | undefined,
): boolean {
  const readsNow = readings.some(
    ({ readerId, kind, status }) => readerId === personId && kind === 'SECOND_READING' && status === 'OPEN',
  );
  const couldRead = proposed === undefined && (opened === undefined || opened.status === 'READING');
  return readsNow || (couldRead && roles.includes('moderator'));
}

/** The least loaded of those who may read; equals are told apart by the case, so that one person does not get them all. */
export function chooseReader(
  submission: Pick<ReadableSubmission, 'roundId' | 'schoolId'>,
  candidates: readonly Pick<Reader, 'personId' | 'email'>[],
  loads: ReadonlyMap<string, number>,
): string | undefined {
  const lot = ({ email }: Pick<Reader, 'email'>): string =>
    lotOf(submission.roundId, `${submission.schoolId}\n${email}`);
  const load = ({ personId }: Pick<Reader, 'personId'>): number => loads.get(personId) ?? 0;
  return [...candidates].sort((a, b) => load(a) - load(b) || (lot(a) < lot(b) ? -1 : 1))[0]?.personId;
}

/** Why a panel member cannot confirm an outcome as it is asked, as a code of the texts; undefined: they can. */
export type ConfirmationRefusal =
  | 'not-present'
  | 'no-quorum'
  | 'judged-yourself'
  | 'case-conflict'
  | 'not-proposed'
  | 'change-needs-reason'
  | 'level-does-not-fit';

/** Who of those present decides a case: all but those who judged it or have a conflict in it. Pure. */
export function decidersOf(
  present: readonly Reader[],
  submission: ReadableSubmission,
  proposed: Pick<ProposedOutcome, 'judgedBy'>,
): { readonly decidedBy: string[]; readonly keptOut: KeptOut[] } {
  const decidedBy: string[] = [];
  const keptOut: KeptOut[] = [];
  for (const member of present) {
    const { personId } = member;
    if (proposed.judgedBy.includes(personId)) keptOut.push({ personId, because: 'JUDGED' });
    else if (conflictOf(member, submission) !== undefined) keptOut.push({ personId, because: 'CONFLICT' });
    else decidedBy.push(personId);
  }
  return { decidedBy, keptOut };
}

/** What a panel member asks to confirm. */
export interface Confirmation extends Recommendation {
  readonly reason?: string | undefined;
}

/**
 * Nobody confirms what they judged (as first or second reader or adjudicator) or a case in which they have a conflict;
 * a change of what was proposed needs a reason (domain.md 2.3).
 */
export function refusalOfConfirmation(
  member: Reader,
  submission: ReadableSubmission,
  proposed: Pick<ProposedOutcome, 'status' | 'outcome' | 'level' | 'judgedBy'> | undefined,
  asked: Confirmation,
): ConfirmationRefusal | undefined {
  if (proposed === undefined || proposed.status !== 'PROPOSED') return 'not-proposed';
  if (proposed.judgedBy.includes(member.personId)) return 'judged-yourself';
  if (conflictOf(member, submission) !== undefined) return 'case-conflict';
  if (!fitsTarget(asked, submission.targetLevel)) return 'level-does-not-fit';
  if (!sameRecommendation(asked, proposed) && (asked.reason ?? '').trim() === '')
    return 'change-needs-reason';
  return undefined;
}
