import { ulid } from 'ulid';
import * as z from 'zod';
import { type Award, award } from '../awards/model.ts';
import { awardKey, registerIndex } from '../awards/store.ts';
import { RefusedError } from '../shared/runtime/errors.ts';
import {
  type Actor,
  alsoChange,
  alsoCreate,
  create,
  type ExtraWrite,
  parseStored,
  type Stored,
} from '../shared/table/change.ts';
import type { Key } from '../shared/table/keys.ts';
import { readItems } from '../shared/table/read-items.ts';
import { awardedLevel } from './model.ts';
import type { RegisterIndex } from './register-index.ts';
import { currentRegister } from './register-store.ts';
import {
  type CsvRow,
  dayCell,
  forEachLimited,
  parseRow,
  type RowRefusal,
  RowRefusedError,
  type RowsResult,
  rowsOf,
} from './rows.ts';
import { schoolIdOfUrn } from './store.ts';

const MAXIMUM_ROWS = 10_000;
/** A transaction takes 100 writes: an award and its audit entry each, beside the import's own three. */
const AWARDS_AT_ONCE = 48;

const awardRow = z.object({
  urn: z.string().min(1),
  level: z.string().toUpperCase().pipe(awardedLevel),
  round_label: z.string().min(1).max(200),
  awarded_on: dayCell,
  expires_on: dayCell,
});

/**
 * Awards that schools hold from before this system, from a CSV (urn,level,round_label,awarded_on,expires_on). Their
 * number is made of URN, day and level, so that the same file again changes nothing. A row whose URN the register does
 * not hold is refused; so is the file while there is no register (`no-register`).
 */
export async function importAwards(csv: string, actor: Actor, now: Date): Promise<RowsResult> {
  const rows = rowsOf(csv, ['urn', 'level', 'round_label', 'awarded_on', 'expires_on'], MAXIMUM_ROWS);
  const register = await currentRegister();
  if (register === undefined) throw new RefusedError('no-register', { field: 'csv' });
  const { awards, refused } = readAwards(rows, register);
  const known = await readKnown(awards);
  const writes: { readonly one: Award; readonly also: readonly [ExtraWrite, ExtraWrite] }[] = [];
  const audit = { action: 'import-award', actor };
  for (const one of awards) {
    const before = known.get(keyText(keyOf(one)));
    if (before === undefined) writes.push({ one, also: alsoCreate(keyOf(one), one, audit, now) });
    else if (!same(before, one))
      writes.push({ one, also: alsoChange(before, { ...before, ...one }, audit, now) });
  }
  const importId = ulid(now.getTime());
  const chunks = Array.from({ length: Math.ceil(writes.length / AWARDS_AT_ONCE) }, (_, at) =>
    writes.slice(at * AWARDS_AT_ONCE, (at + 1) * AWARDS_AT_ONCE),
  );
  await forEachLimited([...chunks.entries()], 8, async ([at, chunk]) => {
    await create(
      { pk: `AWARDS-IMPORT#${importId}`, sk: `PAGE#${String(at).padStart(4, '0')}` },
      {
        next: { importId, awards: chunk.map(({ one }) => one.certificateNumber) },
        audit: { action: 'import-awards', actor },
        events: [{ name: 'AwardsImported', detail: { importId } }],
        also: chunk.flatMap(({ also }) => also),
      },
      now,
    );
  });
  return { accepted: writes.length, unchanged: awards.length - writes.length, refused };
}

/** The awards that rows say, and the rows that say none. */
export function readAwards(
  rows: readonly CsvRow[],
  register: Pick<RegisterIndex, 'find'>,
): { awards: Award[]; refused: RowRefusal[] } {
  const awards = new Map<string, Award>();
  const refused: RowRefusal[] = [];
  for (const row of rows) {
    try {
      const { urn, level, round_label, awarded_on, expires_on } = parseRow(awardRow, row);
      const school = register.find(urn);
      if (school === undefined) throw new RowRefusedError('unknown-urn', { urn });
      if (expires_on < awarded_on) throw new RowRefusedError('expires-before-awarded');
      const certificateNumber = `PRIOR-${urn}-${awarded_on}-${level}`;
      awards.set(certificateNumber, {
        certificateNumber,
        schoolId: schoolIdOfUrn(urn),
        schoolName: school.name,
        town: school.town,
        urn,
        level,
        roundId: null,
        roundLabel: { en: round_label, cy: round_label },
        language: 'en',
        awardedOn: awarded_on,
        expiresOn: expires_on,
        status: 'CURRENT',
        revoked: null,
        registrationId: null,
        certificateKey: null,
        ...registerIndex(certificateNumber),
      });
    } catch (error) {
      if (!(error instanceof RowRefusedError)) throw error;
      refused.push({ line: row.line, code: error.code, values: error.values });
    }
  }
  return { awards: [...awards.values()], refused };
}

function same(before: Award, one: Award): boolean {
  return JSON.stringify(award.parse(before)) === JSON.stringify(award.parse(one));
}

const keyOf = (one: Award): Key => awardKey(one.schoolId, one.certificateNumber);
const keyText = ({ pk, sk }: Key): string => `${pk} ${sk}`;

/** Those of the awards that are in the table, by their keys. */
async function readKnown(awards: readonly Award[]): Promise<Map<string, Stored<Award>>> {
  const found = (await readItems(awards.map(keyOf))).map((item) => parseStored(award, item));
  return new Map(found.map((one) => [keyText(one), one]));
}
