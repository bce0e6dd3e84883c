import { findPerson } from '../people/store.ts';
import { readRegistration } from '../registration/store.ts';
import { sendMail } from '../shared/mail/send-mail.ts';
import { assignmentPk } from '../shared/table/keys.ts';
import { formatDate } from '../shared/time/london.ts';
import type { Assignment } from './model.ts';
import { assessorPage } from './pages.ts';
import { texts } from './texts.ts';

export type AssessmentMail =
  | 'reminder-before'
  | 'reminder-after'
  | 'offer-expired'
  | 'assessment-expired'
  | 'reassigned';

/**
 * Writes to the assessor of an assignment, once for the cause. `days` are calendar days that the text names. Nobody is
 * written to where the person no longer exists.
 */
export async function writeToAssessor(
  assignment: Pick<Assignment, 'assignmentId' | 'assessorId' | 'registrationId'>,
  template: AssessmentMail,
  cause: string,
  days: Readonly<Record<string, string>>,
  now: Date,
): Promise<void> {
  const [person, registration] = await Promise.all([
    findPerson(assignment.assessorId),
    readRegistration(assignment.registrationId),
  ]);
  if (person === undefined) return;
  const { language } = person;
  const values = {
    name: person.name,
    school: registration.school.name,
    page: assessorPage(assignment.assignmentId),
    ...Object.fromEntries(Object.entries(days).map(([name, day]) => [name, formatDate(day, language)])),
  };
  await sendMail(
    {
      collection: assignmentPk(assignment.assignmentId),
      cause,
      to: person.email,
      language,
      subject: texts.text(language, `emails.${template}.subject`, values),
      text: texts.text(language, `emails.${template}.text`, values),
    },
    now,
  );
}
