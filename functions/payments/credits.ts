import { formatPence, type Pence } from '../shared/money/pence.ts';
import { NotFoundError, RefusedError } from '../shared/runtime/errors.ts';
import {
  alsoChange,
  alsoCreate,
  change,
  create,
  parseStored,
  queryIndex,
  read,
  readExisting,
  type Stored,
} from '../shared/table/change.ts';
import { queueIndex, registrationPk } from '../shared/table/keys.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { admit, type Decision, invoiceAfter, type LineUse, persistently } from './allocate.ts';
import { type CreditUse, creditUseKey } from './credit-use-model.ts';
import { accountCreditKey, allocationKey, CREDITS_QUEUE, invoiceKey, lineUseKey } from './keys.ts';
import {
  append,
  creditReversedMovements,
  creditTakenMovements,
  creditUsedMovements,
  creditUseReversedMovements,
  postingOf,
} from './ledger.ts';
import { lineAfterUse, readLine } from './lines.ts';
import {
  type AccountCredit,
  type Allocation,
  accountCredit,
  allocation,
  type Invoice,
  invoice,
} from './model.ts';
import { readInvoice } from './store.ts';

/** Credits on account with money left on them, the oldest first. Eventually consistent. */
export async function openCredits(): Promise<Stored<AccountCredit>[]> {
  const items = await queryIndex('byQueue', `QUEUE#${CREDITS_QUEUE}`);
  return items.map((item) => parseStored(accountCredit, item));
}

/** The credit with another rest, in or out of the list of those with money left. */
export function withRest(credit: AccountCredit, remainingPence: Pence): AccountCredit {
  const { queueKey: _key, queueSort: _sort, ...kept } = credit;
  return {
    ...kept,
    remainingPence,
    ...(remainingPence > 0 ? queueIndex(CREDITS_QUEUE, `${credit.at}#${credit.creditId}`) : {}),
  };
}

class CreditExistsError extends Error {}

/**
 * Keeps `pence` of a line as its payer's credit on account, beside the invoice that it came for (paid twice, or paid
 * for a registration that ended). The same `creditId` again changes nothing. Throws `RefusedError` where the line has
 * less open.
 */
export async function takeCredit(
  lineId: string,
  invoiceNumber: string,
  pence: Pence,
  creditId: string,
  { actor, reason }: Decision,
  now: Date,
): Promise<void> {
  const beside = await readInvoice(invoiceNumber);
  const { registrationId, roundId } = beside;
  const key = accountCreditKey(registrationId, creditId);
  try {
    await persistently(async () => {
      if ((await read(accountCredit, key)) !== undefined) return;
      const line = await readLine(lineId);
      const made: AccountCredit = {
        creditId,
        registrationId,
        invoiceNumber: beside.invoiceNumber,
        payerName: line.payerName === '' ? beside.payer.name : line.payerName,
        pence,
        remainingPence: pence,
        source: { kind: 'LINE', lineId },
        by: actor.id,
        reason,
        at: now.toISOString(),
        reversed: null,
      };
      const use: LineUse = { kind: 'CREDIT', id: creditId, registrationId };
      const posting = postingOf(
        { cause: 'CREDIT_TAKEN', causeId: creditId, roundId },
        creditTakenMovements(pence),
        now,
      );
      await create<AccountCredit>(
        key,
        {
          next: withRest(made, pence),
          audit: { action: 'credit.take', actor, reason },
          events: [
            {
              name: 'CreditTaken',
              detail: { registrationId, roundId, invoiceNumber: beside.invoiceNumber, creditId },
            },
          ],
          also: [
            ...alsoChange(
              line,
              lineAfterUse(withoutStored(line), pence, now),
              { action: 'line.credit', actor, reason },
              now,
            ),
            { put: { ...lineUseKey(lineId, creditId), ...use }, onlyIfAbsent: true },
            append(registrationPk(registrationId), posting),
          ],
        },
        now,
        () => new CreditExistsError(),
      );
    });
  } catch (error) {
    if (!(error instanceof CreditExistsError)) throw error;
  }
}

/** Takes a credit on account back of which nothing was used: the money returns to its line. One taken back stays so. */
export async function reverseCredit(
  registrationId: string,
  creditId: string,
  { actor, reason }: Decision,
  now: Date,
): Promise<void> {
  const { roundId } = await invoiceOf(registrationId, creditId);
  await persistently(() =>
    change<AccountCredit>(accountCredit, accountCreditKey(registrationId, creditId), now, async (current) => {
      if (current.reversed !== null) return undefined;
      if (current.source.kind !== 'LINE') throw new NotFoundError(`credit ${creditId} of a bank line`);
      if (current.remainingPence !== current.pence) throw new RefusedError('credit-used');
      const { invoiceNumber, pence } = current;
      const line = await readLine(current.source.lineId);
      const posting = postingOf(
        { cause: 'CREDIT_REVERSED', causeId: creditId, roundId },
        creditReversedMovements(pence),
        now,
      );
      return {
        next: {
          ...withRest(withoutStored(current), 0),
          reversed: { by: actor.id, reason, at: now.toISOString() },
        },
        audit: { action: 'credit.reverse', actor, reason },
        events: [{ name: 'CreditReversed', detail: { registrationId, roundId, invoiceNumber, creditId } }],
        also: [
          ...alsoChange(
            line,
            lineAfterUse(withoutStored(line), -pence, now),
            { action: 'line.reverse', actor, reason },
            now,
          ),
          append(registrationPk(registrationId), posting),
        ],
      };
    }),
  );
}

async function invoiceOf(registrationId: string, creditId: string): Promise<Stored<Invoice>> {
  const credit = await readExisting(accountCredit, accountCreditKey(registrationId, creditId));
  return readExisting(invoice, invoiceKey(registrationId, credit.invoiceNumber));
}

/**
 * Puts `pence` of a credit on account on an invoice (of any registration). The same `allocationId` again changes
 * nothing. Throws `RefusedError` where credit or invoice has less open, or the invoice is closed.
 */
export async function spendCredit(
  from: { readonly registrationId: string; readonly creditId: string },
  invoiceNumber: string,
  pence: Pence,
  allocationId: string,
  { actor, reason }: Decision,
  now: Date,
): Promise<Stored<AccountCredit>> {
  const { registrationId, invoiceNumber: number } = await readInvoice(invoiceNumber);
  const creditKey = accountCreditKey(from.registrationId, from.creditId);
  await persistently(() =>
    change<Invoice>(invoice, invoiceKey(registrationId, number), now, async (current) => {
      if ((await read(allocation, allocationKey(registrationId, allocationId))) !== undefined)
        return undefined;
      const credit = await readExisting(accountCredit, creditKey);
      if (credit.remainingPence < pence)
        throw new RefusedError('credit-has-less', {
          field: 'pence',
          values: { open: formatPence(credit.remainingPence) },
        });
      const registrationHolds = admit(current, pence);
      const { roundId } = current;
      const { next, events } = invoiceAfter(withoutStored(current), pence, now);
      const made: Allocation = {
        allocationId,
        invoiceNumber: number,
        registrationId,
        source: { kind: 'CREDIT', creditId: from.creditId },
        pence,
        by: actor.id,
        reason,
        automatic: false,
        at: now.toISOString(),
        reversed: null,
      };
      const posting = postingOf(
        { cause: 'CREDIT_USED', causeId: allocationId, roundId },
        creditUsedMovements(pence),
        now,
      );
      const rest = withRest(withoutStored(credit), credit.remainingPence - pence);
      const use: CreditUse = { creditId: from.creditId, allocationId, registrationId };
      return {
        next,
        audit: { action: 'invoice.allocate', actor, reason },
        events: [
          {
            name: 'CreditUsed',
            detail: { registrationId, roundId, invoiceNumber: number, creditId: from.creditId },
          },
          ...events,
        ],
        also: [
          registrationHolds,
          ...alsoChange(credit, rest, { action: 'credit.use', actor, reason }, now),
          ...alsoCreate(
            allocationKey(registrationId, allocationId),
            made,
            { action: 'allocation.make', actor, reason },
            now,
          ),
          append(registrationPk(registrationId), posting),
          { put: { ...creditUseKey(from.registrationId, from.creditId, allocationId), ...use } },
        ],
        refusals: {
          0: () =>
            new RefusedError('invoice-closed', { field: 'invoiceNumber', values: { invoice: number } }),
        },
      };
    }),
  );
  return readExisting(accountCredit, creditKey);
}

/** Takes back what a credit on account paid: the credit has it again. One taken back stays so. */
export async function reverseSpending(
  registrationId: string,
  allocationId: string,
  creditRegistrationId: string,
  { actor, reason }: Decision,
  now: Date,
): Promise<void> {
  const found = await readExisting(allocation, allocationKey(registrationId, allocationId));
  if (found.source.kind !== 'CREDIT') throw new NotFoundError(`allocation ${allocationId} of a credit`);
  const { creditId } = found.source;
  await persistently(() =>
    change<Invoice>(invoice, invoiceKey(registrationId, found.invoiceNumber), now, async (current) => {
      const [made, credit] = await Promise.all([
        readExisting(allocation, allocationKey(registrationId, allocationId)),
        readExisting(accountCredit, accountCreditKey(creditRegistrationId, creditId)),
      ]);
      if (made.reversed !== null) return undefined;
      const { invoiceNumber, roundId } = current;
      if (current.closedAt !== null)
        throw new RefusedError('closed-stays', { values: { invoice: invoiceNumber } });
      const { next, events } = invoiceAfter(withoutStored(current), -made.pence, now);
      const reversed = { by: actor.id, reason, at: now.toISOString() };
      const posting = postingOf(
        { cause: 'CREDIT_USE_REVERSED', causeId: allocationId, roundId },
        creditUseReversedMovements(made.pence),
        now,
      );
      const rest = withRest(withoutStored(credit), credit.remainingPence + made.pence);
      return {
        next,
        audit: { action: 'invoice.reverse-allocation', actor, reason },
        events: [
          { name: 'CreditUseReversed', detail: { registrationId, roundId, invoiceNumber, creditId } },
          ...events,
        ],
        also: [
          ...alsoChange(
            made,
            { ...withoutStored(made), reversed },
            { action: 'allocation.reverse', actor, reason },
            now,
          ),
          ...alsoChange(credit, rest, { action: 'credit.use-reversed', actor, reason }, now),
          append(registrationPk(registrationId), posting),
        ],
      };
    }),
  );
}
