import * as z from 'zod';
import type { Language } from '../shared/access/identity.ts';
import { formatPence } from '../shared/money/pence.ts';
import { queryCollection } from '../shared/table/change.ts';
import { registrationPk } from '../shared/table/keys.ts';
import { posting } from './model.ts';
import { paymentsTexts } from './texts.ts';
import type { Names } from './views.ts';

const auditEntry = z.object({
  record: z.string(),
  at: z.iso.datetime(),
  action: z.string(),
  actor: z.object({ id: z.string() }),
  reason: z.string().optional(),
  before: z.string(),
  after: z.string(),
});
const sentMail = z.object({
  cause: z.string(),
  to: z.string(),
  subject: z.string(),
  sentAt: z.iso.datetime(),
});
const state = z.object({
  status: z.string().optional(),
  allocatedPence: z.number().optional(),
  creditedPence: z.number().optional(),
  purchaseOrder: z.string().nullish(),
});

export interface HistoryEntry {
  readonly at: string;
  readonly what: string;
  readonly by: string;
  readonly reason: string | null;
  readonly detail: string;
}

/** Everything that happened about the money of a registration: changes, postings and mails, the oldest first. */
export async function moneyHistory(
  registrationId: string,
  language: Language,
  names: Names,
): Promise<HistoryEntry[]> {
  const pk = registrationPk(registrationId);
  const [audits, postings, mails] = await Promise.all([
    queryCollection(pk, 'AUDIT#'),
    queryCollection(pk, 'LEDGER#'),
    queryCollection(pk, 'EMAIL#'),
  ]);
  const words = (key: string): string =>
    paymentsTexts.has(`history.${key}`) ? paymentsTexts.text(language, `history.${key}`) : key;
  const entries: HistoryEntry[] = [];
  for (const item of audits) {
    const entry = auditEntry.safeParse(item);
    // Allocations are told by what they did to the invoice.
    if (!entry.success || !/^(INVOICE|CREDITNOTE|RECEIPT|CREDIT)#/.test(entry.data.record)) continue;
    const { at, action, actor, reason = null, record, before, after } = entry.data;
    entries.push({
      at,
      what: words(action),
      by: await names.of(actor.id),
      reason,
      detail: [record.replace(/^[A-Z]+#/, ''), ...changesOf(before, after)].join(', '),
    });
  }
  for (const item of postings) {
    const { postedAt, postingId, entries: sides } = posting.parse(item);
    const detail = sides.map(({ account, pence }) => `${account} ${formatPence(pence)}`).join(', ');
    entries.push({ at: postedAt, what: words('posting'), by: postingId, reason: null, detail });
  }
  for (const item of mails) {
    const mail = sentMail.safeParse(item);
    if (!mail.success || !/^(PSQM|CN|RC)-\d{4}-\d+|payment/.test(mail.data.cause)) continue;
    const { sentAt, to, subject, cause } = mail.data;
    entries.push({ at: sentAt, what: words('mail'), by: cause, reason: null, detail: `${to}: ${subject}` });
  }
  return entries.sort((a, b) => a.at.localeCompare(b.at));
}

/** What changed of an invoice, shortly. */
function changesOf(before: string, after: string): string[] {
  const [was, is] = [state.safeParse(JSON.parse(before)), state.safeParse(JSON.parse(after))];
  if (!was.success || !is.success) return [];
  const changes: string[] = [];
  if (was.data.status !== undefined && is.data.status !== undefined)
    changes.push(`${was.data.status} → ${is.data.status}`);
  for (const name of ['allocatedPence', 'creditedPence'] as const) {
    const [from, to] = [was.data[name], is.data[name]];
    if (from !== undefined && to !== undefined) changes.push(`${formatPence(from)} → ${formatPence(to)}`);
  }
  if (typeof is.data.purchaseOrder === 'string' && was.data.purchaseOrder !== undefined)
    changes.push(is.data.purchaseOrder);
  return changes;
}
