import { ulid } from 'ulid';
import { endRole, ensurePerson } from '../people/store.ts';
import type { Round } from '../programme/model.ts';
import { type Registration, registration } from '../registration/model.ts';
import { contactKey, REGISTRATION, registrationsOfPerson } from '../registration/store.ts';
import { type Role, schoolRoles } from '../shared/access/identity.ts';
import { NotFoundError, RefusedError, WrongStateError } from '../shared/runtime/errors.ts';
import { change, type ExtraWrite, type Stored } from '../shared/table/change.ts';
import { personIndex, registrationKey } from '../shared/table/keys.ts';
import { actorOf, type Person } from './store.ts';

type Contact = Registration['contacts'][number];

/** Who takes over or is added. */
export interface NewContact {
  readonly name: string;
  readonly email: string;
}

/** Statuses in which the people of a school can change: as long as it takes part, and after, while its result stands. */
const ended: readonly Registration['status'][] = ['WITHDRAWN', 'LAPSED'];

/**
 * Ends a contact and, where somebody takes over, begins theirs, at one moment: the relation to the registration is what
 * opens its pages, so the access of who left is over with this transaction. Their role as such ends too, unless another
 * school gives it to them. Only a subject leader may leave without a successor, and only while another stays.
 */
export async function replaceContact(
  round: Round,
  of: Registration,
  contactId: string,
  replacement: NewContact | null,
  reason: string,
  by: Person,
  now: Date,
): Promise<Stored<Registration>> {
  const leaving = of.contacts.find((contact) => contact.contactId === contactId);
  if (leaving === undefined) throw new NotFoundError(`contact ${contactId}`);
  if (leaving.until !== null) throw new RefusedError('contact-ended');
  const coming = replacement === null ? undefined : await newContact(of, leaving.role, replacement, by, now);
  const saved = await changeContacts(of.registrationId, 'contact.change', reason, by, now, (contacts) => {
    const current = contacts.find((contact) => contact.contactId === contactId);
    if (current === undefined || current.until !== null) throw new RefusedError('contact-ended');
    const others = contacts.filter(
      (contact) => contact.contactId !== contactId && contact.role === current.role && contact.until === null,
    );
    if (coming === undefined && (current.role !== 'subject_leader' || others.length === 0))
      throw new RefusedError('contact-last');
    checkNew(round, coming, others);
    return {
      contacts: [
        ...contacts.map((contact) =>
          contact.contactId === contactId ? { ...contact, until: now.toISOString() } : contact,
        ),
        ...(coming === undefined ? [] : [coming]),
      ],
      also: [...endPointer(of.registrationId, current, now), ...pointer(of.registrationId, coming)],
    };
  });
  await endAccess(leaving, reason, by, now);
  return saved;
}

/** Adds a further subject leader (up to the round's policy) or finance contact. */
export async function addContact(
  round: Round,
  of: Registration,
  role: 'subject_leader' | 'finance',
  given: NewContact,
  by: Person,
  now: Date,
): Promise<Stored<Registration>> {
  const coming = await newContact(of, role, given, by, now);
  return changeContacts(of.registrationId, 'contact.change', `${role} added`, by, now, (contacts) => {
    const others = contacts.filter((contact) => contact.role === role && contact.until === null);
    checkNew(round, coming, others);
    return { contacts: [...contacts, coming], also: pointer(of.registrationId, coming) };
  });
}

function checkNew(round: Round, coming: Contact | undefined, others: readonly Contact[]): void {
  if (coming === undefined) return;
  if (others.some((contact) => contact.email.toLowerCase() === coming.email.toLowerCase()))
    throw new RefusedError('contact-is-there', { field: 'email' });
  const maximum = round.policies.maximumSubjectLeaders;
  if (coming.role === 'subject_leader' && others.length >= maximum)
    throw new RefusedError('contact-too-many', { values: { maximum } });
}

/** The contact record of somebody new; who signs in becomes a person with the role first. */
async function newContact(
  of: Registration,
  role: Contact['role'],
  given: NewContact,
  by: Person,
  now: Date,
): Promise<Contact> {
  const email = given.email.trim().toLowerCase();
  const signsIn = schoolRole(role);
  const person =
    signsIn === undefined
      ? undefined
      : await ensurePerson(
          { email, name: given.name, language: of.language, role: signsIn },
          actorOf(by),
          now,
        );
  return {
    contactId: ulid(now.getTime()),
    role,
    name: given.name,
    email,
    personId: person?.personId ?? null,
    from: now.toISOString(),
    until: null,
  };
}

function schoolRole(role: Contact['role']): Role | undefined {
  return schoolRoles.find((known) => known === role);
}

function changeContacts(
  registrationId: string,
  action: string,
  reason: string,
  by: Person,
  now: Date,
  decide: (contacts: readonly Contact[]) => { contacts: Contact[]; also: ExtraWrite[] },
): Promise<Stored<Registration>> {
  return change(registration, registrationKey(registrationId), now, (current) => {
    if (ended.includes(current.status))
      throw new WrongStateError(`registration ${current.reference}`, current.status);
    const { contacts, also } = decide(current.contacts);
    const { pk: _pk, sk: _sk, version: _version, ...rest } = current;
    return {
      next: { ...rest, contacts },
      audit: { action, actor: actorOf(by), reason },
      events: [{ name: 'ContactChanged', detail: { registrationId, roundId: current.roundId } }],
      also,
    };
  });
}

/** The item by which a person finds the registration; contacts who do not sign in have none. */
function pointer(registrationId: string, contact: Contact | undefined): ExtraWrite[] {
  if (contact === undefined || contact.personId === null) return [];
  const { contactId, personId } = contact;
  return [
    {
      put: {
        ...contactKey(registrationId, contactId),
        registrationId,
        contactId,
        until: null,
        ...personIndex(personId, REGISTRATION, registrationId),
      },
    },
  ];
}

function endPointer(registrationId: string, contact: Contact, now: Date): ExtraWrite[] {
  if (contact.personId === null) return [];
  return [{ update: contactKey(registrationId, contact.contactId), set: { until: now.toISOString() } }];
}

/** Ends the role as such where no other registration gives it to the person. */
async function endAccess(leaving: Contact, reason: string, by: Person, now: Date): Promise<void> {
  const role = schoolRole(leaving.role);
  if (leaving.personId === null || role === undefined) return;
  const others = await registrationsOfPerson(leaving.personId);
  const stays = others.some((other) =>
    other.contacts.some(
      (contact) => contact.personId === leaving.personId && contact.role === role && contact.until === null,
    ),
  );
  if (!stays) await endRole(leaving.personId, role, actorOf(by), reason, now);
}
