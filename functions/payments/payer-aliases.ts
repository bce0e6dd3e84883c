import { RefusedError } from '../shared/runtime/errors.ts';
import {
  type Actor,
  change,
  create,
  parseStored,
  queryIndex,
  read,
  readExisting,
  type Stored,
} from '../shared/table/change.ts';
import { roundPk } from '../shared/table/keys.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { type Payee, type PayerAlias, payerAlias } from './alias-model.ts';
import { allocationsAmong, type Decision, usesOfLine } from './allocate.ts';
import { aliasIdOf, counterpartyOf, payeeOf } from './counterparty.ts';
import { PAYER_ALIASES, payerAliasKey } from './keys.ts';
import { readLine } from './lines.ts';
import { readInvoice } from './store.ts';

const ALIAS = 'ALIAS';
const partition = `${roundPk(PAYER_ALIASES)}#${ALIAS}`;

/** Every counterparty that pays for others and was not withdrawn, by name. Eventually consistent. */
export async function activeAliases(): Promise<Stored<PayerAlias>[]> {
  return (await listAliases()).filter(({ status }) => status === 'ACTIVE');
}

/** Every counterparty that was ever confirmed, by name. Eventually consistent. */
export async function listAliases(): Promise<Stored<PayerAlias>[]> {
  const items = await queryIndex('byRound', partition);
  return items
    .map((item) => parseStored(payerAlias, item))
    .sort((a, b) => a.counterparty.localeCompare(b.counterparty, 'en-GB'));
}

/** What could be remembered of a line: who paid, and for whom by what stands allocated now. Undefined where it says nobody, or that is known. */
export async function toRemember(
  lineId: string,
): Promise<
  { readonly aliasId: string; readonly counterparty: string; readonly payees: Payee[] } | undefined
> {
  const [line, uses] = await Promise.all([readLine(lineId), usesOfLine(lineId)]);
  const aliasId = aliasIdOf(line);
  if (aliasId === undefined || line.reversal) return undefined;
  const standing = (await allocationsAmong(uses)).filter(({ reversed }) => reversed === null);
  const invoices = await Promise.all(standing.map(({ invoiceNumber }) => readInvoice(invoiceNumber)));
  const known = await read(payerAlias, payerAliasKey(aliasId));
  const before = new Set(known?.status === 'ACTIVE' ? known.payees.map(({ payeeId }) => payeeId) : []);
  const payees = new Map<string, Payee>();
  for (const invoice of invoices) {
    const of = payeeOf(invoice);
    // A payer under its own name needs no alias: its name is matched as it is.
    const isItself = aliasIdOf({ payerName: of.name, narrative: '' }) === aliasId;
    if (!before.has(of.payeeId) && !isItself) payees.set(of.payeeId, of);
  }
  return payees.size === 0
    ? undefined
    : { aliasId, counterparty: counterpartyOf(line), payees: [...payees.values()] };
}

/**
 * Remembers that whoever paid a line pays for those whose invoices it stands on. Together with what was known of it;
 * what is known already changes nothing. Throws `RefusedError` where the line says nobody or stands on nothing.
 */
export async function rememberPayer(lineId: string, actor: Actor, now: Date): Promise<Stored<PayerAlias>> {
  const found = await toRemember(lineId);
  if (found === undefined) {
    const aliasId = aliasIdOf(await readLine(lineId));
    const known = aliasId === undefined ? undefined : await read(payerAlias, payerAliasKey(aliasId));
    if (known?.status === 'ACTIVE') return known;
    throw new RefusedError('nothing-to-remember');
  }
  const { aliasId, counterparty, payees } = found;
  const fresh: PayerAlias = {
    aliasId,
    counterparty,
    payees,
    status: 'ACTIVE',
    by: actor.id,
    at: now.toISOString(),
    withdrawn: null,
    roundKey: partition,
    roundSort: aliasId,
  };
  const audit = { action: 'payer-alias.remember', actor };
  const events = [{ name: 'PayerAliasChanged' as const, detail: { aliasId } }];
  const key = payerAliasKey(aliasId);
  if ((await read(payerAlias, key)) === undefined)
    return create<PayerAlias>(key, { next: fresh, audit, events }, now);
  return change<PayerAlias>(payerAlias, key, now, (current) => {
    if (current.status === 'WITHDRAWN') return { next: fresh, audit, events };
    const known = new Set(current.payees.map(({ payeeId }) => payeeId));
    const more = payees.filter(({ payeeId }) => !known.has(payeeId));
    return more.length === 0
      ? undefined
      : { next: { ...withoutStored(current), payees: [...current.payees, ...more] }, audit, events };
  });
}

/** Forgets what was remembered of a counterparty. What it paid stays where it is. Throws `NotFoundError`. */
export async function withdrawAlias(
  aliasId: string,
  decision: Decision,
  now: Date,
): Promise<Stored<PayerAlias>> {
  const { actor, reason } = decision;
  await readExisting(payerAlias, payerAliasKey(aliasId));
  return change<PayerAlias>(payerAlias, payerAliasKey(aliasId), now, (current) =>
    current.status === 'WITHDRAWN'
      ? undefined
      : {
          next: {
            ...withoutStored(current),
            status: 'WITHDRAWN',
            withdrawn: { by: actor.id, reason, at: now.toISOString() },
          },
          audit: { action: 'payer-alias.withdraw', actor, reason },
          events: [{ name: 'PayerAliasChanged', detail: { aliasId } }],
        },
  );
}
