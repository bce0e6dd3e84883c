import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import DataLoader from 'dataloader';
import { requireEnv } from '../runtime/env.ts';
import { dynamodb } from './client.ts';
import type { Key } from './keys.ts';

/** BatchGetItem takes no more keys in a call. */
const KEYS_AT_ONCE = 100;
const ROUNDS = 8;

type Item = Record<string, unknown>;
const nameOf = ({ pk, sk }: Key): string => JSON.stringify([pk, sk]);

/** What is asked for in the same turn goes out as one call: most decisions read four or five records at once. */
const together = new DataLoader<Key, Item | undefined>(
  async (keys) => {
    const found = await fetchItems(keys);
    return keys.map((key) => found.get(nameOf(key)));
  },
  // A record may be changed by others at any time: nothing that was read is kept.
  { cache: false, maxBatchSize: KEYS_AT_ONCE },
);

/**
 * The item of this key, raw; undefined where there is none. Consistent, so that a rule never decides on yesterday. Keys
 * that are asked for at the same time (`Promise.all`) travel in one BatchGetItem.
 */
export function readItem({ pk, sk }: Key): Promise<Item | undefined> {
  return together.load({ pk, sk });
}

/** The items of these keys, raw, those that do not exist left out, each once; in the order of the keys. Consistent. */
export async function readItems(keys: readonly Key[]): Promise<Item[]> {
  const unique = [...new Map(keys.map((key) => [nameOf(key), key])).values()];
  const items = await Promise.all(unique.map(readItem));
  return items.filter((item) => item !== undefined);
}

/** At most 100 keys. What the table leaves unprocessed is asked for again, later each time: a read may be repeated. */
async function fetchItems(keys: readonly Key[]): Promise<ReadonlyMap<string, Item>> {
  const table = requireEnv('PROGRAMME_TABLE');
  const found = new Map<string, Item>();
  let left = [...new Map(keys.map((key) => [nameOf(key), key])).values()].map(({ pk, sk }) =>
    marshall({ pk, sk }),
  );
  for (let round = 0; left.length > 0; round++) {
    if (round === ROUNDS) throw new Error(`the table left ${left.length} keys unread ${ROUNDS} times`);
    if (round > 0) await new Promise((resolve) => setTimeout(resolve, 25 * 2 ** round));
    const { Responses, UnprocessedKeys } = await dynamodb.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys: left, ConsistentRead: true } } }),
    );
    for (const raw of Responses?.[table] ?? []) {
      const item = unmarshall(raw);
      found.set(nameOf({ pk: String(item.pk), sk: String(item.sk) }), item);
    }
    left = UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return found;
}
