import { deadlineFor } from '../programme/deadlines.ts';
import { readRound } from '../programme/store.ts';
import { readRegistration } from '../registration/store.ts';
import { hubPage, schoolPage } from '../shared/mail/links.ts';
import { formatDateTime } from '../shared/time/london.ts';
import { hubLeadersOf } from '../training/facts.ts';
import { sendLetter } from '../training/letters.ts';
import { sendTrainingReminder } from '../training/reminders.ts';
import { letterTexts } from './letter-texts.ts';
import { type SubmissionMail, submissionDuties } from './rules.ts';
import { findSubmission } from './store.ts';

const templates: Readonly<Record<SubmissionMail, string>> = {
  SIGN_OFF_DUE: 'sign-off-due',
  SIGN_OFF_WANTED: 'sign-off-wanted',
  SIGN_OFF_LATE: 'sign-off-late',
  SUBMISSION_DUE: 'submission-due',
  DECLARATION_WANTED: 'declaration-wanted',
};

/**
 * Sends the mail of one duty of the submission, named by its cause. A duty that has gone in the meantime (it was signed
 * off, the deadline moved) sends nothing; sent before, it is not sent again. Returns how many went out.
 */
export async function sendSubmissionReminder(
  registrationId: string,
  cause: string,
  now: Date,
): Promise<number> {
  const registration = await readRegistration(registrationId);
  const [round, submission, hubLeaders] = await Promise.all([
    readRound(registration.roundId),
    findSubmission(registrationId),
    hubLeadersOf(registration.hubId),
  ]);
  if (submission === undefined || registration.status !== 'READY_TO_SUBMIT') return 0;
  const duty = submissionDuties({ round, registration, hubLeaders }, submission).find(
    (entry) => entry.cause === cause,
  );
  // Sessions and an unconfirmed level are the training's, which has ended by now.
  if (duty === undefined) return sendTrainingReminder(registrationId, cause, now);
  const toHub = duty.kind === 'SIGN_OFF_WANTED' || duty.kind === 'SIGN_OFF_LATE';
  const ofSubmission = duty.kind === 'SUBMISSION_DUE' || duty.kind === 'DECLARATION_WANTED';
  return sendLetter(
    registrationId,
    {
      texts: letterTexts,
      template: templates[duty.kind],
      cause,
      recipients: duty.recipients.filter((to) => new Date(to.from) <= duty.at),
      values: (language) => ({
        school: registration.school.name,
        due: formatDateTime(
          deadlineFor(round, registration, ofSubmission ? 'submissionDue' : 'signOffDue'),
          language,
        ),
        submissionDue: formatDateTime(deadlineFor(round, registration, 'submissionDue'), language),
        page: toHub ? hubPage(registrationId) : schoolPage(registrationId),
      }),
    },
    now,
  );
}
