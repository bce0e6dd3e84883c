import * as z from 'zod';
import { language } from '../shared/access/identity.ts';
import { type Actor, change, create } from '../shared/table/change.ts';
import { hubKey } from '../shared/table/keys.ts';
import { type Hub, hub } from './model.ts';
import { type CsvRow, listCell, parseRow, type RowsResult, rowsOf, takeRows } from './rows.ts';
import { findHub, HUBS } from './store.ts';

/** A hub as an admin gives it; its leaders follow from the people. */
export const givenHub = hub.omit({ leaderIds: true, roundKey: true, roundSort: true });
export type GivenHub = z.output<typeof givenHub>;

const MAXIMUM_ROWS = 1_000;

/** Creates or changes a hub; true where that changed anything. */
export async function putHub(given: GivenHub, actor: Actor, now: Date): Promise<boolean> {
  const known = await findHub(given.hubId);
  if (known === undefined) {
    await create<Hub>(
      hubKey(given.hubId),
      {
        next: { ...given, leaderIds: [], roundKey: HUBS, roundSort: given.hubId },
        audit: { action: 'create-hub', actor },
        events: [{ name: 'HubChanged', detail: { hubId: given.hubId } }],
      },
      now,
    );
    return true;
  }
  if (JSON.stringify(givenHub.parse(known)) === JSON.stringify(givenHub.parse(given))) return false;
  await changeHub(given.hubId, now, 'change-hub', actor, (current) => ({ ...current, ...given }));
  return true;
}

/** Makes a person one of the hub's leaders; again changes nothing. */
export function addHubLeader(hubId: string, personId: string, actor: Actor, now: Date): Promise<unknown> {
  return changeHub(hubId, now, 'add-hub-leader', actor, (current) =>
    current.leaderIds.includes(personId)
      ? undefined
      : { ...current, leaderIds: [...current.leaderIds, personId] },
  );
}

/** Takes a person from the hub's leaders; where they are none, nothing changes. */
export function removeHubLeader(hubId: string, personId: string, actor: Actor, now: Date): Promise<unknown> {
  return changeHub(hubId, now, 'remove-hub-leader', actor, (current) =>
    current.leaderIds.includes(personId)
      ? { ...current, leaderIds: current.leaderIds.filter((other) => other !== personId) }
      : undefined,
  );
}

function changeHub(
  hubId: string,
  now: Date,
  action: string,
  actor: Actor,
  decide: (current: Hub) => Hub | undefined,
): Promise<unknown> {
  return change<Hub>(hub, hubKey(hubId), now, (stored) => {
    const { pk: _pk, sk: _sk, version: _version, ...current } = stored;
    const next = decide(current);
    return next === undefined
      ? undefined
      : { next, audit: { action, actor }, events: [{ name: 'HubChanged', detail: { hubId } }] };
  });
}

const hubRow = z.object({
  hub_id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,40}$/, 'cell-no-id'),
  name: z.string().min(1).max(200),
  region: z.string().default(''),
  postcode_areas: listCell.pipe(z.array(z.string().regex(/^[A-Za-z]{1,2}$/, 'cell-no-postcode-area'))),
  languages: listCell.transform((cell) => (cell.length === 0 ? ['en'] : cell)).pipe(z.array(language).min(1)),
  capacity: z
    .string()
    .default('')
    .transform((cell) => (cell === '' ? null : Number(cell)))
    .pipe(z.number().int().positive().nullable()),
});

/** Hubs from a CSV (hub_id,name,region,postcode_areas,languages,capacity); the same file again changes nothing. */
export function importHubs(csv: string, actor: Actor, now: Date): Promise<RowsResult> {
  const rows = rowsOf(csv, ['hub_id', 'name'], MAXIMUM_ROWS);
  return takeRows(
    rows,
    (row) => row.values.hub_id ?? '',
    (row: CsvRow) => {
      const { hub_id, name, region, postcode_areas, languages, capacity } = parseRow(hubRow, row);
      const postcodeAreas = postcode_areas.map((area) => area.toUpperCase());
      return putHub(
        { hubId: hub_id, name, region, postcodeAreas, languages, capacity, active: true },
        actor,
        now,
      );
    },
  );
}
