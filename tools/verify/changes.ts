import * as z from 'zod';
import { groupBy, type Table } from './table.ts';
import { Findings, type Violation } from './violation.ts';

/** The records of the programme by collection and kind: each change of one is a transaction with an audit entry. */
const audited: Readonly<Record<string, readonly string[]>> = {
  REG: [
    'REGISTRATION',
    'TRAINING',
    'SUBMISSION',
    'DOC',
    'VERSION',
    'INVOICE',
    'CREDITNOTE',
    'RECEIPT',
    'ALLOCATION',
    'CREDIT',
    'REFUND',
    'WRITEOFF',
    'CASE',
    'READING',
    'OUTCOME',
    'DECISION',
    'CERTIFICATE',
    'HOLD',
    'APPEAL',
  ],
  ASG: ['ASSIGNMENT'],
  ROUND: ['ROUND', 'PANEL-MEETING'],
  PERSON: ['PERSON'],
  HUB: ['HUB'],
  FUNDER: ['FUNDER'],
  SCHOOL: ['AWARD'],
  STATEMENT: ['STATEMENT', 'LINE', 'OTHER'],
  MONTH: ['MONTH'],
  REGISTER: ['IMPORT'],
};

/** Records that change beside another one, whose event then tells of both; every other one's event is its own. */
const besideAnother: readonly string[] = [
  'INVOICE',
  'LINE',
  'WRITEOFF',
  'OTHER',
  'READING',
  'OUTCOME',
  'DECISION',
  'APPEAL',
  'AWARD',
];

/** Events are kept for ninety days, then DynamoDB may delete them; an audit entry stays. */
const EVENTS_KEPT_MS = 89 * 24 * 3_600_000;

const versioned = z.object({ version: z.number().int() });
const audit = z.object({
  record: z.string(),
  recordVersion: z.number().int(),
  at: z.string(),
  action: z.string(),
  after: z.string(),
});
const event = z.object({
  eventId: z.string(),
  name: z.string(),
  detail: z.string(),
  sequence: z.number().int(),
  occurredAt: z.string(),
  publishedAt: z.string().optional(),
});
const state = z.object({ status: z.string().optional() });

/** A record at version n was changed n times, so its collection has n audit entries of it; each change of state was told. */
export function changesHaveAuditAndEvent(table: Table, now: Date): Violation[] {
  const found = new Findings('every-change-has-audit-and-event');
  const entries = groupBy(table.kind(audit, '*', 'AUDIT'), (entry) => `${entry.pk} ${entry.record}`);
  const events = groupBy(table.kind(event, '*', 'EVENT'), (one) => one.occurredAt);
  for (const [of, kinds] of Object.entries(audited)) {
    for (const kind of kinds) {
      for (const record of table.kind(versioned, of, kind)) {
        const where = `${record.pk} ${record.sk}`;
        const own = entries.get(where) ?? [];
        const versions = new Set(own.map((entry) => entry.recordVersion));
        for (let version = 1; version <= record.version; version++)
          if (!versions.has(version)) found.add(where, `its change ${version} has no audit entry`);
        if (versions.size > record.version)
          found.add(where, `has ${versions.size} audit entries and was changed ${record.version} times`);
        for (const entry of own) {
          const { status } = state.parse(JSON.parse(entry.after));
          if (status === undefined) continue;
          if (now.getTime() - Date.parse(entry.at) > EVENTS_KEPT_MS) continue;
          if (!isTold(entry, kind, events.get(entry.at) ?? []))
            found.add(where, `became ${status} (${entry.action}) and no event tells of it`);
        }
      }
    }
  }
  return found.list;
}

/**
 * Told in the same transaction: by an event in the record's own collection, in its own place there; or, where it changed
 * beside another record, by that one's, which is in the same collection, names it, or is an import's.
 */
function isTold(
  entry: { readonly pk: string; readonly record: string; readonly recordVersion: number },
  kind: string,
  events: readonly (z.output<typeof event> & { readonly pk: string })[],
): boolean {
  if (!besideAnother.includes(kind))
    return events.some(({ pk, sequence }) => pk === entry.pk && sequence === entry.recordVersion);
  const ids = [entry.pk, entry.record].map((key) => JSON.stringify(key.slice(key.indexOf('#') + 1)));
  return events.some(
    ({ pk, name, detail }) =>
      pk === entry.pk || ids.some((id) => detail.includes(id)) || name === 'AwardsImported',
  );
}

/** The sweep publishes every quarter of an hour what the stream lost. */
const OUTBOX_MS = 20 * 60_000;

/** Every event of the outbox has been published, but for what has just occurred. */
export function eventsPublished(table: Table, now: Date): Violation[] {
  const found = new Findings('every-event-published');
  for (const each of table.kind(event, '*', 'EVENT')) {
    if (each.publishedAt === undefined && now.getTime() - Date.parse(each.occurredAt) > OUTBOX_MS)
      found.add(`${each.pk} ${each.eventId}`, `${each.name} of ${each.occurredAt} was never published`);
  }
  return found.list;
}

const email = z.object({
  cause: z.string(),
  to: z.string(),
  status: z.string(),
  messageId: z.string().optional(),
  interrupted: z.number().int(),
});

/**
 * A cause has one email: its key is made of it, and it was accepted once. One whose sending was interrupted between the
 * provider's acceptance and our record may have been sent twice; those are counted apart.
 */
export function emailsOnce(table: Table): Violation[] {
  const found = new Findings('no-email-twice');
  const emails = table.kind(email, '*', 'EMAIL');
  for (const each of emails) {
    const where = `${each.pk} ${each.sk}`;
    if (each.sk !== `EMAIL#${each.cause}`)
      found.add(where, `was sent for ${each.cause} beside that cause's own`);
    if (each.status !== 'SENT' && each.status !== 'SENDING')
      found.add(where, `has the unknown status ${each.status}`);
    if (each.status === 'SENT' && each.messageId === undefined)
      found.add(where, 'was sent and has no number from the provider');
  }
  const accepted = groupBy(
    emails.filter((each) => each.messageId !== undefined),
    (each) => each.messageId ?? '',
  );
  for (const [messageId, same] of accepted)
    if (same.length > 1)
      found.add(same.map(({ pk, sk }) => `${pk} ${sk}`).join(', '), `are one message ${messageId}`);
  return found.list;
}

/** Emails whose sending was interrupted: nobody can know whether the provider had accepted them. */
export function countInterruptedEmails(table: Table): number {
  return table.kind(email, '*', 'EMAIL').filter((each) => each.interrupted > 0 || each.status !== 'SENT')
    .length;
}
