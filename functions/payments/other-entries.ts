import type { Pence } from '../shared/money/pence.ts';
import { RefusedError } from '../shared/runtime/errors.ts';
import {
  alsoChange,
  alsoCreate,
  change,
  type ExtraWrite,
  parseStored,
  queryIndex,
  read,
  readExisting,
  type Stored,
} from '../shared/table/change.ts';
import { type Key, statementPk } from '../shared/table/keys.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { type Decision, type LineUse, persistently } from './allocate.ts';
import { lineKey, lineUseKey, OTHER_ENTRIES, statementOfLine } from './keys.ts';
import {
  append,
  otherCostMovements,
  otherCostReversedMovements,
  otherIncomeMovements,
  otherIncomeReversedMovements,
  postingOf,
} from './ledger.ts';
import { lineAfterUse, paidOut } from './lines.ts';
import { type PostedLine, postedLine } from './model.ts';
import { type OtherEntry, otherEntry, otherSources } from './other-model.ts';

const keyOf = (lineId: string, entryId: string): Key => ({
  pk: statementPk(statementOfLine(lineId)),
  sk: `OTHER#${entryId}`,
});

/** The entry of a line; throws `NotFoundError`. Consistent. */
export const readOtherEntry = (lineId: string, entryId: string): Promise<Stored<OtherEntry>> =>
  readExisting(otherEntry, keyOf(lineId, entryId));

/** All other income and costs, by when they were entered. Eventually consistent. */
export async function listOtherEntries(): Promise<Stored<OtherEntry>[]> {
  const items = await queryIndex('byRound', OTHER_ENTRIES);
  return items.map((item) => parseStored(otherEntry, item));
}

/**
 * Says that `pence` of a line are no fee: income of a source (a grant), or for money that left, the whole line, a cost.
 * One transaction with line and ledger; the same `entryId` again changes nothing. Throws `RefusedError` for a source
 * that the programme does not have for such a line, where the line has less, or has its home.
 */
export async function enterOther(
  lineId: string,
  asked: { readonly entryId: string; readonly source: string; readonly pence: Pence },
  { actor, reason }: Decision,
  now: Date,
): Promise<void> {
  const { entryId, source, pence } = asked;
  await persistently(() =>
    change<PostedLine>(postedLine, lineKey(lineId), now, async (line) => {
      if ((await read(otherEntry, keyOf(lineId, entryId))) !== undefined) return undefined;
      const isIncome = line.direction === 'CREDIT';
      const known = isIncome ? otherSources.income : otherSources.costs;
      if (!known.some(({ id }) => id === source))
        throw new RefusedError('source-unknown', { field: 'source' });
      const current = withoutStored(line);
      if (!isIncome && pence !== line.pence) throw new RefusedError('whole-line', { field: 'pence' });
      const next = isIncome ? lineAfterUse(current, pence, now) : paidOut(current);
      const made: OtherEntry = {
        entryId,
        lineId,
        kind: isIncome ? 'INCOME' : 'COST',
        source,
        pence,
        payerName: line.payerName,
        bookedOn: line.bookedOn,
        by: actor.id,
        reason,
        at: now.toISOString(),
        reversed: null,
        roundKey: OTHER_ENTRIES,
        roundSort: `${now.toISOString()}#${entryId}`,
      };
      const use: LineUse = { kind: 'OTHER', id: entryId, registrationId: '' };
      const posting = isIncome
        ? postingOf(
            { cause: 'OTHER_INCOME', causeId: entryId, roundId: null },
            otherIncomeMovements(pence),
            now,
          )
        : postingOf({ cause: 'OTHER_COST', causeId: entryId, roundId: null }, otherCostMovements(pence), now);
      const also: ExtraWrite[] = [
        ...alsoCreate(keyOf(lineId, entryId), made, { action: 'other.enter', actor, reason }, now),
        { put: { ...lineUseKey(lineId, entryId), ...use }, onlyIfAbsent: true },
        append(statementPk(line.statementId), posting),
      ];
      return {
        next,
        audit: { action: isIncome ? 'line.other-income' : 'line.other-cost', actor, reason },
        events: [{ name: 'OtherEntered', detail: { lineId, statementId: line.statementId } }],
        also,
      };
    }),
  );
}

/** Takes an entry back: the money returns to its line. One taken back stays so. */
export async function reverseOther(
  lineId: string,
  entryId: string,
  { actor, reason }: Decision,
  now: Date,
): Promise<void> {
  await persistently(() =>
    change<PostedLine>(postedLine, lineKey(lineId), now, async (line) => {
      const entry = await readOtherEntry(lineId, entryId);
      if (entry.reversed !== null) return undefined;
      const isIncome = entry.kind === 'INCOME';
      const current = withoutStored(line);
      const reversed = { by: actor.id, reason, at: now.toISOString() };
      const posting = isIncome
        ? postingOf(
            { cause: 'OTHER_INCOME_REVERSED', causeId: entryId, roundId: null },
            otherIncomeReversedMovements(entry.pence),
            now,
          )
        : postingOf(
            { cause: 'OTHER_COST_REVERSED', causeId: entryId, roundId: null },
            otherCostReversedMovements(entry.pence),
            now,
          );
      return {
        next: isIncome
          ? lineAfterUse(current, -entry.pence, now)
          : { ...current, status: 'OUTGOING' as const },
        audit: { action: 'line.reverse', actor, reason },
        events: [{ name: 'OtherReversed', detail: { lineId, statementId: line.statementId } }],
        also: [
          ...alsoChange(
            entry,
            { ...withoutStored(entry), reversed },
            { action: 'other.reverse', actor, reason },
            now,
          ),
          append(statementPk(line.statementId), posting),
        ],
      };
    }),
  );
}
