import { moderatorPage } from '../assessment/pages.ts';
import { findPerson } from '../people/store.ts';
import { readRegistration } from '../registration/store.ts';
import { sendMail } from '../shared/mail/send-mail.ts';
import { registrationPk } from '../shared/table/keys.ts';
import { formatDate } from '../shared/time/london.ts';
import type { Reading } from './model.ts';
import { texts } from './texts.ts';

/** Writes to the reader of a reading, once for the cause, in the registration's collection. */
export async function writeToReader(
  reading: Pick<Reading, 'readingId' | 'registrationId' | 'readerId' | 'kind' | 'dueOn'>,
  template: 'reading' | 'reading-reminder' | 'reading-expired',
  cause: string,
  now: Date,
): Promise<void> {
  const [person, registration] = await Promise.all([
    findPerson(reading.readerId),
    readRegistration(reading.registrationId),
  ]);
  if (person === undefined) return;
  const { language } = person;
  const values = {
    name: person.name,
    school: registration.school.name,
    kind: texts.text(language, `kinds.${reading.kind}`),
    due: formatDate(reading.dueOn, language),
    page: moderatorPage(reading.readingId),
  };
  await sendMail(
    {
      collection: registrationPk(reading.registrationId),
      cause,
      to: person.email,
      language,
      subject: texts.text(language, `emails.${template}.subject`, values),
      text: texts.text(language, `emails.${template}.text`, values),
    },
    now,
  );
}
