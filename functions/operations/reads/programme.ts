import type * as z from 'zod';
import { awardsOfSchool } from '../../awards/store.ts';
import type {
  awardRow,
  funderRow,
  hubRow,
  personRow,
  registerState,
  roundSummary,
} from '../../http/admin/reads.ts';
import type { Person } from '../../people/model.ts';
import { listPeople, readPeople } from '../../people/store.ts';
import { listImports } from '../../programme/register-import.ts';
import { readRegisterPointer } from '../../programme/register-keys.ts';
import { wordsOf } from '../../programme/register-words.ts';
import { toRoundSummary } from '../../programme/round-summary.ts';
import {
  listFunderPlaces,
  listFunders,
  listHubs,
  listRounds,
  openRound,
  placedInHub,
  readRound,
  schoolIdOfUrn,
} from '../../programme/store.ts';
import type { Role } from '../../shared/access/identity.ts';
import type { RefusalWords } from '../import-words.ts';

/** Policy where no round says otherwise: what a hub holds (domain.md 1.3). */
const DEFAULT_CAPACITY = 10;

export async function readRounds(): Promise<z.input<typeof roundSummary>[]> {
  return (await listRounds()).map(toRoundSummary);
}

/** Hubs with leaders, and what is placed in them in `roundId`, else the open round, else the latest. */
export async function readHubs(roundId: string | undefined, now: Date): Promise<z.input<typeof hubRow>[]> {
  const hubs = await listHubs();
  const round =
    roundId === undefined ? ((await openRound(now)) ?? (await listRounds())[0]) : await readRound(roundId);
  const leaders = new Map(
    (await readPeople(hubs.flatMap(({ leaderIds }) => leaderIds))).map((one) => [one.personId, one]),
  );
  return Promise.all(
    hubs.map(async (hub) => ({
      ...hub,
      leaders: hub.leaderIds.flatMap((personId) => {
        const leader = leaders.get(personId);
        return leader === undefined ? [] : [{ personId, name: leader.name, email: leader.email }];
      }),
      placed: round === undefined ? 0 : await placedInHub(hub.hubId, round.roundId),
      room: hub.capacity ?? round?.policies.hubCapacity ?? DEFAULT_CAPACITY,
    })),
  );
}

/** People of a role, or all, whose name or address holds every word of `q`. */
export async function readPeopleRows(
  role: Role | undefined,
  q: string | undefined,
): Promise<z.input<typeof personRow>[]> {
  return matching(await listPeople(role), q, (person: Person) => `${person.name} ${person.email}`);
}

export async function readFunders(): Promise<z.input<typeof funderRow>[]> {
  return Promise.all(
    (await listFunders()).map(async ({ funderId, name, email, active }) => ({
      funderId,
      name,
      email,
      active,
      places: (await listFunderPlaces(funderId)).map(({ roundId, places, used }) => ({
        roundId,
        places,
        used,
      })),
    })),
  );
}

/** The register in use and its imports, refusals in the reader's words. */
export async function readRegisterState(words: RefusalWords): Promise<z.input<typeof registerState>> {
  const [current, imports] = await Promise.all([readRegisterPointer(), listImports()]);
  return {
    current: current ?? null,
    imports: imports.map(
      ({ importId, filename, status, startedAt, endedAt, accepted, refusedCount, refused, problem }) => ({
        importId,
        filename,
        status,
        startedAt,
        endedAt,
        result:
          status === 'DONE'
            ? { accepted, unchanged: 0, refusedCount, refused: refused.map(words.row) }
            : null,
        problem: problem === null ? null : words.file(problem.code, problem.detail),
      }),
    ),
  };
}

/** Awards on record for a school of the register, the newest first. */
export async function readSchoolAwards(urn: string): Promise<z.input<typeof awardRow>[]> {
  return (await awardsOfSchool(schoolIdOfUrn(urn)))
    .map(({ schoolId, schoolName, level, roundLabel, awardedOn, expiresOn }) => ({
      schoolId,
      urn,
      schoolName,
      level,
      roundLabel: roundLabel.en,
      awardedOn,
      expiresOn,
    }))
    .sort((a, b) => b.awardedOn.localeCompare(a.awardedOn));
}

/** Those whose text holds the beginning of every word of `q`, accents and case aside. */
export function matching<T>(all: readonly T[], q: string | undefined, textOf: (one: T) => string): T[] {
  const asked = wordsOf(q ?? '');
  return all.filter((one) => {
    const words = wordsOf(textOf(one));
    return asked.every((word) => words.some((own) => own.startsWith(word)));
  });
}
