import * as z from 'zod';
import { addHubLeader, removeHubLeader } from '../programme/hubs.ts';
import { level, levels } from '../programme/model.ts';
import { listCell, parseRow, type RowsResult, rowsOf, takeRows } from '../programme/rows.ts';
import { findFunder, findHub } from '../programme/store.ts';
import { language, type Role, role, schoolRoles } from '../shared/access/identity.ts';
import { NotFoundError, RefusedError } from '../shared/runtime/errors.ts';
import type { Actor, Stored } from '../shared/table/change.ts';
import type { AssessorProfile, Person } from './model.ts';
import { endRole, ensurePerson, findPerson, findPersonByEmail, type PersonInput } from './store.ts';

/** What is known of an assessor or moderator when they are added; the rest takes defaults. */
export type GivenProfile = {
  readonly [K in 'employer' | 'hubIds' | 'levels' | 'languages' | 'capacity' | 'isNew']?:
    | AssessorProfile[K]
    | undefined;
};

export interface GivenPerson extends PersonInput {
  readonly assessor?: GivenProfile | undefined;
}

const readers: readonly Role[] = ['assessor', 'moderator'];
const MAXIMUM_ROWS = 1_000;

/**
 * A person with a role, with all that the role needs: a hub leader is entered at their hubs, an assessor or moderator
 * has a profile. The same again changes nothing. Refuses hubs and funders that do not exist, and a hub leader without
 * a hub or a funder's contact without a funder; roles at a school come with a registration and are refused here.
 */
export async function addPerson(
  given: GivenPerson,
  actor: Actor,
  now: Date,
  exists: Existence = existence(),
): Promise<Stored<Person>> {
  if (schoolRoles.some((one) => one === given.role))
    throw new RefusedError('school-role', { field: 'role', values: { role: given.role } });
  if (given.role === 'hub_leader' && (given.hubIds ?? []).length === 0)
    throw new RefusedError('hub-leader-without-hub', { field: 'hubIds' });
  if (given.role === 'funder' && (given.funderIds ?? []).length === 0)
    throw new RefusedError('funder-without-id', { field: 'funderIds' });
  for (const hubId of [...(given.hubIds ?? []), ...(given.assessor?.hubIds ?? [])]) {
    if (!(await exists.hub(hubId)))
      throw new RefusedError('unknown-hub', { field: 'hubIds', values: { hubId } });
  }
  for (const funderId of given.funderIds ?? []) {
    if (!(await exists.funder(funderId)))
      throw new RefusedError('unknown-funder', { field: 'funderIds', values: { funderId } });
  }
  const { assessor, ...input } = given;
  const profile = readers.includes(given.role)
    ? { profile: (known: Pick<Person, 'assessor' | 'language'>) => profileOf(known, assessor) }
    : {};
  const person = await ensurePerson({ ...input, ...profile }, actor, now);
  if (given.role === 'hub_leader')
    for (const hubId of given.hubIds ?? []) await addHubLeader(hubId, person.personId, actor, now);
  return person;
}

/** Whether hubs and funders exist, each looked up once. */
interface Existence {
  readonly hub: (hubId: string) => Promise<boolean>;
  readonly funder: (funderId: string) => Promise<boolean>;
}

function existence(): Existence {
  const once = (find: (id: string) => Promise<unknown>) => {
    const known = new Map<string, Promise<boolean>>();
    return (id: string): Promise<boolean> => {
      const found = known.get(id) ?? find(id).then((one) => one !== undefined);
      known.set(id, found);
      return found;
    };
  };
  return { hub: once(findHub), funder: once(findFunder) };
}

/** The profile that a person has, changed by what is given; defaults are the most that the rules allow (domain.md 2.3). */
export function profileOf(
  person: Pick<Person, 'assessor' | 'language'>,
  given: GivenProfile | undefined,
): AssessorProfile {
  const known: AssessorProfile = person.assessor ?? {
    employer: '',
    hubIds: [],
    levels: [...levels],
    languages: person.language === 'cy' ? ['en', 'cy'] : ['en'],
    capacity: null,
    conflicts: [],
    conflictsDeclaredFor: [],
    isNew: false,
  };
  return {
    ...known,
    employer: given?.employer ?? known.employer,
    hubIds: given?.hubIds ?? known.hubIds,
    levels: given?.levels ?? known.levels,
    languages: given?.languages ?? known.languages,
    capacity: given?.capacity === undefined ? known.capacity : given.capacity,
    isNew: given?.isNew ?? known.isNew,
  };
}

/** Ends a role at once, and for a hub leader their place at their hubs. Throws `NotFoundError`. */
export async function removeRole(
  personId: string,
  ended: Role,
  actor: Actor,
  reason: string,
  now: Date,
): Promise<Stored<Person>> {
  const before = await findPerson(personId);
  if (before === undefined) throw new NotFoundError(`person ${personId}`);
  const person = await endRole(personId, ended, actor, reason, now);
  if (ended === 'hub_leader')
    for (const hubId of before.hubIds) await removeHubLeader(hubId, personId, actor, now);
  return person;
}

const yes = /^(yes|true|1|y)$/i;
const personRow = z.object({
  email: z.string().toLowerCase().pipe(z.email()),
  name: z.string().min(1).max(200),
  role: z.string().toLowerCase().pipe(role),
  language: z
    .string()
    .default('')
    .transform((cell) => (cell === '' ? 'en' : cell.toLowerCase()))
    .pipe(language),
  hub_ids: listCell,
  funder_ids: listCell,
  employer: z.string().optional(),
  levels: listCell.transform((cell) => cell.map((one) => one.toUpperCase())).pipe(z.array(level)),
  languages: listCell.pipe(z.array(language)),
  capacity: z
    .string()
    .default('')
    .transform((cell) => (cell === '' ? undefined : Number(cell)))
    .pipe(z.number().int().nonnegative().optional()),
  new: z.string().default(''),
});

/**
 * People from a CSV (email,name,role,language,hub_ids,funder_ids,employer,levels,languages,capacity,new), one row a
 * role. `hub_ids` are the hubs that a hub leader leads, or to which an assessor or moderator belongs. The same file
 * again changes nothing.
 */
export function importPeople(csv: string, actor: Actor, now: Date): Promise<RowsResult> {
  const rows = rowsOf(csv, ['email', 'name', 'role'], MAXIMUM_ROWS);
  const exists = existence();
  return takeRows(
    rows,
    (row) => row.values.email?.toLowerCase() ?? '',
    async (row) => {
      const given = parseRow(personRow, row);
      const before = await findPersonByEmail(given.email);
      const isReader = readers.includes(given.role);
      const person = await addPerson(
        {
          email: given.email,
          name: given.name,
          language: given.language,
          role: given.role,
          hubIds: isReader ? [] : given.hub_ids,
          funderIds: given.funder_ids,
          ...(isReader
            ? {
                assessor: {
                  employer: given.employer,
                  hubIds: given.hub_ids,
                  levels: given.levels.length === 0 ? undefined : given.levels,
                  languages: given.languages.length === 0 ? undefined : given.languages,
                  capacity: given.capacity,
                  isNew: yes.test(given.new),
                },
              }
            : {}),
        },
        actor,
        now,
        exists,
      );
      return person.version !== before?.version;
    },
  );
}
