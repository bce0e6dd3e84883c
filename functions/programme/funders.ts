import * as z from 'zod';
import { ensurePerson, findPersonByEmail } from '../people/store.ts';
import { RefusedError } from '../shared/runtime/errors.ts';
import { type Actor, type Change, change, create, type ExtraWrite } from '../shared/table/change.ts';
import { type Funder, funder } from './model.ts';
import { parseRow, type RowsResult, rowsOf, takeRows } from './rows.ts';
import { FUNDERS, findFunder, findRound, funderKey, funderPlacesKey, listFunderPlaces } from './store.ts';

export interface GivenFunder {
  readonly funderId: string;
  readonly name: string;
  readonly email: string;
  readonly roundId: string;
  readonly places: number;
}

const MAXIMUM_ROWS = 1_000;

/**
 * Creates or changes a funder with its places in a round, and lets its address sign in as funder. True where that
 * changed anything. Refuses fewer places than are used, and a round that does not exist.
 */
export async function putFunder(given: GivenFunder, actor: Actor, now: Date): Promise<boolean> {
  const { funderId, roundId, places } = given;
  if ((await findRound(roundId)) === undefined)
    throw new RefusedError('unknown-round', { field: 'roundId', values: { roundId } });
  const known = await findFunder(funderId);
  const before =
    known === undefined
      ? undefined
      : (await listFunderPlaces(funderId)).find((one) => one.roundId === roundId);
  const next: Funder = {
    funderId,
    name: given.name,
    email: given.email,
    active: true,
    roundKey: FUNDERS,
    roundSort: funderId,
  };
  const decided: Change<Funder> = {
    next,
    audit: {
      action: known === undefined ? 'create-funder' : 'change-funder',
      actor,
      reason: `${places} places in ${roundId}`,
    },
    events: [{ name: 'FunderPlacesChanged', detail: { funderId, roundId } }],
    also: [placesWrite(given)],
    refusals: {
      0: () => new RefusedError('fewer-places-than-used', { field: 'places', values: { places } }),
    },
  };
  const same =
    known?.active && known.name === given.name && known.email === given.email && before?.places === places;
  if (known === undefined) await create<Funder>(funderKey(funderId), decided, now);
  else if (!same) await change<Funder>(funder, funderKey(funderId), now, () => decided);
  const contact = await findPersonByEmail(given.email);
  const person = await ensurePerson(
    { email: given.email, name: given.name, language: 'en', role: 'funder', funderIds: [funderId] },
    actor,
    now,
  );
  return !same || person.version !== contact?.version;
}

/** Sets the places without touching how many are used. */
function placesWrite({ funderId, roundId, places }: GivenFunder): ExtraWrite {
  return {
    update: funderPlacesKey(funderId, roundId),
    set: { funderId, roundId, places },
    add: { used: 0, version: 1 },
    condition: {
      expression: 'attribute_not_exists(#used) OR #used <= :places',
      names: { '#used': 'used' },
      values: { ':places': places },
    },
  };
}

const funderRow = z.object({
  funder_id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{1,40}$/, 'cell-no-id'),
  name: z.string().min(1).max(200),
  email: z.string().toLowerCase().pipe(z.email()),
  round_id: z.string().min(1),
  places: z
    .string()
    .regex(/^\d{1,6}$/, 'cell-no-number')
    .transform(Number),
});

/** Funders from a CSV (funder_id,name,email,round_id,places); the same file again changes nothing. */
export function importFunders(csv: string, actor: Actor, now: Date): Promise<RowsResult> {
  const rows = rowsOf(csv, ['funder_id', 'name', 'email', 'round_id', 'places'], MAXIMUM_ROWS);
  return takeRows(
    rows,
    (row) => row.values.funder_id ?? '',
    (row) => {
      const { funder_id, name, email, round_id, places } = parseRow(funderRow, row);
      return putFunder({ funderId: funder_id, name, email, roundId: round_id, places }, actor, now);
    },
  );
}
