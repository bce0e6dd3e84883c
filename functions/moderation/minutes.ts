import { schoolView } from '../assessment/reading-room.ts';
import { conflictOf, type Reader, sameRecommendation } from '../assessment/rules.ts';
import { readRegistration } from '../registration/store.ts';
import type { Language } from '../shared/access/identity.ts';
import { csvOf } from '../shared/csv/csv-of.ts';
import { inParallel } from '../shared/runtime/in-parallel.ts';
import type { Decision, KeptOut, PanelMeeting } from './model.ts';
import { namesOf } from './panel-views.ts';
import { findDecision, listOutcomes, readMeeting } from './store.ts';
import { texts } from './texts.ts';

/** One decision as the minutes of a meeting have it. */
export interface MinutesRow {
  registrationId: string;
  reference: string;
  school: string;
  proposed: Pick<Decision, 'outcome' | 'level'>;
  decided: Pick<Decision, 'outcome' | 'level'>;
  changed: boolean;
  reason: string | null;
  decidedBy: string[];
  keptOut: { name: string; because: KeptOut['because'] }[];
  at: string;
}

export interface Minutes {
  meeting: PanelMeeting;
  present: string[];
  openedBy: string;
  closedBy: string | null;
  rows: MinutesRow[];
  postponed: { reference: string; school: string }[];
  /** Cases of the meeting that whoever asks must not see. */
  withheld: number;
}

/**
 * The minutes of a meeting as `asker` may read them: cases in which they have a conflict are counted and not shown.
 * Throws `NotFoundError`.
 */
export async function minutesOf(roundId: string, number: number, asker: Reader): Promise<Minutes> {
  const [meeting, outcomes] = await Promise.all([readMeeting(roundId, number), listOutcomes(roundId)]);
  const decided = outcomes.filter((one) => one.meeting === number);
  const found = await inParallel(decided, 8, async ({ registrationId }) => {
    const [registration, decision] = await Promise.all([
      readRegistration(registrationId),
      findDecision(registrationId),
    ]);
    return decision === undefined ? [] : [{ registration, decision }];
  });
  const cases = found.flat();
  const postponed = await inParallel(meeting.postponed, 8, readRegistration);
  const name = await namesOf([
    ...meeting.present,
    meeting.openedBy,
    ...(meeting.closedBy === null ? [] : [meeting.closedBy]),
    ...cases.flatMap(({ decision }) => [
      ...decision.decidedBy,
      ...decision.keptOut.map(({ personId }) => personId),
    ]),
  ]);
  const seen = cases.filter(({ registration }) => conflictOf(asker, registration) === undefined);
  const seenPostponed = postponed.filter((one) => conflictOf(asker, one) === undefined);
  return {
    meeting,
    present: meeting.present.map((personId) => name(personId).name),
    openedBy: name(meeting.openedBy).name,
    closedBy: meeting.closedBy === null ? null : name(meeting.closedBy).name,
    rows: seen
      .map(({ registration, decision }) => ({
        registrationId: registration.registrationId,
        reference: registration.reference,
        school: schoolView(registration).name,
        proposed: { outcome: decision.proposed.outcome, level: decision.proposed.level },
        decided: { outcome: decision.outcome, level: decision.level },
        changed: !sameRecommendation(decision, decision.proposed),
        reason: decision.reason,
        decidedBy: decision.decidedBy.map((personId) => name(personId).name),
        keptOut: decision.keptOut.map(({ personId, because }) => ({ name: name(personId).name, because })),
        at: decision.at,
      }))
      .sort((a, b) => a.school.localeCompare(b.school, 'en-GB') || (a.reference < b.reference ? -1 : 1)),
    postponed: seenPostponed.map((one) => ({ reference: one.reference, school: one.school.name })),
    withheld: cases.length - seen.length + postponed.length - seenPostponed.length,
  };
}

/** An outcome with its level in the words of the minutes. */
export function outcomeIn(
  language: Language,
  { outcome, level }: Pick<Decision, 'outcome' | 'level'>,
): string {
  const words = texts.text(language, `minutes.outcomes.${outcome}`);
  return level === null ? words : `${words}: ${texts.text(language, `levels.${level}`)}`;
}

/** Who was kept out and why, in words. */
export function keptOutIn(language: Language, row: MinutesRow): string {
  return row.keptOut
    .map(({ name, because }) => `${name} (${texts.text(language, `minutes.because.${because}`)})`)
    .join('; ');
}

/** The decisions and postponed cases of a meeting, one row a case. */
export function minutesCsv(minutes: Minutes, language: Language): string {
  const t = (key: string): string => texts.text(language, `minutes.${key}`);
  const heads = ['meeting', 'at', 'reference', 'school', 'proposed', 'decided', 'reason', 'by', 'kept-out'];
  const { number } = minutes.meeting;
  return csvOf(
    heads.map((head) => t(`columns.${head}`)),
    [
      ...minutes.rows.map((row) => [
        number,
        row.at,
        row.reference,
        row.school,
        outcomeIn(language, row.proposed),
        outcomeIn(language, row.decided),
        row.reason,
        row.decidedBy.join('; '),
        keptOutIn(language, row),
      ]),
      ...minutes.postponed.map((row) => [
        number,
        minutes.meeting.openedAt,
        row.reference,
        row.school,
        '',
        t('postponed'),
        t('no-quorum'),
        '',
        '',
      ]),
    ],
  );
}
