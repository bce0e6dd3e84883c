import * as z from 'zod';
import type { BusDetail } from '../shared/events/catalogue.ts';

/** An event in the outbox: `EVENT#<ulid>` in the collection of its subject (functions/shared/table/change.ts). */
export const outboxItem = z.object({
  pk: z.string(),
  sk: z.string().startsWith('EVENT#'),
  eventId: z.string(),
  name: z.string(),
  detail: z.string(),
  sequence: z.number().int(),
  occurredAt: z.string(),
});
export type OutboxItem = z.output<typeof outboxItem>;

/** One entry of PutEvents, without the bus. */
export interface BusEntry {
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
  readonly Time: Date;
}

/** PutEvents takes at most ten entries a call. */
const ENTRIES = 10;

/** The entry of an outbox item: source `psqm`, detail-type the event's name, detail as `busDetail` has it. */
export function busEntry(item: OutboxItem): BusEntry {
  const data: unknown = JSON.parse(item.detail);
  const parsed = z.record(z.string(), z.unknown()).parse(data);
  const detail: BusDetail = {
    eventId: item.eventId,
    collection: item.pk,
    sequence: item.sequence,
    occurredAt: item.occurredAt,
    correlationId: correlationOf(parsed) ?? item.pk,
    data: parsed,
  };
  return {
    Source: 'psqm',
    DetailType: item.name,
    Detail: JSON.stringify(detail),
    Time: new Date(item.occurredAt),
  };
}

/** What one follows a school, a round, a statement or a person by. */
function correlationOf(data: Readonly<Record<string, unknown>>): string | undefined {
  for (const name of ['registrationId', 'statementId', 'roundId', 'personId']) {
    const value = data[name];
    if (typeof value === 'string') return value;
  }
  return undefined;
}

/**
 * Publishes items in order, ten at a time, and marks each once the bus has it. `put` says of each entry whether it was
 * taken. Returns the index of the first that was not, or undefined. An item that was put and not marked is put again
 * by the sweep: readers deduplicate by the event's id.
 */
export async function publishItems(
  items: readonly OutboxItem[],
  put: (entries: readonly BusEntry[]) => Promise<readonly boolean[]>,
  mark: (item: OutboxItem, at: string) => Promise<void>,
  at: () => string = () => new Date().toISOString(),
): Promise<number | undefined> {
  for (let from = 0; from < items.length; from += ENTRIES) {
    const batch = items.slice(from, from + ENTRIES);
    const taken = await put(batch.map(busEntry));
    const failed = batch.findIndex((_, index) => taken[index] !== true);
    const done = failed < 0 ? batch : batch.slice(0, failed);
    await Promise.all(done.map((item) => mark(item, at())));
    if (failed >= 0) return from + failed;
  }
  return undefined;
}
