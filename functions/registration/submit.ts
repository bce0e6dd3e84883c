import { ulid } from 'ulid';
import { ensurePerson } from '../people/store.ts';
import type { Round } from '../programme/model.ts';
import { findRound, listHubs, schoolIdOfUrn } from '../programme/store.ts';
import { newRegistrationReference } from '../shared/references/references.ts';
import {
  ForbiddenError,
  NotFoundError,
  type Problem,
  RefusedError,
  WrongStateError,
} from '../shared/runtime/errors.ts';
import { type Actor, change, create, type ExtraWrite, type Stored } from '../shared/table/change.ts';
import {
  hubIndex,
  type Key,
  personIndex,
  registrationKey,
  roundIndex,
  uniqueKey,
} from '../shared/table/keys.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { gatherFacts } from './facts.ts';
import type { RegistrationForm } from './form.ts';
import { type Intake, intakeKey } from './intake.ts';
import type { Move } from './lifecycle.ts';
import { type Registration, registration } from './model.ts';
import { type NewPlace, newPlaceFor } from './new-place.ts';
import { capacityOf, givePlaceBack, takePlace } from './placement.ts';
import { contactsOf, fromForm, snapshotOf } from './records.ts';
import { digestOf, feeFor, problemsOf, warningsOf } from './rules.ts';
import { knownSchoolByHand, schoolByHandKey } from './school-by-hand.ts';
import {
  changeIntake,
  contactKey,
  findHolder,
  placeKey,
  REGISTRATION,
  readIntake,
  readRegistration,
} from './store.ts';

export interface Submitted {
  readonly registration: Stored<Registration>;
  readonly warnings: readonly Problem[];
  readonly correctableUntil: string;
  /** This very form had been sent before. */
  readonly repeated: boolean;
}

/** What a form would get, without sending it. */
export async function checkForm(
  form: RegistrationForm,
  now: Date,
): Promise<{ problems: Problem[]; warnings: Problem[]; fee: Registration['fee'] | undefined }> {
  const facts = await gatherFacts(form, now);
  return {
    problems: problemsOf(form, facts),
    warnings: warningsOf(form, facts),
    fee: facts.round === undefined ? undefined : feeFor(facts.round.fees, form.pupilsOnRoll),
  };
}

/**
 * Registers a school: people, registration, intake, the school's one place in the round, its reference and the event
 * RegistrationSubmitted. The same form for the same school again answers the same registration. Throws `RefusedError`
 * with every problem of the form. `actor`: who is signed in; undefined: the registrant, who is not.
 */
export async function submitRegistration(
  form: RegistrationForm,
  registeredBy: Intake['registeredBy'],
  actor: Actor | undefined,
  now: Date,
): Promise<Submitted> {
  const digest = digestOf(form);
  const byHand = schoolByHandKey(form);
  const knownByHand = await knownSchoolByHand(form);
  const schoolId =
    form.school.kind === 'REGISTER' ? schoolIdOfUrn(form.school.urn) : (knownByHand ?? ulid(now.getTime()));
  const earlier = await repetitionOf(schoolId, form.roundId, digest);
  if (earlier !== undefined) return earlier;
  const facts = await gatherFacts(form, now);
  refuse(problemsOf(form, facts));
  const { round } = facts;
  if (round === undefined) throw new NotFoundError(`round ${form.roundId}`);
  const registrationId = ulid(now.getTime());
  const personIds = await ensurePeople(form, actor ?? FORM, now);
  const registrant = personIds.get(form.registrant.email.toLowerCase());
  const by = actor ?? (registrant === undefined ? FORM : { kind: 'person' as const, id: registrant });
  const contacts = contactsOf(form, personIds, now);
  const warnings = warningsOf(form, facts);
  const { correctionHours, fundingDecisionWorkingDays } = round.policies.registration;
  const promised = {
    correctableUntil: new Date(now.getTime() + correctionHours * 3_600_000).toISOString(),
    promised: { fundingDecisionWorkingDays },
  };
  const reference = newRegistrationReference();
  const record: Registration = {
    registrationId,
    reference,
    roundId: form.roundId,
    schoolId,
    school: snapshotOf(form, facts.registerSchool),
    contacts,
    hubId: null,
    targetLevelConfirmed: false,
    fee: feeFor(round.fees, form.pupilsOnRoll),
    status: 'SUBMITTED',
    statusSince: now.toISOString(),
    submittedAt: now.toISOString(),
    formDigest: digest,
    invoiceNumber: null,
    funderId: null,
    coveredAt: null,
    movedDeadlines: {},
    ended: null,
    awardedLevel: null,
    ...fromForm(form),
    ...roundIndex(form.roundId, REGISTRATION, registrationId),
  };
  try {
    const made = await create<Registration>(
      registrationKey(registrationId),
      {
        next: record,
        audit: { action: 'registration.submit', actor: by },
        events: [{ name: 'RegistrationSubmitted', detail: { registrationId, roundId: form.roundId } }],
        also: [
          {
            put: { ...placeKey(schoolId, form.roundId), registrationId, formDigest: digest },
            onlyIfAbsent: true,
          },
          { put: { ...uniqueKey('REFERENCE', reference), registrationId }, onlyIfAbsent: true },
          {
            put: {
              ...intakeKey(registrationId),
              ...newIntake(record, form, warnings, registeredBy, promised),
            },
          },
          ...(byHand === undefined || knownByHand !== undefined
            ? []
            : [{ put: { ...byHand, schoolId }, onlyIfAbsent: true }]),
          ...contactWrites(registrationId, contacts),
        ],
        // Write 3 is the school entered by hand: the same one was entered at the same moment.
        refusals: { 0: () => new PlaceTakenError(), 3: () => new PlaceTakenError() },
      },
      now,
    );
    return { registration: made, warnings, correctableUntil: promised.correctableUntil, repeated: false };
  } catch (error) {
    if (!(error instanceof PlaceTakenError)) throw error;
    // Somebody sent a form for this school at the same moment: the same one is answered, another one is refused.
    const taken = (await knownSchoolByHand(form)) ?? schoolId;
    const other = await repetitionOf(taken, form.roundId, digest);
    if (other !== undefined) return other;
    throw new RefusedError('already-registered', { field: 'school', values: { name: record.school.name } });
  }
}

class PlaceTakenError extends Error {}

/** Somebody who is not signed in adds the people of the form; the audit keeps ids, never addresses. */
const FORM: Actor = { kind: 'system', id: 'registration-form' };

async function repetitionOf(
  schoolId: string,
  roundId: string,
  digest: string,
): Promise<Submitted | undefined> {
  const holder = await findHolder(schoolId, roundId);
  if (holder?.formDigest !== digest) return undefined;
  const [found, intake] = await Promise.all([
    readRegistration(holder.registrationId),
    readIntake(holder.registrationId),
  ]);
  return { registration: found, warnings: [], correctableUntil: intake.correctableUntil, repeated: true };
}

function refuse(problems: readonly Problem[]): void {
  const [first] = problems;
  if (first === undefined) return;
  throw new RefusedError(first.code, { field: first.field, values: { ...first.values }, problems });
}

async function ensurePeople(form: RegistrationForm, actor: Actor, now: Date): Promise<Map<string, string>> {
  const people = [
    { ...form.registrant, role: 'registrant' as const },
    { ...form.head, role: 'head' as const },
    ...form.subjectLeaders.map((leader) => ({ ...leader, role: 'subject_leader' as const })),
  ];
  const ids = new Map<string, string>();
  // One after the other: the same address may stand in several parts.
  for (const person of people) {
    const { personId } = await ensurePerson({ ...person, language: form.language }, actor, now);
    ids.set(person.email.toLowerCase(), personId);
  }
  return ids;
}

function newIntake(
  record: Registration,
  form: RegistrationForm,
  warnings: readonly Problem[],
  registeredBy: Intake['registeredBy'],
  promised: Pick<Intake, 'correctableUntil' | 'promised'>,
): Intake {
  return {
    registrationId: record.registrationId,
    roundId: record.roundId,
    form,
    warnings: warnings.map((warning) => warning.code),
    registeredBy,
    ...promised,
    acknowledgedAt: null,
    placement: { state: 'OPEN', waitingSince: null, decideBy: null, escalations: 0 },
    funding: {
      state: form.payer.kind === 'FUNDER' ? 'OPEN' : 'NONE',
      waitingSince: null,
      decideBy: null,
      decidedBy: null,
    },
    remindersDone: [],
    sent: { invoiceVersion: 0, creditNote: false, receipt: false },
    confirmedAt: null,
    lapseNoticeSent: false,
    lastDueOn: null,
  };
}

/** The items by which people find their registrations; contacts without a person have none. */
function contactWrites(registrationId: string, contacts: Registration['contacts']): ExtraWrite[] {
  // One for each part that a person has: they keep the registration when they give one of the parts to somebody else.
  return contacts.flatMap((contact): ExtraWrite[] => {
    if (contact.personId === null) return [];
    const key: Key = contactKey(registrationId, contact.contactId);
    return [
      {
        put: {
          ...key,
          registrationId,
          contactId: contact.contactId,
          until: null,
          ...personIndex(contact.personId, REGISTRATION, registrationId),
        },
      },
    ];
  });
}

/**
 * Corrects everything but the school itself until the invoice is issued or the place funded. A placed school follows the
 * hub that it now asks for.
 */
export async function correctRegistration(
  registrationId: string,
  form: RegistrationForm,
  actor: Actor,
  now: Date,
): Promise<Stored<Registration>> {
  const current = await readRegistration(registrationId);
  if (current.status !== 'SUBMITTED' && current.status !== 'ACCEPTED')
    throw new WrongStateError(`registration ${current.reference}`, current.status);
  const urn = form.school.kind === 'REGISTER' ? form.school.urn : null;
  if (urn !== current.school.urn) throw new RefusedError('school-cannot-change', { field: 'school' });
  const [facts, round, hubs] = await Promise.all([
    gatherFacts(form, now, registrationId),
    findRound(current.roundId),
    listHubs(),
  ]);
  if (round === undefined) throw new NotFoundError(`round ${current.roundId}`);
  refuse(problemsOf(form, facts).filter((problem) => problem.code !== 'round-closed'));
  const personIds = await ensurePeople(form, actor, now);
  let place: NewPlace = { kind: 'KEEP' };
  const changed = await change<Registration>(registration, registrationKey(registrationId), now, (record) => {
    if (record.status !== 'SUBMITTED' && record.status !== 'ACCEPTED')
      throw new WrongStateError(`registration ${record.reference}`, record.status);
    const kept = record.contacts.map((contact) => ({
      ...contact,
      until: contact.until ?? now.toISOString(),
    }));
    const fresh = contactsOf(form, personIds, now);
    place = newPlaceFor(record, form, hubs);
    const moved = moveToPlace(record, place, round, now);
    return {
      next: {
        ...moved.next,
        ...fromForm(form),
        school: { ...snapshotOf(form, facts.registerSchool), name: record.school.name },
        contacts: [...kept, ...fresh],
        fee: feeFor(round.fees, form.pupilsOnRoll),
      },
      audit: { action: 'registration.correct', actor },
      events: [
        { name: 'RegistrationCorrected', detail: { registrationId, roundId: record.roundId } },
        ...moved.events,
      ],
      also: [
        ...moved.also,
        ...record.contacts
          .filter((contact) => contact.until === null && contact.personId !== null)
          .map((contact): ExtraWrite => ({ delete: contactKey(registrationId, contact.contactId) })),
        ...contactWrites(registrationId, fresh),
      ],
      refusals: moved.refusals,
    };
  });
  await changeIntake(registrationId, now, { action: 'registration.correct-form', actor }, (intake) => ({
    form,
    funding: { ...intake.funding, state: form.payer.kind === 'FUNDER' ? 'OPEN' : 'NONE' },
    ...(place.kind === 'SEEK'
      ? { placement: { state: 'OPEN', waitingSince: null, decideBy: null, escalations: 0 } }
      : {}),
  }));
  return changed;
}

/**
 * The corrected registration with its place: in the hub that it now asks for (refused as `hub-full` where that has none
 * left), without one and sent again, or where it is.
 */
function moveToPlace(
  record: Stored<Registration>,
  place: NewPlace,
  round: Pick<Round, 'policies'>,
  now: Date,
): Pick<Move, 'events'> & {
  next: Registration;
  also: readonly ExtraWrite[];
  refusals: Record<number, () => Error>;
} {
  const current = withoutStored(record);
  const { registrationId, roundId, hubId: left } = record;
  if (place.kind === 'KEEP' || left === null) return { next: current, events: [], also: [], refusals: {} };
  if (place.kind === 'SEEK') {
    const { hubKey: _key, hubSort: _sort, ...rest } = current;
    return {
      next: { ...rest, hubId: null, status: 'SUBMITTED', statusSince: now.toISOString() },
      events: [],
      also: [givePlaceBack(left, roundId)],
      refusals: {},
    };
  }
  const { hubId, name } = place.hub;
  return {
    next: { ...current, hubId, ...hubIndex(hubId, roundId, registrationId) },
    events: [{ name: 'HubPlaced', detail: { registrationId, roundId, hubId } }],
    also: [takePlace(hubId, roundId, capacityOf(place.hub, round)), givePlaceBack(left, roundId)],
    refusals: { 0: () => new RefusedError('hub-full', { field: 'hubPreference', values: { hub: name } }) },
  };
}

/** Ends the time for corrections: the machine goes on at once. */
export async function endCorrections(registrationId: string, actor: Actor, now: Date): Promise<void> {
  const current = await readRegistration(registrationId);
  if (current.status !== 'SUBMITTED' && current.status !== 'ACCEPTED')
    throw new WrongStateError(`registration ${current.reference}`, current.status);
  await changeIntake(registrationId, now, { action: 'registration.end-corrections', actor }, (intake) =>
    intake.correctableUntil <= now.toISOString() ? undefined : { correctableUntil: now.toISOString() },
  );
  await change<Registration>(registration, registrationKey(registrationId), now, (record) => ({
    next: withoutStored(record),
    audit: { action: 'registration.end-corrections', actor },
    events: [{ name: 'RegistrationCorrected', detail: { registrationId, roundId: record.roundId } }],
  }));
}

/** Throws unless the hub leader leads this hub; `null` hub: the school registers itself. */
export function registeringHub(
  hubId: string | null,
  identity: { personId: string; hubIds: readonly string[] } | undefined,
): Intake['registeredBy'] {
  if (hubId === null) return null;
  if (identity === undefined || !identity.hubIds.includes(hubId))
    throw new ForbiddenError(`registering for hub ${hubId}`);
  return { personId: identity.personId, hubId };
}
