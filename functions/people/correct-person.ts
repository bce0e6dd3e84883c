import { type Registration, registration } from '../registration/model.ts';
import { registrationsOfPerson } from '../registration/store.ts';
import { type Actor, change, type Stored } from '../shared/table/change.ts';
import { registrationKey } from '../shared/table/keys.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import type { Person } from './model.ts';
import { setNameAndEmail } from './store.ts';

/**
 * Corrects a person's name or address everywhere: the person, and where they are a contact of a school now. Each change
 * is audited with the reason. Safe to repeat, and to go on where it broke off. Refuses `address-taken`.
 */
export async function correctPerson(
  personId: string,
  corrected: { readonly name: string; readonly email: string },
  actor: Actor,
  reason: string,
  now: Date,
): Promise<Stored<Person>> {
  const person = await setNameAndEmail(personId, corrected, actor, reason, now);
  const { name, email } = person;
  for (const { registrationId } of await registrationsOfPerson(personId)) {
    await change<Registration>(registration, registrationKey(registrationId), now, (current) => {
      const wrong = (contact: Registration['contacts'][number]): boolean =>
        contact.personId === personId &&
        contact.until === null &&
        (contact.name !== name || contact.email !== email);
      if (!current.contacts.some(wrong)) return undefined;
      return {
        next: {
          ...withoutStored(current),
          contacts: current.contacts.map((one) => (wrong(one) ? { ...one, name, email } : one)),
        },
        audit: { action: 'contact.correct', actor, reason },
        events: [{ name: 'ContactChanged', detail: { registrationId, roundId: current.roundId } }],
      };
    });
  }
  return person;
}
