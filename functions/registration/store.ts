import * as z from 'zod';
import type { DomainEvent } from '../shared/events/catalogue.ts';
import {
  type Actor,
  change,
  type ExtraWrite,
  parseStored,
  queryIndex,
  read,
  readExisting,
  type Stored,
} from '../shared/table/change.ts';
import {
  hubPk,
  type Key,
  personPk,
  registrationKey,
  registrationPk,
  roundPk,
  schoolPk,
  uniqueKey,
} from '../shared/table/keys.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { type Intake, intake, intakeKey, withoutQueue } from './intake.ts';
import { type Registration, registration } from './model.ts';

/** Kind of registrations in the index of a round (`byRound`) and of a person (`byPerson`). */
export const REGISTRATION = 'REGISTRATION';

/** The one place of a school in a round; holds the registration that has it. */
export const placeKey = (schoolId: string, roundId: string): Key => ({
  pk: schoolPk(schoolId),
  sk: `ROUND#${roundId}`,
});
export const placeHolder = z.object({ registrationId: z.string(), formDigest: z.string() });

/** A contact's item, by which the person finds the registration. */
export const contactKey = (registrationId: string, contactId: string): Key => ({
  pk: registrationPk(registrationId),
  sk: `CONTACT#${contactId}`,
});
export const contactPointer = z.object({
  registrationId: z.string(),
  contactId: z.string(),
  until: z.iso.datetime().nullable(),
});

/** The registration; throws `NotFoundError`. Consistent. */
export function readRegistration(registrationId: string): Promise<Stored<Registration>> {
  return readExisting(registration, registrationKey(registrationId));
}

/** The registration, or undefined. Consistent. */
export function findRegistration(registrationId: string): Promise<Stored<Registration> | undefined> {
  return read(registration, registrationKey(registrationId));
}

/** The intake of a registration; throws `NotFoundError`. Consistent. */
export function readIntake(registrationId: string): Promise<Stored<Intake>> {
  return readExisting(intake, intakeKey(registrationId));
}

/** All registrations of a round, those that ended too, in order of their ids (of their sending). Eventually consistent. */
export async function listRegistrations(roundId: string): Promise<Stored<Registration>[]> {
  const items = await queryIndex('byRound', `${roundPk(roundId)}#${REGISTRATION}`);
  return items.map((item) => parseStored(registration, item));
}

/** The registrations of a hub in a round, those that ended too. Eventually consistent. */
export async function listHubRegistrations(hubId: string, roundId: string): Promise<Stored<Registration>[]> {
  const items = await queryIndex('byHub', `${hubPk(hubId)}#${roundId}`);
  return items.map((item) => parseStored(registration, item));
}

/** The registrations of which the person is a contact now (contacts that ended no longer count), the latest first. */
export async function registrationsOfPerson(personId: string): Promise<Stored<Registration>[]> {
  const items = await queryIndex('byPerson', personPk(personId), `${REGISTRATION}#`);
  const ids = new Set(
    items
      .map((item) => contactPointer.parse(item))
      .filter(({ until }) => until === null)
      .map((item) => item.registrationId),
  );
  const found = await Promise.all([...ids].map(readRegistration));
  return found
    .filter((one) => isContact(one, personId))
    .sort((a, b) => b.submittedAt.localeCompare(a.submittedAt));
}

/** Whether the person is a contact of the registration now. */
export function isContact(record: Pick<Registration, 'contacts'>, personId: string): boolean {
  return record.contacts.some((contact) => contact.personId === personId && contact.until === null);
}

const referencePointer = z.object({ registrationId: z.string() });

/** The registration that people quote by this reference (`PSQM-7K3MQ2`), or undefined. */
export async function findByReference(reference: string): Promise<Stored<Registration> | undefined> {
  const pointer = await read(referencePointer, uniqueKey('REFERENCE', reference));
  return pointer === undefined ? undefined : findRegistration(pointer.registrationId);
}

/** The registration that holds the school's place in the round, or undefined. Consistent. */
export async function findHolder(
  schoolId: string,
  roundId: string,
): Promise<z.output<typeof placeHolder> | undefined> {
  return read(placeHolder, placeKey(schoolId, roundId));
}

/** Intakes that wait in a queue, the most urgent first. Eventually consistent. */
export async function listQueue(queue: string): Promise<Stored<Intake>[]> {
  const items = await queryIndex('byQueue', `QUEUE#${queue}`);
  return items.map((item) => parseStored(intake, item));
}

/** The write that marks the intake as placed and takes it out of the queue for a hub. */
export function intakePlaced(registrationId: string): ExtraWrite {
  return {
    update: intakeKey(registrationId),
    set: { placement: { state: 'PLACED', waitingSince: null, decideBy: null, escalations: 0 } },
    add: { version: 1 },
    remove: ['queueKey', 'queueSort'],
  };
}

/** What becomes of an intake; `leaveQueue` takes it out of the queue in which people find it. */
export type IntakeChange = Partial<Intake> & { readonly leaveQueue?: true };

/** Changes the intake alone, with its audit entry; `decide` returns undefined where there is nothing to do. */
export function changeIntake(
  registrationId: string,
  now: Date,
  by: { action: string; actor: Actor; reason?: string },
  decide: (current: Stored<Intake>) => IntakeChange | undefined,
  events: readonly DomainEvent[] = [],
  also: readonly ExtraWrite[] = [],
): Promise<Stored<Intake>> {
  return change(intake, intakeKey(registrationId), now, (current) => {
    const decided = decide(current);
    if (decided === undefined) return undefined;
    const { leaveQueue, ...set } = decided;
    const kept = leaveQueue === true ? withoutQueue(withoutStored(current)) : withoutStored(current);
    return { next: { ...kept, ...set }, audit: by, events, also };
  });
}

/**
 * Decides a request for a funder's place: it leaves the queue, and the event wakes the machine, which decides anew from
 * it. A decided one stays as it is.
 */
export async function decideFunding(
  registrationId: string,
  decision: 'OPEN' | 'BILL_SCHOOL',
  actor: Actor,
  reason: string,
  now: Date,
): Promise<Stored<Intake>> {
  const { roundId } = await readIntake(registrationId);
  return changeIntake(
    registrationId,
    now,
    { action: 'registration.decide-funding', actor, reason },
    (current) =>
      current.funding.state === 'WAITING'
        ? {
            leaveQueue: true,
            funding: { ...current.funding, state: decision, decideBy: null, decidedBy: actor.id },
          }
        : undefined,
    [{ name: 'FundingDecided', detail: { registrationId, roundId } }],
  );
}

/** The write that takes an intake out of the queue in which people find it. */
export function leaveQueue(registrationId: string): ExtraWrite {
  return { update: intakeKey(registrationId), add: { version: 1 }, remove: ['queueKey', 'queueSort'] };
}
