import { RefusedError } from '../shared/runtime/errors.ts';
import {
  alsoChange,
  alsoCreate,
  change,
  parseStored,
  queryIndex,
  read,
  readExisting,
  type Stored,
} from '../shared/table/change.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { allocationsAmong, type Decision, type LineUse, persistently, usesOfLine } from './allocate.ts';
import { lineKey, lineReferencePartition, lineUseKey, returnedLineKey } from './keys.ts';
import { lineAfterUse, readLine, waiting, wentBack } from './lines.ts';
import { type Invoice, type PostedLine, postedLine } from './model.ts';
import { type ReturnedLine, returnedLine } from './return-model.ts';
import { accountKey } from './statements/model.ts';
import { allocationsOf } from './store.ts';

/** Both lines' side of it has the id of the line that went back: it can go back once at a time. */
const returnIdOf = (lineId: string): string => `RETURN-${lineId}`;

/** The return that a line takes part in, whichever of the two it is, undone or not. */
export async function findReturn(uses: readonly LineUse[]): Promise<Stored<ReturnedLine> | undefined> {
  const use = uses.findLast(({ kind }) => kind === 'RETURN');
  return use?.lineId === undefined ? undefined : read(returnedLine, returnedLineKey(use.lineId));
}

/** Whether `line` may be what came in before it went back: as much money, on the same account, no later. */
const mayBeReturned = (line: PostedLine, back: PostedLine): boolean =>
  line.direction === 'CREDIT' &&
  !line.reversal &&
  line.status !== 'SEEN' &&
  accountKey(line.account) === accountKey(back.account) &&
  line.pence === back.pence &&
  line.bookedOn <= back.bookedOn;

/** Throws `RefusedError` unless the one line is money that went back and the other what had come. */
export function requireReturn(back: PostedLine, original: PostedLine): void {
  if (!back.reversal || back.direction !== 'DEBIT' || !mayBeReturned(original, back))
    throw new RefusedError('return-other-line', { field: 'originalLineId' });
}

/**
 * The payment that a line takes back: the one with the same end-to-end reference, else the only one that stands on an
 * invoice which the line names. The same amount and account always; undefined where there is none such or more than one.
 * Eventually consistent.
 */
export async function findReturned(
  back: PostedLine,
  named: readonly Invoice[],
): Promise<Stored<PostedLine> | undefined> {
  const partition = lineReferencePartition(back.endToEndId);
  if (partition !== undefined) {
    const items = await queryIndex('byPerson', partition);
    const found = await onlyReturned(
      items.map((item) => parseStored(postedLine, item)),
      back,
    );
    if (found !== undefined) return found;
  }
  const lineIds = new Set<string>();
  for (const { registrationId, invoiceNumber } of named)
    for (const made of await allocationsOf(registrationId))
      if (made.invoiceNumber === invoiceNumber && made.reversed === null && made.source.kind === 'LINE')
        lineIds.add(made.source.lineId);
  return onlyReturned(await Promise.all([...lineIds].map(readLine)), back);
}

/** The only one of these lines that `back` may take back and that none has taken back yet. */
async function onlyReturned(
  lines: readonly Stored<PostedLine>[],
  back: PostedLine,
): Promise<Stored<PostedLine> | undefined> {
  const possible = lines.filter((line) => mayBeReturned(line, back));
  const taken = await Promise.all(possible.map(({ lineId }) => isTakenBack(lineId)));
  const [found, ...more] = possible.filter((_line, at) => taken[at] === false);
  return more.length === 0 ? found : undefined;
}

const isTakenBack = async (lineId: string): Promise<boolean> =>
  (await findReturn(await usesOfLine(lineId)))?.reversed === null;

/** Numbers of the invoices on which a line stands now. */
export async function invoicesPaidBy(lineId: string): Promise<string[]> {
  const standing = (await allocationsAmong(await usesOfLine(lineId))).filter(
    ({ reversed }) => reversed === null,
  );
  return [...new Set(standing.map(({ invoiceNumber }) => invoiceNumber))];
}

/**
 * Makes two lines each other's end, once nothing stands on the original any more; in one transaction, and the ledger
 * needs nothing: the suspense that the first made, the second has taken. The same again changes nothing. Throws
 * `RefusedError` where they do not belong together, or something still stands on the original.
 */
export async function pairReturn(
  lineId: string,
  originalLineId: string,
  { actor, reason }: Decision,
  now: Date,
): Promise<void> {
  const returnId = returnIdOf(lineId);
  await persistently(() =>
    change<PostedLine>(postedLine, lineKey(lineId), now, async (back) => {
      const known = await read(returnedLine, returnedLineKey(lineId));
      if (known !== undefined && known.reversed === null) {
        if (known.originalLineId === originalLineId) return undefined;
        throw new RefusedError('return-other-line', { field: 'originalLineId' });
      }
      const original = await readLine(originalLineId);
      requireReturn(back, original);
      const { pence } = back;
      const made: ReturnedLine = {
        returnId,
        lineId,
        originalLineId,
        pence,
        by: actor.id,
        reason,
        at: now.toISOString(),
        reversed: null,
      };
      const audit = { action: 'line.return', actor, reason };
      const use: LineUse = { kind: 'RETURN', id: returnId, registrationId: '', lineId };
      return {
        next: wentBack(withoutStored(back)),
        audit,
        events: [{ name: 'PaymentReturned', detail: { lineId, originalLineId } }],
        also: [
          ...(known === undefined
            ? alsoCreate(returnedLineKey(lineId), made, audit, now)
            : alsoChange(known, made, audit, now)),
          ...alsoChange(original, lineAfterUse(withoutStored(original), pence, now), audit, now),
          { put: { ...lineUseKey(lineId, returnId), ...use } },
          { put: { ...lineUseKey(originalLineId, returnId), ...use } },
        ],
      };
    }),
  );
}

/** Takes back that two lines are each other's end: both wait for people again. One taken back stays so. */
export async function reverseReturn(lineId: string, { actor, reason }: Decision, now: Date): Promise<void> {
  await persistently(() =>
    change<PostedLine>(postedLine, lineKey(lineId), now, async (back) => {
      const known = await readExisting(returnedLine, returnedLineKey(lineId));
      if (known.reversed !== null) return undefined;
      const { originalLineId, pence } = known;
      const original = await readLine(originalLineId);
      const audit = { action: 'line.reverse', actor, reason };
      return {
        next: waiting({ ...withoutStored(back), openPence: pence }, 'reversed', now),
        audit,
        events: [{ name: 'PaymentReturnReversed', detail: { lineId, originalLineId } }],
        also: [
          ...alsoChange(
            known,
            { ...withoutStored(known), reversed: { by: actor.id, reason, at: now.toISOString() } },
            audit,
            now,
          ),
          ...alsoChange(original, lineAfterUse(withoutStored(original), -pence, now), audit, now),
        ],
      };
    }),
  );
}
