import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { WorkflowName } from '../events/catalogue.ts';
import { requireEnv } from '../runtime/env.ts';
import { dynamodb } from '../table/client.ts';
import { stageKey, waitKey } from '../table/keys.ts';

/**
 * The one way in which machines wait (see docs/decisions/waits.md). A machine loops: decide the next step, act or wait,
 * decide again. The wait stores its task token and deadline in `WAIT#<workflow>` on the condition that nothing has
 * happened since the decision began (`poked`); whatever wakes it, an event, a moved deadline or its timeout, only makes
 * the machine decide anew from the table.
 */
export const waitStep = z.object({
  do: z.literal('WAIT'),
  /** UTC instant at which the wait ends by itself. */
  until: z.iso.datetime(),
  /** The same in whole seconds from now, at least 1: TimeoutSeconds of the state. */
  seconds: z.number().int().positive(),
  /** Whom or what the machine waits for, in words for an admin. */
  waitingFor: z.string().min(1),
  /** Name of the deadline in the round's calendar that `until` is, or of the reminder before it. */
  deadline: z.string().min(1),
});
export type WaitStep = z.output<typeof waitStep>;

const MAX_TIMEOUT_SECONDS = 99_999_999;

/** A wait until `until`; in the past it becomes one second, so that the machine decides again at once. */
export function waitUntil(until: Date, waitingFor: string, deadline: string, now: Date): WaitStep {
  const seconds = Math.min(
    MAX_TIMEOUT_SECONDS,
    Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000)),
  );
  return { do: 'WAIT', until: until.toISOString(), seconds, waitingFor, deadline };
}

/** First act of every "decide the next step" function, before it reads anything: forgets earlier pokes and the used token. */
export async function beginDecision(pk: string, workflow: WorkflowName, now: Date): Promise<void> {
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: requireEnv('PROGRAMME_TABLE'),
      Key: marshall(waitKey(pk, workflow)),
      UpdateExpression: 'SET decidedAt = :now REMOVE poked, taskToken, deadline, waitingFor',
      ExpressionAttributeValues: marshall({ ':now': now.toISOString() }),
    }),
  );
}

/** Last act of a machine's last function: says how the stage ended. Safe to repeat. */
export async function endStage(pk: string, workflow: WorkflowName, result: string, now: Date): Promise<void> {
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: requireEnv('PROGRAMME_TABLE'),
      Key: marshall(stageKey(pk, workflow)),
      UpdateExpression: 'SET endedAt = :now, stageResult = :result',
      ExpressionAttributeValues: marshall({ ':now': now.toISOString(), ':result': result }),
    }),
  );
}
