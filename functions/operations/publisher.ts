import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { marshall } from '@aws-sdk/util-dynamodb';
import { requireEnv } from '../shared/runtime/env.ts';
import { dynamodb } from '../shared/table/client.ts';
import { type BusEntry, type OutboxItem, publishItems } from './outbox.ts';

const bus = new EventBridgeClient({});

/** Puts outbox items on the programme's bus in order and marks them; returns the index of the first that failed. */
export function publishToBus(items: readonly OutboxItem[]): Promise<number | undefined> {
  return publishItems(items, putEntries, markPublished);
}

async function putEntries(entries: readonly BusEntry[]): Promise<boolean[]> {
  const EventBusName = requireEnv('EVENT_BUS');
  const { Entries } = await bus.send(
    new PutEventsCommand({ Entries: entries.map((entry) => ({ ...entry, EventBusName })) }),
  );
  return (Entries ?? []).map((entry) => entry.ErrorCode === undefined);
}

async function markPublished(item: OutboxItem, at: string): Promise<void> {
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: requireEnv('PROGRAMME_TABLE'),
      Key: marshall({ pk: item.pk, sk: item.sk }),
      UpdateExpression: 'SET publishedAt = :at REMOVE queueKey, queueSort',
      ExpressionAttributeValues: marshall({ ':at': at }),
    }),
  );
}
