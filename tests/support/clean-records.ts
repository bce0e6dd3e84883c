import { createHash } from 'node:crypto';
import type { DomainEvent } from '../../functions/shared/events/catalogue.ts';
import { alsoCreate, type ExtraWrite } from '../../functions/shared/table/change.ts';
import type { Key } from '../../functions/shared/table/keys.ts';
import type { Item } from '../../tools/verify/snapshot.ts';
import { sampleRound } from './school-year.ts';

/** When everything in the store happened. */
export const AT = '2026-06-20T09:00:00.000Z';
export const MOMENT = new Date(AT);
export const actor = { kind: 'system', id: 'test' } as const;
const audit = { action: 'test', actor };
export const round = sampleRound('2026-01-05');
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The items that a transaction's further writes put. */
export const itemOf = (write: ExtraWrite): Item[] => ('put' in write ? [{ version: 1, ...write.put }] : []);

let events = 0;
/** A record as `create` writes it: with its audit entry, and the event that tells of it, numbered as a change of its collection's record. */
export function record(key: Key, value: Record<string, unknown>, event?: DomainEvent, sequence = 1): Item[] {
  return [
    ...alsoCreate(key, value, audit, MOMENT).flatMap(itemOf),
    ...(event === undefined ? [] : [told(key, event, sequence)]),
  ];
}

/** An event of the outbox, published. */
export function told(key: Key, { name, detail }: DomainEvent, sequence: number): Item {
  const eventId = `EV${String(++events).padStart(4, '0')}`;
  return {
    pk: key.pk,
    sk: `EVENT#${eventId}`,
    eventId,
    name,
    detail: JSON.stringify(detail),
    sequence,
    occurredAt: AT,
    publishedAt: AT,
  };
}
