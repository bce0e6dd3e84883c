import type * as z from 'zod';
import { deadlineFor } from '../programme/deadlines.ts';
import type { Round } from '../programme/model.ts';
import type { Registration } from '../registration/model.ts';
import type { Language } from '../shared/access/identity.ts';
import { queryCollection } from '../shared/table/change.ts';
import { registrationPk } from '../shared/table/keys.ts';
import { formatDate } from '../shared/time/london.ts';
import { isPending } from '../submissions/checklist.ts';
import type { Document } from '../submissions/model.ts';
import { presentDocument } from '../submissions/present.ts';
import type { nextView, timelineView, trainingView } from '../submissions/views.ts';
import { allowedLevels } from './level-change.ts';
import { ACTION_PLAN, type Training } from './model.ts';
import { nextForSchool, type SchoolFacts } from './next-for-school.ts';
import { actionPlanDeadline } from './store.ts';
import { texts } from './texts.ts';

/** Where the action plan stands. */
export function actionPlanState(
  training: Training | undefined,
  documents: readonly Document[],
  now: Date,
): 'MISSING' | 'CHECKING' | 'RECEIVED' {
  if (training?.actionPlan != null) return 'RECEIVED';
  return documents.some((file) => file.documentType === ACTION_PLAN && isPending(file, now))
    ? 'CHECKING'
    : 'MISSING';
}

/** The training of a school in a language at `now`; before it has begun, the round's dates. */
export function presentTraining(
  round: Round,
  registration: Registration,
  training: Training | undefined,
  documents: readonly Document[],
  language: Language,
  now: Date,
): z.input<typeof trainingView> {
  const plan = training?.actionPlan ?? null;
  const { due, late } = actionPlanDeadline(round, registration, plan, now);
  const file = documents.find(
    (entry) =>
      entry.documentType === ACTION_PLAN &&
      (plan?.kind === 'FILE'
        ? entry.documentId === plan.documentId
        : isPending(entry, now) || entry.status === 'REFUSED'),
  );
  const request = training?.levelRequest ?? null;
  const sessions =
    training?.sessions ??
    round.calendar.sessions.map((date, index) => ({ session: index + 1, date, time: null, place: null }));
  return {
    sessions: sessions.map((session) => ({
      ...session,
      attended: training?.attendance[session.session]?.attended ?? null,
    })),
    minimumSessions: round.policies.training.minimumSessions,
    actionPlan: {
      due: due.toISOString(),
      state: actionPlanState(training, documents, now),
      late,
      receivedAt: plan?.receivedAt ?? null,
      text: plan?.kind === 'TEXT' ? plan.text : plan?.kind === 'OTHER' ? plan.note : null,
      document: file === undefined ? null : presentDocument(file, language),
      feedback:
        training?.feedback == null
          ? null
          : { text: training.feedback.text, at: training.feedback.at, byName: training.feedback.byName },
    },
    level: {
      target: registration.targetLevel,
      confirmed: registration.targetLevelConfirmed,
      changeUntil: deadlineFor(round, registration, 'levelChangeCutOff').toISOString(),
      allowed: allowedLevels(round, registration, now),
      request:
        request === null
          ? null
          : { to: request.to, reason: request.reason, at: request.at, byName: request.byName },
    },
  };
}

/** What is next, in words. */
export function presentNext(facts: SchoolFacts, language: Language, now: Date): z.input<typeof nextView> {
  const next = nextForSchool(facts, now);
  const values = {
    ...(next.count === undefined ? {} : { count: next.count }),
    ...(next.session === undefined ? {} : { session: next.session }),
    ...(next.day === undefined ? {} : { date: formatDate(next.day, language) }),
  };
  return {
    code: next.code,
    title: texts.text(language, `next.${next.code}.title`, values),
    text: texts.text(language, `next.${next.code}.text`, values),
    who: next.who,
    by: next.by?.toISOString() ?? null,
    late: next.by !== undefined && now > next.by,
  };
}

/** A status as schools and hub leaders may know it: moderation and a decision before its release read as assessment. */
export function openStatus(
  status: Registration['status'],
): Exclude<Registration['status'], 'IN_MODERATION' | 'DECIDED'> {
  return status === 'IN_MODERATION' || status === 'DECIDED' ? 'IN_ASSESSMENT' : status;
}

export function statusText(status: Registration['status'], language: Language): string {
  return texts.text(language, `statuses.${openStatus(status)}`);
}

/**
 * The journey of a registration, newest first, from its audit entries: those whose action the texts name as a step of
 * the school's (`timeline.<action>`). Nothing of assessment or moderation is among them.
 */
export async function timelineOf(
  registrationId: string,
  language: Language,
): Promise<z.input<typeof timelineView>[]> {
  const entries = await queryCollection(registrationPk(registrationId), 'AUDIT#');
  return entries
    .flatMap(({ action, at }) => {
      if (typeof action !== 'string' || typeof at !== 'string') return [];
      const code = action.replace(/[^A-Za-z0-9]+/g, '-');
      return texts.has(`timeline.${code}`)
        ? [{ at, code, text: texts.text(language, `timeline.${code}`) }]
        : [];
    })
    .reverse();
}
