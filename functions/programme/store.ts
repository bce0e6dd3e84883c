import * as z from 'zod';
import {
  parseStored,
  queryCollection,
  queryIndex,
  read,
  readExisting,
  type Stored,
} from '../shared/table/change.ts';
import { funderPk, hubKey, hubPk, type Key, roundKey } from '../shared/table/keys.ts';
import { londonDate } from '../shared/time/london.ts';
import {
  type Funder,
  type FunderPlaces,
  funder,
  funderPlaces,
  type Hub,
  hub,
  type Round,
  round,
} from './model.ts';

/** Index partitions (byRound) of what belongs to the programme rather than to a round. */
export const ROUNDS = 'ROUNDS';
export const HUBS = 'HUBS';
export const FUNDERS = 'FUNDERS';

export const funderKey = (funderId: string): Key => ({ pk: funderPk(funderId), sk: 'FUNDER' });
export const funderPlacesKey = (funderId: string, roundId: string): Key => ({
  pk: funderPk(funderId),
  sk: `PLACES#${roundId}`,
});

/** A school of the register has this id everywhere; schools without a URN get one of their own. */
export const schoolIdOfUrn = (urn: string): string => `URN-${urn}`;

/** The round; throws `NotFoundError`. */
export function readRound(roundId: string): Promise<Stored<Round>> {
  return readExisting(round, roundKey(roundId));
}

/** The round, or undefined. */
export function findRound(roundId: string): Promise<Stored<Round> | undefined> {
  return read(round, roundKey(roundId));
}

/** All rounds, the one that starts last first. Eventually consistent. */
export async function listRounds(): Promise<Stored<Round>[]> {
  const items = await queryIndex('byRound', ROUNDS);
  return items
    .map((item) => parseStored(round, item))
    .sort((a, b) => b.calendar.trainingStarts.localeCompare(a.calendar.trainingStarts));
}

/** The round in which schools can register at `now` (open, and between its two days in London), or undefined. */
export async function openRound(now: Date): Promise<Stored<Round> | undefined> {
  const today = londonDate(now);
  return (await listRounds()).find(
    ({ status, calendar }) =>
      status === 'OPEN' && calendar.registrationOpens <= today && today <= calendar.registrationCloses,
  );
}

/** The hub; throws `NotFoundError`. */
export function readHub(hubId: string): Promise<Stored<Hub>> {
  return readExisting(hub, hubKey(hubId));
}

/** The hub, or undefined. */
export function findHub(hubId: string): Promise<Stored<Hub> | undefined> {
  return read(hub, hubKey(hubId));
}

/** All hubs by name, inactive ones too. Eventually consistent. */
export async function listHubs(): Promise<Stored<Hub>[]> {
  const items = await queryIndex('byRound', HUBS);
  return items.map((item) => parseStored(hub, item)).sort((a, b) => a.name.localeCompare(b.name, 'en-GB'));
}

const hubRoundCount = z.object({ placed: z.number().int().default(0) });

/** Schools placed in a hub in a round: the counter that placement keeps (`HUB#` item `ROUND#<roundId>`, attribute `placed`). */
export async function placedInHub(hubId: string, roundId: string): Promise<number> {
  return (await read(hubRoundCount, { pk: hubPk(hubId), sk: `ROUND#${roundId}` }))?.placed ?? 0;
}

/** The funder, or undefined. */
export function findFunder(funderId: string): Promise<Stored<Funder> | undefined> {
  return read(funder, funderKey(funderId));
}

/** All funders by name. Eventually consistent. */
export async function listFunders(): Promise<Stored<Funder>[]> {
  const items = await queryIndex('byRound', FUNDERS);
  return items.map((item) => parseStored(funder, item)).sort((a, b) => a.name.localeCompare(b.name, 'en-GB'));
}

/** What a funder has in each round. */
export async function listFunderPlaces(funderId: string): Promise<Stored<FunderPlaces>[]> {
  return (await queryCollection(funderPk(funderId), 'PLACES#')).map((item) =>
    parseStored(funderPlaces, item),
  );
}
