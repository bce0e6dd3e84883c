import { deadlineFor } from '../programme/deadlines.ts';
import { readRound } from '../programme/store.ts';
import { readRegistration } from '../registration/store.ts';
import { hubPage, schoolPage } from '../shared/mail/links.ts';
import { formatDate } from '../shared/time/london.ts';
import { hubLeadersOf } from './facts.ts';
import { letterTexts } from './letter-texts.ts';
import { type Letter, sendLetter, whenOf } from './letters.ts';
import { type TrainingMail, trainingDuties } from './rules.ts';
import { findTraining } from './store.ts';
import { texts } from './texts.ts';

const templates: Readonly<Record<TrainingMail, string>> = {
  ACTION_PLAN_DUE: 'action-plan-due',
  ACTION_PLAN_LATE: 'action-plan-late',
  SESSION_SOON: 'session-soon',
  LEVEL_WANTED: 'level-wanted',
};

/**
 * Sends the mail of one duty of the training year, named by its cause, to those whom it concerns. A duty that has gone
 * in the meantime (the plan came, the level was confirmed) sends nothing; sent before, it is not sent again.
 */
export async function sendTrainingReminder(
  registrationId: string,
  cause: string,
  now: Date,
): Promise<number> {
  const registration = await readRegistration(registrationId);
  const [round, training, hubLeaders] = await Promise.all([
    readRound(registration.roundId),
    findTraining(registrationId),
    hubLeadersOf(registration.hubId),
  ]);
  if (training === undefined) return 0;
  const duty = trainingDuties({ round, registration, hubLeaders }, training).find(
    (entry) => entry.cause === cause,
  );
  if (duty === undefined) return 0;
  const toHub = duty.kind === 'ACTION_PLAN_LATE' || duty.kind === 'LEVEL_WANTED';
  const session = training.sessions.find((entry) => duty.series === `session ${entry.session}`);
  const letter: Letter = {
    texts: letterTexts,
    template: templates[duty.kind],
    cause,
    recipients: duty.recipients.filter((to) => new Date(to.from) <= duty.at),
    values: (language) => ({
      school: registration.school.name,
      level: texts.text(language, `levels.${registration.targetLevel}`),
      due: formatDate(deadlineFor(round, registration, 'actionPlanDue'), language),
      cutOff: formatDate(deadlineFor(round, registration, 'levelChangeCutOff'), language),
      page: toHub ? hubPage(registrationId) : schoolPage(registrationId),
      ...(session === undefined
        ? {}
        : {
            session: session.session,
            date: formatDate(session.date, language),
            when: whenOf(session, language),
          }),
    }),
  };
  return sendLetter(registrationId, letter, now);
}
