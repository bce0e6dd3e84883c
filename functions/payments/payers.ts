import { NotFoundError } from '../shared/runtime/errors.ts';
import {
  type Actor,
  change,
  create,
  parseStored,
  queryIndex,
  read,
  type Stored,
} from '../shared/table/change.ts';
import { roundPk } from '../shared/table/keys.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { PAYERS, payerKey } from './keys.ts';
import { type PayerForm, type PayerRecord, payerRecord } from './model.ts';

const PAYER = 'PAYER';
const indexOf = (payerId: string) => ({ roundKey: `${roundPk(PAYERS)}#${PAYER}`, roundSort: payerId });

/** The payer; throws `NotFoundError`. Consistent. */
export async function readPayer(payerId: string): Promise<Stored<PayerRecord>> {
  const found = await read(payerRecord, payerKey(payerId));
  if (found === undefined) throw new NotFoundError(`payer ${payerId}`);
  return found;
}

/** Every payer that finance keep, by name. Eventually consistent. */
export async function listPayers(): Promise<Stored<PayerRecord>[]> {
  const items = await queryIndex('byRound', `${roundPk(PAYERS)}#${PAYER}`);
  return items
    .map((item) => parseStored(payerRecord, item))
    .sort((a, b) => a.name.localeCompare(b.name, 'en-GB'));
}

/**
 * Keeps a payer under an id that the page chose, new or changed. What is kept already changes nothing; invoices that
 * were issued stay as they are.
 */
export async function keepPayer(
  payerId: string,
  form: PayerForm,
  actor: Actor,
  now: Date,
): Promise<Stored<PayerRecord>> {
  const next: PayerRecord = { payerId, ...form, ...indexOf(payerId) };
  const events = [{ name: 'PayerChanged' as const, detail: { payerId } }];
  const known = await read(payerRecord, payerKey(payerId));
  if (known === undefined)
    return create<PayerRecord>(
      payerKey(payerId),
      { next, audit: { action: 'payer.create', actor }, events },
      now,
    );
  return change<PayerRecord>(payerRecord, payerKey(payerId), now, (current) =>
    JSON.stringify(withoutStored(current)) === JSON.stringify(next)
      ? undefined
      : { next, audit: { action: 'payer.change', actor }, events },
  );
}
