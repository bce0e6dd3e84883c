import limitsFile from '../../programme/payments/approvals.json' with { type: 'json' };
import { formatPence, type Pence } from '../shared/money/pence.ts';
import { RefusedError } from '../shared/runtime/errors.ts';
import { alsoChange, change, create, read, readExisting, type Stored } from '../shared/table/change.ts';
import { registrationPk } from '../shared/table/keys.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { admit, type Decision, invoiceWith, persistently } from './allocate.ts';
import { approvalLimits, type WriteOff, writeOff } from './approval-model.ts';
import { admitVerdict, approvalIndex, type Verdict, withoutQueue } from './approvals.ts';
import { BROUGHT_OVER, invoiceKey, writeOffKey } from './keys.ts';
import { append, postingOf, writeOffMovements } from './ledger.ts';
import { type Invoice, invoice } from './model.ts';
import { readInvoice } from './store.ts';

const limits = approvalLimits.parse(limitsFile);

/** Refuses more than the programme's limit for all write-offs of an invoice. Pure. */
export function admitWriteOff(
  of: Pick<Invoice, 'roundId' | 'writtenOffPence' | 'invoiceNumber'>,
  pence: Pence,
): void {
  const { maximumPence, broughtOverMaximumPence } = limits.writeOff;
  const maximum = of.roundId === BROUGHT_OVER ? broughtOverMaximumPence : maximumPence;
  if (of.writtenOffPence + pence > maximum)
    throw new RefusedError('write-off-limit', { field: 'pence', values: { maximum: formatPence(maximum) } });
}

class WriteOffExistsError extends Error {}

/**
 * Asks for `pence` of what is owed on an invoice to be given up. Nothing moves before another person approves. The same
 * `writeOffId` again changes nothing. Throws `RefusedError` beyond the programme's limit or what is owed.
 */
export async function requestWriteOff(
  invoiceNumber: string,
  asked: { readonly writeOffId: string; readonly pence: Pence },
  { actor, reason }: Decision,
  now: Date,
): Promise<Stored<WriteOff>> {
  const of = await readInvoice(invoiceNumber);
  const { registrationId, roundId } = of;
  const key = writeOffKey(registrationId, asked.writeOffId);
  const known = await read(writeOff, key);
  if (known !== undefined) return known;
  admitWriteOff(of, asked.pence);
  admit(of, asked.pence);
  const made: WriteOff = {
    ...asked,
    registrationId,
    roundId,
    invoiceNumber: of.invoiceNumber,
    schoolName: of.schoolName,
    payerName: of.payer.name,
    reason,
    requestedBy: actor.id,
    requestedAt: now.toISOString(),
    decided: null,
    status: 'REQUESTED',
    ...approvalIndex(now.toISOString(), asked.writeOffId),
  };
  const detail = { registrationId, roundId, writeOffId: asked.writeOffId, invoiceNumber: of.invoiceNumber };
  try {
    return await create<WriteOff>(
      key,
      {
        next: made,
        audit: { action: 'write-off.request', actor, reason },
        events: [{ name: 'WriteOffRequested', detail }],
      },
      now,
      () => new WriteOffExistsError(),
    );
  } catch (error) {
    if (!(error instanceof WriteOffExistsError)) throw error;
    return readExisting(writeOff, key);
  }
}

/**
 * A second person approves or refuses a write-off; approved, the invoice owes that much less and may be settled by it.
 * The same decision again changes nothing. Throws `RefusedError` for one's own request, beyond the limit, or where the
 * invoice owes less by now.
 */
export async function decideWriteOff(
  registrationId: string,
  writeOffId: string,
  verdict: Verdict,
  now: Date,
): Promise<Stored<WriteOff>> {
  const key = writeOffKey(registrationId, writeOffId);
  const { actor, reason, approve } = verdict;
  const decided = { by: actor.id, at: now.toISOString(), reason };
  if (!approve)
    return change<WriteOff>(writeOff, key, now, (current) =>
      admitVerdict(current, verdict)
        ? {
            next: { ...withoutQueue(withoutStored(current)), status: 'REFUSED', decided },
            audit: { action: 'write-off.refuse', actor, reason },
            events: [{ name: 'WriteOffRefused', detail: detailOf(current) }],
          }
        : undefined,
    );
  const { invoiceNumber } = await readExisting(writeOff, key);
  await persistently(() =>
    change<Invoice>(invoice, invoiceKey(registrationId, invoiceNumber), now, async (current) => {
      const request = await readExisting(writeOff, key);
      if (!admitVerdict(request, verdict)) return undefined;
      const { pence, roundId } = request;
      admitWriteOff(current, pence);
      const registrationHolds = admit(current, pence);
      const { next, events } = invoiceWith(
        withoutStored(current),
        { writtenOffPence: current.writtenOffPence + pence },
        now,
      );
      const posting = postingOf(
        { cause: 'WRITE_OFF', causeId: writeOffId, roundId },
        writeOffMovements(pence),
        now,
      );
      return {
        next,
        audit: { action: 'invoice.write-off', actor, reason },
        events: [{ name: 'WriteOffApproved', detail: detailOf(request) }, ...events],
        also: [
          registrationHolds,
          ...alsoChange(
            request,
            { ...withoutQueue(withoutStored(request)), status: 'APPROVED', decided },
            { action: 'write-off.approve', actor, reason },
            now,
          ),
          append(registrationPk(registrationId), posting),
        ],
        refusals: {
          0: () => new RefusedError('invoice-closed', { values: { invoice: invoiceNumber } }),
        },
      };
    }),
  );
  return readExisting(writeOff, key);
}

const detailOf = ({ registrationId, roundId, writeOffId, invoiceNumber }: WriteOff) => ({
  registrationId,
  roundId,
  writeOffId,
  invoiceNumber,
});
