import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { requireEnv } from '../../shared/runtime/env.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { dynamodb } from '../../shared/table/client.ts';
import { outboxItem } from '../outbox.ts';
import { publishToBus } from '../publisher.ts';

/** Younger events are the stream's; what is older it may have lost. */
const MINUTES = 5;
const AT_MOST = 100;

/** Publishes what has waited in the outbox longer than the stream takes; an empty outbox costs one query. */
export const handler = taskHandler(
  z.object({ scheduledAt: z.string() }),
  z.object({ published: z.number().int() }),
  async (_input, { now }) => {
    const { Items } = await dynamodb.send(
      new QueryCommand({
        TableName: requireEnv('PROGRAMME_TABLE'),
        IndexName: 'byQueue',
        KeyConditionExpression: 'queueKey = :queue AND queueSort < :before',
        ExpressionAttributeValues: marshall({
          ':queue': 'QUEUE#OUTBOX',
          ':before': new Date(now.getTime() - MINUTES * 60_000).toISOString(),
        }),
        Limit: AT_MOST,
      }),
    );
    const items = (Items ?? []).map((item) => outboxItem.parse(unmarshall(item)));
    const failedAt = await publishToBus(items);
    if (failedAt !== undefined) throw new Error(`the bus refused event ${items[failedAt]?.eventId}`);
    return { published: items.length };
  },
);
