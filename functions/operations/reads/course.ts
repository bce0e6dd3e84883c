import * as z from 'zod';
import { listAssignments } from '../../assessment/store.ts';
import type { board, journey, placementRow, registrationRow, stuckRow } from '../../http/admin/reads.ts';
import { listInvoices } from '../../payments/store.ts';
import { readPeople } from '../../people/store.ts';
import { listHubs, readRound } from '../../programme/store.ts';
import { PLACEMENT_QUEUE } from '../../registration/intake.ts';
import type { Registration, RegistrationStatus } from '../../registration/model.ts';
import { listQueue, listRegistrations, readRegistration } from '../../registration/store.ts';
import { workflows } from '../../shared/events/catalogue.ts';
import { parseStored, queryCollection, queryIndex } from '../../shared/table/change.ts';
import { assignmentPk, registrationPk } from '../../shared/table/keys.ts';
import { countLevels, countStages, lateRegistrations } from '../board.ts';
import { actorsOf, journeyOf } from '../journey.ts';
import { readQueues } from '../queues.ts';
import { stuckCase } from '../stuck.ts';
import { subjectsOf } from '../subjects.ts';
import { readMoney } from './money.ts';
import { matching } from './programme.ts';

const workflowName = z.enum(workflows);

/** The board of a round: counts by stage and level, what is late, what is stuck, which queues wait. */
export async function readBoard(roundId: string, now: Date): Promise<z.input<typeof board>> {
  const [round, registrations, invoices, stuck, queues] = await Promise.all([
    readRound(roundId),
    listRegistrations(roundId),
    listInvoices(roundId),
    readStuck(),
    readQueues(now),
  ]);
  return {
    roundId,
    schools: registrations.length,
    stages: countStages(registrations),
    levels: countLevels(registrations),
    late: lateRegistrations(round, registrations, invoices, now),
    stuck: stuck.filter((one) => one.roundId === null || one.roundId === roundId),
    queues,
  };
}

/** Registrations of a round by status and by words of school, town, URN or reference. */
export async function readRegistrations(
  roundId: string,
  status: RegistrationStatus | undefined,
  q: string | undefined,
): Promise<z.input<typeof registrationRow>[]> {
  const [registrations] = await Promise.all([listRegistrations(roundId), readRound(roundId)]);
  const all = registrations.filter((one) => status === undefined || one.status === status);
  return matching(
    all,
    q,
    ({ school, reference }) => `${school.name} ${school.town} ${school.urn ?? ''} ${reference}`,
  ).map(toRow);
}

function toRow(one: Registration): z.input<typeof registrationRow> {
  const {
    registrationId,
    reference,
    roundId,
    hubId,
    targetLevel,
    status,
    statusSince,
    submittedAt,
    awardedLevel,
    school,
  } = one;
  return {
    registrationId,
    reference,
    roundId,
    hubId,
    targetLevel,
    status,
    statusSince,
    submittedAt,
    awardedLevel,
    schoolName: school.name,
    town: school.town,
    urn: school.urn,
  };
}

/** One school's journey: its registration with that of its assignments, and its money. Throws `NotFoundError`. */
export async function readJourney(registrationId: string): Promise<z.input<typeof journey>> {
  const registration = await readRegistration(registrationId);
  const assignments = (await listAssignments(registration.roundId)).filter(
    (one) => one.registrationId === registrationId,
  );
  const collections = [
    registrationPk(registrationId),
    ...assignments.map((one) => assignmentPk(one.assignmentId)),
  ];
  const [found, money, hubs] = await Promise.all([
    Promise.all(collections.map((pk) => queryCollection(pk))),
    readMoney(registrationId),
    listHubs(),
  ]);
  const items = found.flat();
  const text = JSON.stringify(items);
  const hubNames = Object.fromEntries(
    hubs.filter(({ hubId }) => text.includes(`"${hubId}`)).map(({ hubId, name }) => [hubId, name]),
  );
  const names = new Map((await readPeople(actorsOf(items))).map(({ personId, name }) => [personId, name]));
  const { timeline, stages, waits } = journeyOf(items, (personId) => names.get(personId) ?? personId);
  return {
    registration,
    timeline: [...timeline],
    stages: [...stages],
    waits: [...waits],
    money,
    hubNames,
  };
}

/** Registrations that found no hub with room, the most urgent first. */
export async function readPlacements(): Promise<z.input<typeof placementRow>[]> {
  const waiting = await listQueue(PLACEMENT_QUEUE);
  return Promise.all(
    waiting.map(async ({ registrationId, placement }) => {
      const one = await readRegistration(registrationId);
      const since = placement.waitingSince ?? one.submittedAt;
      return {
        ...toRow(one),
        postcode: one.school.postcode,
        language: one.language,
        hubPreference: one.hubPreference,
        waitingSince: since,
        due: placement.decideBy ?? since,
        givenUp: placement.state === 'GIVEN_UP',
      };
    }),
  );
}

/** The stuck board: what nobody has resolved, the oldest first. */
export async function readStuck(): Promise<z.input<typeof stuckRow>[]> {
  const cases = (await queryIndex('byQueue', 'QUEUE#STUCK')).map((item) => parseStored(stuckCase, item));
  const subjects = await subjectsOf(cases.map(({ collection }) => collection));
  return cases.map(
    ({ stuckId, collection, workflow, status, error, cause, executionArn, at, resolvedAt, resolution }) => {
      const subject = subjects.get(collection);
      return {
        stuckId,
        collection,
        subject: subject?.words ?? collection,
        registrationId: subject?.registrationId ?? null,
        roundId: subject?.roundId ?? null,
        workflow: workflowName.parse(workflow),
        status,
        error,
        cause,
        executionArn,
        at,
        resolvedAt,
        resolution,
      };
    },
  );
}
