import { ulid } from 'ulid';
import * as z from 'zod';
import type { Language, Role } from '../shared/access/identity.ts';
import { RefusedError, WrongStateError } from '../shared/runtime/errors.ts';
import {
  type Actor,
  change,
  create,
  type ExtraWrite,
  parseStored,
  queryIndex,
  read,
  type Stored,
} from '../shared/table/change.ts';
import { type Key, personKey, personPk, uniqueKey } from '../shared/table/keys.ts';
import { readItems } from '../shared/table/read-items.ts';
import { type AssessorProfile, type Person, person } from './model.ts';

/** A person as others name them: by address. */
export interface PersonInput {
  readonly email: string;
  readonly name: string;
  readonly language: Language;
  readonly role: Role;
  /** Hubs that the person leads, funders that they speak for: added to those they have. */
  readonly hubIds?: readonly string[];
  readonly funderIds?: readonly string[];
  /** The person's profile as an assessor or moderator, from what is known of them, written in the same transaction. */
  readonly profile?: (known: Pick<Person, 'assessor' | 'language'>) => AssessorProfile;
}

const PEOPLE = 'PEOPLE';
const pointer = z.object({ personId: z.string() });

const roleKey = (personId: string, role: Role): Key => ({ pk: personPk(personId), sk: `ROLE#${role}` });
/** The item by which people of a role are listed; deleted when the role ends (the audit keeps the history). */
const roleItem = (personId: string, role: Role, now: Date): ExtraWrite => ({
  put: {
    ...roleKey(personId, role),
    personId,
    role,
    since: now.toISOString(),
    roundKey: `${PEOPLE}#${role}`,
    roundSort: personId,
  },
});

/** The person, or undefined. Consistent. */
export function findPerson(personId: string): Promise<Stored<Person> | undefined> {
  return read(person, personKey(personId));
}

/** The person with this address (any case), active or not, or undefined. */
export async function findPersonByEmail(email: string): Promise<Stored<Person> | undefined> {
  const known = await read(pointer, uniqueKey('EMAIL', email.trim().toLowerCase()));
  return known === undefined ? undefined : findPerson(known.personId);
}

/**
 * The person with this address and role. A new address makes a person; a known one gains the role (an ended person
 * becomes active again) and keeps the name and language that they have. The same again changes nothing.
 */
export async function ensurePerson(input: PersonInput, actor: Actor, now: Date): Promise<Stored<Person>> {
  const email = input.email.trim().toLowerCase();
  const known = await findPersonByEmail(email);
  if (known !== undefined) return addRole(known.personId, input, actor, now);
  try {
    return await createPerson(email, input, actor, now);
  } catch (error) {
    if (!(error instanceof AddressTakenError)) throw error;
    const other = await findPersonByEmail(email);
    if (other === undefined) throw error;
    return addRole(other.personId, input, actor, now);
  }
}

/** Somebody else made a person with this address at the same moment. */
class AddressTakenError extends Error {
  constructor() {
    super('the address belongs to a person already');
    this.name = 'AddressTakenError';
  }
}

function createPerson(email: string, input: PersonInput, actor: Actor, now: Date): Promise<Stored<Person>> {
  const personId = ulid(now.getTime());
  const next: Person = {
    personId,
    email,
    name: input.name,
    language: input.language,
    roles: [input.role],
    hubIds: [...(input.hubIds ?? [])],
    funderIds: [...(input.funderIds ?? [])],
    status: 'ACTIVE',
    assessor: input.profile?.({ assessor: null, language: input.language }) ?? null,
    roundKey: PEOPLE,
    roundSort: personId,
  };
  return create<Person>(
    personKey(personId),
    {
      next,
      audit: { action: 'add-person', actor },
      events: [{ name: 'PersonAdded', detail: { personId } }],
      also: [
        { put: { ...uniqueKey('EMAIL', email), personId }, onlyIfAbsent: true },
        roleItem(personId, input.role, now),
      ],
      refusals: { 0: () => new AddressTakenError() },
    },
    now,
  );
}

function addRole(personId: string, input: PersonInput, actor: Actor, now: Date): Promise<Stored<Person>> {
  return changePerson(personId, now, (current) => {
    const roles = union(current.roles, [input.role]);
    const hubIds = union(current.hubIds, input.hubIds ?? []);
    const funderIds = union(current.funderIds, input.funderIds ?? []);
    const assessor = input.profile?.(current) ?? current.assessor;
    const same =
      current.status === 'ACTIVE' &&
      roles.length === current.roles.length &&
      hubIds.length === current.hubIds.length &&
      funderIds.length === current.funderIds.length &&
      JSON.stringify(assessor) === JSON.stringify(current.assessor);
    if (same) return undefined;
    return {
      set: { roles, hubIds, funderIds, assessor, status: 'ACTIVE' },
      action: 'add-role',
      actor,
      also: [roleItem(personId, input.role, now)],
    };
  });
}

/**
 * Ends a role at once: roles are read at each request, so the next one is refused. Without a role left the person is
 * ENDED and cannot sign in. A role that they do not have is no error. Throws `NotFoundError`.
 */
export function endRole(
  personId: string,
  role: Role,
  actor: Actor,
  reason: string,
  now: Date,
): Promise<Stored<Person>> {
  return changePerson(personId, now, (current) => {
    if (!current.roles.includes(role)) return undefined;
    const roles = current.roles.filter((other) => other !== role);
    return {
      set: {
        roles,
        status: roles.length === 0 ? 'ENDED' : current.status,
        ...(role === 'hub_leader' ? { hubIds: [] } : {}),
        ...(role === 'funder' ? { funderIds: [] } : {}),
      },
      action: 'end-role',
      actor,
      reason,
      also: [{ delete: roleKey(personId, role) }],
    };
  });
}

/** Sets what the programme knows of an assessor or moderator. Throws `WrongStateError` for somebody who is neither. */
export function setAssessorProfile(
  personId: string,
  profile: AssessorProfile,
  actor: Actor,
  now: Date,
): Promise<Stored<Person>> {
  return changePerson(personId, now, (current) => {
    if (!current.roles.includes('assessor') && !current.roles.includes('moderator'))
      throw new WrongStateError(`person ${personId}`, 'no assessor');
    if (JSON.stringify(current.assessor) === JSON.stringify(profile)) return undefined;
    return { set: { assessor: profile }, action: 'set-assessor-profile', actor };
  });
}

/** Notes a conflict with a school that somebody of the panel declares. The same school again changes nothing. */
export function declarePanelConflict(
  personId: string,
  conflict: { readonly schoolId: string; readonly reason: string },
  now: Date,
): Promise<Stored<Person>> {
  return changePerson(personId, now, (current) => {
    const declared = current.panelConflicts ?? [];
    if (declared.some(({ schoolId }) => schoolId === conflict.schoolId)) return undefined;
    return {
      set: { panelConflicts: [...declared, conflict] },
      action: 'declare-panel-conflict',
      actor: { kind: 'person', id: personId },
      reason: conflict.reason,
    };
  });
}

/**
 * Corrects a person's name or address, with what it was in the audit; the same again changes nothing. An address that
 * changes is free again for others, and ends the sessions that were begun with it. Refuses another person's address
 * (`address-taken`). Throws `NotFoundError`.
 */
export function setNameAndEmail(
  personId: string,
  corrected: { readonly name: string; readonly email: string },
  actor: Actor,
  reason: string,
  now: Date,
): Promise<Stored<Person>> {
  const email = corrected.email.trim().toLowerCase();
  return changePerson(personId, now, (current) => {
    const moves = current.email !== email;
    if (!moves && current.name === corrected.name) return undefined;
    return {
      set: { name: corrected.name, email },
      action: 'correct-person',
      actor,
      reason,
      ...(moves
        ? {
            also: [
              { put: { ...uniqueKey('EMAIL', email), personId }, onlyIfAbsent: true },
              { delete: uniqueKey('EMAIL', current.email) },
            ],
            refusals: { 0: () => new RefusedError('address-taken', { field: 'email', values: { email } }) },
          }
        : {}),
    };
  });
}

/** Sets the language in which the person reads pages and emails. */
export function setLanguage(
  personId: string,
  language: Language,
  actor: Actor,
  now: Date,
): Promise<Stored<Person>> {
  return changePerson(personId, now, (current) =>
    current.language === language ? undefined : { set: { language }, action: 'set-language', actor },
  );
}

/** Everybody, or the active people of one role, by name. Eventually consistent. */
export async function listPeople(role?: Role): Promise<Stored<Person>[]> {
  const people =
    role === undefined
      ? (await queryIndex('byRound', PEOPLE)).map((item) => parseStored(person, item))
      : await readPeople(
          (await queryIndex('byRound', `${PEOPLE}#${role}`)).map((item) => pointer.parse(item).personId),
        );
  return people
    .filter((one) => role === undefined || (one.status === 'ACTIVE' && one.roles.includes(role)))
    .sort((a, b) => a.name.localeCompare(b.name, 'en-GB') || a.personId.localeCompare(b.personId));
}

/** The people with these ids, each once, those that do not exist left out. Consistent. */
export async function readPeople(personIds: readonly string[]): Promise<Stored<Person>[]> {
  return (await readItems(personIds.map(personKey))).map((item) => parseStored(person, item));
}

interface PersonChange {
  readonly set: Partial<Person>;
  readonly action: string;
  readonly actor: Actor;
  readonly reason?: string;
  readonly also?: readonly ExtraWrite[];
  readonly refusals?: Readonly<Record<number, () => Error>>;
}

function changePerson(
  personId: string,
  now: Date,
  decide: (current: Stored<Person>) => PersonChange | undefined,
): Promise<Stored<Person>> {
  return change(person, personKey(personId), now, (current) => {
    const decided = decide(current);
    if (decided === undefined) return undefined;
    const { pk: _pk, sk: _sk, version: _version, ...rest } = current;
    return {
      next: { ...rest, ...decided.set },
      audit: {
        action: decided.action,
        actor: decided.actor,
        ...(decided.reason === undefined ? {} : { reason: decided.reason }),
      },
      events: [{ name: 'PersonChanged', detail: { personId } }],
      ...(decided.also === undefined ? {} : { also: decided.also }),
      ...(decided.refusals === undefined ? {} : { refusals: decided.refusals }),
    };
  });
}

function union<T>(some: readonly T[], more: readonly T[]): T[] {
  return [...new Set([...some, ...more])];
}
