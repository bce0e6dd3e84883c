import { createHash } from 'node:crypto';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { requireEnv } from '../../shared/runtime/env.ts';
import { RefusedError } from '../../shared/runtime/errors.ts';
import { parse } from '../../shared/runtime/parse.ts';
import { dynamodb } from '../../shared/table/client.ts';

const WINDOW_SECONDS = 15 * 60;

/**
 * How much of what is allowed in 15 minutes. An address: enough for somebody who mistypes, too little to flood a
 * mailbox. A source: a fuse against floods, far above a university or a council behind one address. Wrong codes: a
 * code has eight digits, and Cognito ends its own session after a few.
 */
export const limits = {
  'code-to-address': 10,
  'code-from-source': 3000,
  'wrong-code-from-source': 300,
} as const;

const counted = z.object({ attempts: z.number().int() });

/** Counts one more of `what` by `who` and refuses (`too-many-attempts`) where that is too many. What is stored is a digest of `who`. */
export async function throttle(what: keyof typeof limits, who: string, now: Date): Promise<void> {
  const window = Math.floor(now.getTime() / 1000 / WINDOW_SECONDS);
  const digest = createHash('sha256').update(who).digest('hex').slice(0, 32);
  const { Attributes } = await dynamodb.send(
    new UpdateItemCommand({
      TableName: requireEnv('PROGRAMME_TABLE'),
      Key: marshall({ pk: `THROTTLE#${what}#${digest}`, sk: String(window) }),
      UpdateExpression: 'SET #ttl = :ttl ADD attempts :one',
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: marshall({ ':one': 1, ':ttl': (window + 2) * WINDOW_SECONDS }),
      ReturnValues: 'ALL_NEW',
    }),
  );
  const { attempts } = parse('throttle', counted, unmarshall(Attributes ?? {}));
  if (attempts > limits[what])
    throw new RefusedError('too-many-attempts', { values: { minutes: WINDOW_SECONDS / 60 } });
}
