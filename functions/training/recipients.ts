import type { Registration } from '../registration/model.ts';
import type { Recipient } from '../shared/mail/duties.ts';

type ContactRole = Registration['contacts'][number]['role'];

/** The current contacts of a registration in these roles; one address is written to once. */
export function contactsIn(
  registration: Pick<Registration, 'contacts' | 'language'>,
  ...roles: readonly ContactRole[]
): Recipient[] {
  const seen = new Set<string>();
  return registration.contacts
    .filter((contact) => contact.until === null && roles.includes(contact.role))
    .filter((contact) => {
      const address = contact.email.toLowerCase();
      return seen.has(address) ? false : seen.add(address);
    })
    .map((contact) => ({
      id: contact.contactId,
      name: contact.name,
      email: contact.email,
      language: registration.language,
      from: contact.from,
    }));
}

/** Head and subject leaders: those who carry the programme in the school. */
export function schoolTeam(registration: Pick<Registration, 'contacts' | 'language'>): Recipient[] {
  return contactsIn(registration, 'head', 'subject_leader');
}
