import { listPeople, readPeople } from '../people/store.ts';
import { findHub } from '../programme/store.ts';
import type { Registration } from '../registration/model.ts';
import type { Recipient } from '../shared/mail/duties.ts';
import { parseStored, queryCollection } from '../shared/table/change.ts';
import { registrationPk } from '../shared/table/keys.ts';
import { type Document, document } from '../submissions/model.ts';

const ALWAYS = new Date(0).toISOString();

/** The active leaders of a hub; the programme's admins where it has none, so that every question reaches somebody. */
export async function hubLeadersOf(hubId: string | null): Promise<Recipient[]> {
  const hub = hubId === null ? undefined : await findHub(hubId);
  const leaders = (await readPeople(hub?.leaderIds ?? [])).filter(
    (person) => person.status === 'ACTIVE' && person.roles.includes('hub_leader'),
  );
  const people = leaders.length > 0 ? leaders : await listPeople('admin');
  return people.map((person) => ({
    id: person.personId,
    name: person.name,
    email: person.email,
    language: person.language,
    from: ALWAYS,
  }));
}

/** The programme's admins, as recipients. */
export async function admins(): Promise<Recipient[]> {
  return (await listPeople('admin')).map((person) => ({
    id: person.personId,
    name: person.name,
    email: person.email,
    language: person.language,
    from: ALWAYS,
  }));
}

/** Causes of the mails of a registration that went out. */
export async function sentCauses(registrationId: string): Promise<Set<string>> {
  const mails = await queryCollection(registrationPk(registrationId), 'EMAIL#');
  return new Set(
    mails.flatMap((mail) => (mail.status === 'SENT' && typeof mail.cause === 'string' ? [mail.cause] : [])),
  );
}

/** All files of a registration, the newest first. */
export async function documentsOf(registrationId: Registration['registrationId']): Promise<Document[]> {
  const items = await queryCollection(registrationPk(registrationId), 'DOC#');
  return items
    .map((item) => parseStored(document, item))
    .sort((a, b) => b.documentId.localeCompare(a.documentId));
}
