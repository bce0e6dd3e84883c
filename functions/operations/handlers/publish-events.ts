import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import middy from '@middy/core';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import * as z from 'zod';
import { logger } from '../../shared/runtime/logger.ts';
import { type OutboxItem, outboxItem } from '../outbox.ts';
import { publishToBus } from '../publisher.ts';

const image = z.record(
  z.string(),
  z.custom<AttributeValue>((value) => typeof value === 'object' && value !== null),
);

/**
 * Publishes the events that a transaction put into the outbox, from the table's stream, in their order. Reports the
 * first record that could not be published, so that the stream brings it and what follows again.
 */
export const handler = middy<
  DynamoDBStreamEvent,
  { batchItemFailures: { itemIdentifier: string }[] }
>().handler(async (event) => {
  const records: { sequence: string; item: OutboxItem }[] = [];
  for (const record of event.Records) {
    const parsed = image.safeParse(record.dynamodb?.NewImage);
    const item = parsed.success ? outboxItem.safeParse(unmarshall(parsed.data)) : undefined;
    if (item?.success !== true) {
      logger.error('an outbox item that cannot be read is left to the sweep', { eventId: record.eventID });
      continue;
    }
    records.push({ sequence: record.dynamodb?.SequenceNumber ?? '', item: item.data });
  }
  const failedAt = await publishToBus(records.map(({ item }) => item));
  const failed = failedAt === undefined ? undefined : records[failedAt];
  return { batchItemFailures: failed === undefined ? [] : [{ itemIdentifier: failed.sequence }] };
});
