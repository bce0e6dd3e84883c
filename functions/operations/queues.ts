import { queryIndex } from '../shared/table/change.ts';

/**
 * Queues in which something waits for staff (index byQueue). `sortedBy` tells what stands in its sort key: the instant
 * by which it should be done, or since when it waits; what waits since is overdue from the next day on.
 */
export const staffQueues = [
  { queue: 'STUCK', sortedBy: 'since' },
  { queue: 'PLACEMENT', sortedBy: 'due' },
  { queue: 'FUNDING', sortedBy: 'due' },
  { queue: 'SUSPENSE', sortedBy: 'since' },
  { queue: 'UNPLACED', sortedBy: 'since' },
  { queue: 'ASSESSMENT-LATE', sortedBy: 'due' },
  { queue: 'MODERATION-READER', sortedBy: 'since' },
  { queue: 'MODERATION', sortedBy: 'due' },
  { queue: 'PANEL', sortedBy: 'due' },
  { queue: 'HELD-RESULT', sortedBy: 'since' },
] as const satisfies readonly { readonly queue: string; readonly sortedBy: 'due' | 'since' }[];

export interface QueueState {
  readonly queue: string;
  readonly waiting: number;
  readonly overdue: number;
  /** Sort key of the first item. */
  readonly oldest: string | null;
}

const DAY = 86_400_000;

/** How a queue stands at `now`, from the sort keys of its items. */
export function queueState(
  { queue, sortedBy }: (typeof staffQueues)[number],
  sortKeys: readonly string[],
  now: Date,
): QueueState {
  const limit = sortedBy === 'due' ? now.getTime() : now.getTime() - DAY;
  const instants = sortKeys
    .map((key) => Date.parse(key.slice(0, 24)))
    .filter((instant) => !Number.isNaN(instant));
  const first = Math.min(...instants);
  return {
    queue,
    waiting: sortKeys.length,
    overdue: instants.filter((instant) => instant < limit).length,
    oldest: Number.isFinite(first) ? new Date(first).toISOString() : null,
  };
}

/** How every queue of the staff stands. */
export async function readQueues(now: Date): Promise<QueueState[]> {
  return Promise.all(
    staffQueues.map(async (one) => {
      const items = await queryIndex('byQueue', `QUEUE#${one.queue}`);
      return queueState(
        one,
        items.map((item) => String(item.queueSort)),
        now,
      );
    }),
  );
}
