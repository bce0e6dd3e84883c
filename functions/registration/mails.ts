import type { Language } from '../shared/access/identity.ts';
import { sendMail } from '../shared/mail/send-mail.ts';
import { requireEnv } from '../shared/runtime/env.ts';
import { registrationPk } from '../shared/table/keys.ts';
import type { Registration } from './model.ts';
import { registrationTexts } from './texts.ts';

/** The people of the school who read mails about the registration: head, subject leaders and who registered it; each once. */
export function schoolReaders(
  registration: Pick<Registration, 'contacts'>,
): { name: string; email: string; contactId: string }[] {
  const seen = new Set<string>();
  return registration.contacts.filter((contact) => {
    if (contact.until !== null || contact.role === 'finance' || seen.has(contact.email)) return false;
    seen.add(contact.email);
    return true;
  });
}

/** Who hears of money: the payer and the school's finance contact, each once. */
export function payerReaders(
  registration: Pick<Registration, 'contacts' | 'payer'>,
): { name: string; email: string }[] {
  const finance = registration.contacts.filter(
    (contact) => contact.role === 'finance' && contact.until === null,
  );
  const all = [registration.payer, ...finance].map(({ name, email }) => ({
    name,
    email: email.toLowerCase(),
  }));
  return all.filter((each, index) => all.findIndex((other) => other.email === each.email) === index);
}

/** The page of a registration for its people. */
export const registrationPage = (registrationId: string): string =>
  `${requireEnv('SITE_URL')}/register/registrations/${registrationId}`;

/** Sends `emails.<template>` of the registration texts to each reader once for the cause. */
export async function mailAbout(
  registration: Pick<Registration, 'registrationId' | 'reference' | 'language' | 'school'>,
  template: string,
  cause: string,
  to: readonly { name: string; email: string }[],
  values: Readonly<Record<string, string | number>>,
  now: Date,
  language: Language = registration.language,
): Promise<void> {
  for (const reader of to) {
    const all = {
      name: reader.name,
      school: registration.school.name,
      reference: registration.reference,
      page: registrationPage(registration.registrationId),
      ...values,
    };
    await sendMail(
      {
        collection: registrationPk(registration.registrationId),
        cause: `${cause}:${reader.email}`,
        to: reader.email,
        language,
        subject: registrationTexts.text(language, `emails.${template}.subject`, all),
        text: registrationTexts.text(language, `emails.${template}.text`, all),
      },
      now,
    );
  }
}
