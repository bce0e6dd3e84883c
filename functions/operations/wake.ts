import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  InvalidToken,
  SendTaskSuccessCommand,
  SFNClient,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { WorkflowName } from '../shared/events/catalogue.ts';
import { requireEnv } from '../shared/runtime/env.ts';
import { dynamodb } from '../shared/table/client.ts';
import { waitKey } from '../shared/table/keys.ts';

const states = new SFNClient({});

/**
 * Wakes a machine's wait, if it waits: marks the wait as poked, so that a machine between its decision and its wait
 * decides anew too, and answers its task token. Safe to repeat: a token that has been answered or has timed out is let
 * be. `onlyIfThere` pokes nothing where no machine of the workflow has ever decided on the collection.
 */
export async function wake(
  collection: string,
  workflow: WorkflowName,
  eventId: string,
  onlyIfThere = false,
): Promise<void> {
  let token: unknown;
  try {
    const { Attributes } = await dynamodb.send(
      new UpdateItemCommand({
        TableName: requireEnv('PROGRAMME_TABLE'),
        Key: marshall(waitKey(collection, workflow)),
        UpdateExpression: 'SET poked = :event REMOVE taskToken',
        ExpressionAttributeValues: marshall({ ':event': eventId }),
        ...(onlyIfThere ? { ConditionExpression: 'attribute_exists(pk)' } : {}),
        ReturnValues: 'ALL_OLD',
      }),
    );
    token = Attributes === undefined ? undefined : unmarshall(Attributes).taskToken;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return;
    throw error;
  }
  if (typeof token !== 'string') return;
  try {
    await states.send(
      new SendTaskSuccessCommand({ taskToken: token, output: JSON.stringify({ wokenBy: eventId }) }),
    );
  } catch (error) {
    if (error instanceof TaskTimedOut || error instanceof TaskDoesNotExist || error instanceof InvalidToken)
      return;
    // The token is gone from the wait: put it back, so that the retry of this event can answer it.
    await restoreToken(collection, workflow, token);
    throw error;
  }
}

async function restoreToken(collection: string, workflow: WorkflowName, token: string): Promise<void> {
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: requireEnv('PROGRAMME_TABLE'),
      Key: marshall(waitKey(collection, workflow)),
      UpdateExpression: 'SET taskToken = if_not_exists(taskToken, :token)',
      ExpressionAttributeValues: marshall({ ':token': token }),
    }),
  );
}
