import type { Hub, Round } from '../programme/model.ts';
import { readHub, readRound } from '../programme/store.ts';
import type { Language } from '../shared/access/identity.ts';
import type { DomainEvent } from '../shared/events/catalogue.ts';
import { RefusedError } from '../shared/runtime/errors.ts';
import type { Actor, ExtraWrite, Stored } from '../shared/table/change.ts';
import { hubIndex, hubRoundKey } from '../shared/table/keys.ts';
import { moveRegistration } from './lifecycle.ts';
import type { Registration } from './model.ts';
import { intakePlaced, readRegistration } from './store.ts';

/** Schools that a hub takes in a round: its own number, else the round's policy. */
export const capacityOf = (hub: Pick<Hub, 'capacity'>, round: Pick<Round, 'policies'>): number =>
  hub.capacity ?? round.policies.hubCapacity;

/** `AL10 9AB` -> `AL`. */
export const postcodeArea = (postcode: string): string =>
  /^[A-Z]{1,2}/.exec(postcode.toUpperCase())?.[0] ?? '';

export interface PlaceWish {
  readonly preference: string | null;
  readonly postcode: string;
  readonly language: Language;
}

/**
 * Hubs in the order in which they are tried: the school's own wish, then those that serve its postcode area, then those
 * of the same region; only active ones that hold sessions in its language. Nearer ones within a group by name.
 */
export function rankHubs(hubs: readonly Hub[], wish: PlaceWish): Hub[] {
  const able = hubs.filter((hub) => hub.active && hub.languages.includes(wish.language));
  const area = postcodeArea(wish.postcode);
  const regions = new Set(hubs.filter((hub) => hub.postcodeAreas.includes(area)).map((hub) => hub.region));
  const groups = [
    able.filter((hub) => hub.hubId === wish.preference),
    able.filter((hub) => hub.postcodeAreas.includes(area)),
    able.filter((hub) => regions.has(hub.region)),
  ];
  const ranked: Hub[] = [];
  for (const group of groups) for (const hub of group) if (!ranked.includes(hub)) ranked.push(hub);
  return ranked;
}

/** The write that takes a place in a hub, on the condition that one is left. */
export function takePlace(hubId: string, roundId: string, capacity: number): ExtraWrite {
  return {
    update: hubRoundKey(hubId, roundId),
    add: { placed: 1 },
    condition: {
      expression: 'attribute_not_exists(placed) OR placed < :capacity',
      values: { ':capacity': capacity },
    },
  };
}

/** The write that gives a place back. */
export function givePlaceBack(hubId: string, roundId: string): ExtraWrite {
  return { update: hubRoundKey(hubId, roundId), add: { placed: -1 } };
}

/** What begins a stage anew in the transaction of a placement. */
export interface Begun {
  readonly events: readonly DomainEvent[];
  readonly also: readonly ExtraWrite[];
}

/**
 * Places a registration in a hub: place taken, status ACCEPTED, event HubPlaced, in one transaction. The same again
 * changes nothing. Refuses `hub-full` where no place is left, `hub-inactive` where the hub takes no schools. `begun`
 * goes into the same transaction.
 */
export async function placeInHub(
  registrationId: string,
  hubId: string,
  actor: Actor,
  now: Date,
  begun: Begun = { events: [], also: [] },
): Promise<Stored<Registration>> {
  const registration = await readRegistration(registrationId);
  const { roundId } = registration;
  const [hub, round] = await Promise.all([readHub(hubId), readRound(roundId)]);
  if (!hub.active) throw new RefusedError('hub-inactive', { field: 'hubId', values: { hub: hub.name } });
  return moveRegistration(registrationId, now, {
    from: ['SUBMITTED'],
    to: 'ACCEPTED',
    action: 'registration.place-in-hub',
    actor,
    set: { hubId, ...hubIndex(hubId, roundId, registrationId) },
    events: [{ name: 'HubPlaced', detail: { registrationId, roundId, hubId } }, ...begun.events],
    also: [takePlace(hubId, roundId, capacityOf(hub, round)), intakePlaced(registrationId), ...begun.also],
    refusals: { 0: () => new RefusedError('hub-full', { field: 'hubId', values: { hub: hub.name } }) },
  });
}
